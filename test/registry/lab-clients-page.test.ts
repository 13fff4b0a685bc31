/** The pages about clients: every finding has a reason that somebody wrote, and our own client has none. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { clientCases, clientPresets, parseProfile, parseReport } from '../../src/lab/index.ts';

const top = join(import.meta.dirname, '../..');
const pages = join(top, 'docs/lab/clients');
const profiles = join(top, 'lab/profiles/clients');
const findings = ['FAIL', 'NON-STRICT', 'UNCLEAN'];

const reportOf = async (name: string) => parseReport(await readFile(join(pages, `${name}.json`), 'utf8'));
const profileOf = async (name: string) => parseProfile(await readFile(join(profiles, `${name}.json`), 'utf8'));

describe('the pages about clients', () => {
  test('are there for every client that the lab knows by name', async () => {
    const names = clientPresets.map(({ name }) => name).sort();
    const found = async (folder: string) =>
      (await readdir(folder)).filter((file) => file.endsWith('.json')).map((file) => file.slice(0, -'.json'.length));
    assert.deepEqual((await found(pages)).sort(), names);
    assert.deepEqual((await found(profiles)).sort(), names);
  });

  for (const { name } of clientPresets) {
    test(`give a reason for what is found in ${name}, and tell no failure of the lab`, async () => {
      const [report, profile] = [await reportOf(name), await profileOf(name)];
      for (const { id, verdict, says } of report.cases) {
        assert.notEqual(verdict, 'INFRA', id);
        if (!findings.includes(verdict)) continue;
        const entry = profile.cases[id];
        assert.ok(entry !== undefined && [entry.verdict].flat().includes(verdict), `${id} is in the profile`);
        assert.notEqual(entry.reason, says, `${id} has a reason of its own`);
        assert.ok(entry.reason.includes(name), `${id} says what ${name} does`);
      }
      const ids = new Set(clientCases.map(({ id }) => id));
      assert.deepEqual(
        Object.keys(profile.cases).filter((id) => !ids.has(id)),
        [],
      );
    });
  }

  test('find nothing in our own client', async () => {
    const report = await reportOf('twinline');
    assert.deepEqual(
      report.cases.filter(({ verdict }) => findings.includes(verdict)).map(({ id }) => id),
      [],
    );
    assert.ok(report.cases.length >= 245, 'all cases were run');
  });

  test('name cases that there are in the table of known weaknesses', async () => {
    const text = await readFile(join(pages, 'README.md'), 'utf8');
    const named = [...text.matchAll(/`([a-z]+\d*\/[^`\s*]+)`/g)].map(([, id = '']) => id);
    assert.ok(named.length > 20);
    const ids = new Set(clientCases.map(({ id }) => id));
    assert.deepEqual(
      named.filter((id) => !ids.has(id) && !/^(?:docs|lab|test)\//.test(id)),
      [],
    );
  });
});
