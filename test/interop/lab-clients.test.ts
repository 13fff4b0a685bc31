/** The lab finds in real clients what is known of them, finds nothing in what they do well, and nothing at all in our own. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import {
  type CaseReport,
  clientCases,
  clientPresets,
  holdAgainst,
  type LabReport,
  parseProfile,
  runClientLab,
} from '../../src/lab/index.ts';
import { missingProgram } from '../fixtures/installed-program.ts';

async function judge(name: string, rows: readonly string[]): Promise<LabReport> {
  const client = clientPresets.find((preset) => preset.name === name);
  const cases = clientCases.filter(({ row }) => rows.includes(row));
  assert.ok(client !== undefined);
  assert.equal(cases.length, rows.length, 'every row names a case');
  const report = await runClientLab({
    client,
    cases,
    seed: 3,
    parallel: 2,
    tool: 'test',
    repeat: 'again',
    intrusive: true,
  });
  assert.ok(report.sanity.before.ok, report.sanity.before.says);
  return report;
}

const told = ({ row, verdict, outcome, says, facts }: CaseReport): string =>
  `${row} ${verdict} ${outcome}: ${says}; ${facts}`;

async function profileOfClient(name: string): ReturnType<typeof readProfile> {
  return readProfile(new URL(`../../lab/profiles/clients/${name}.json`, import.meta.url));
}

async function readProfile(file: URL) {
  return parseProfile(await readFile(file, 'utf8'));
}

/** Rows in which that client is known to be weak, whatever the load of the machine, and rows in which it is known not to be. */
const known = {
  curl: { weak: ['A16a', 'D10a', 'K04'], sound: ['A02', 'C09a', 'D10b', 'D11a', 'E17a'] },
  lftp: { weak: ['C09a', 'C09b', 'D10a', 'E17a'], sound: ['A02', 'B17b', 'D10b', 'K04'] },
} as const;

for (const [name, { weak, sound }] of Object.entries(known)) {
  describe(`the lab on ${name}`, { skip: missingProgram(name) }, () => {
    test('says what its profile says', async (t) => {
      const profile = await profileOfClient(name);
      const report = await judge(name, [...weak, ...sound]);
      const [version = 'unknown'] = /\d+(?:\.\d+)+/.exec(report.product ?? '') ?? [];
      if (!profile.product.endsWith(` ${version}`)) return t.skip(`the profile is that of ${profile.product}`);
      const verdicts = new Map(report.cases.map((one) => [one.row, one]));
      for (const row of weak) {
        const one = verdicts.get(row);
        assert.ok(one !== undefined && ['FAIL', 'NON-STRICT', 'UNCLEAN'].includes(one.verdict), one && told(one));
      }
      for (const row of sound) assert.equal(verdicts.get(row)?.verdict, 'PASS', row);
      const news = holdAgainst(report, profile).cases.filter((one) => one.profile !== undefined);
      assert.deepEqual(news.map(told), []);
    });
  });
}

test('our own client does none of it, and its profile has nothing to excuse', async () => {
  const rows = new Set(Object.values(known).flatMap(({ weak, sound }) => [...weak, ...sound]));
  const report = await judge('twinline', [...rows]);
  assert.deepEqual(report.cases.filter(({ verdict }) => verdict !== 'PASS').map(told), []);
  assert.deepEqual((await profileOfClient('twinline')).cases, {});
});
