/** The lab judges our own server: nothing is broken, nothing is unclean, and the profile of it knows of no failure. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { controlCloseCases } from '../../src/lab/cases/server/control-close.ts';
import { parseProfile, runServerLab, serverCases, type Verdict } from '../../src/lab/index.ts';
import { startServer } from '../fixtures/start-server.ts';

describe('our own server in the lab', () => {
  // The matrix has tests of its own in test/lab/control-close.test.ts.
  const matrix = new Set(controlCloseCases.map(({ id }) => id));
  const cases = serverCases.filter(({ id }) => !matrix.has(id));

  test('breaks no MUST and no SHOULD, and closes every line as it should', async () => {
    await using server = await startServer({ files: 'disk' });
    const { host, port } = server;
    const report = await runServerLab({
      target: { host, port, security: 'explicit', user: 'user', password: 'pass' },
      targetText: 'our own server',
      cases,
      seed: 6,
      parallel: 4,
      tool: 'test',
    });
    // There is no MODE B.
    const missing = report.cases.filter(({ verdict }) => verdict === 'UNIMPLEMENTED').map(({ row }) => row);
    assert.deepEqual(missing, ['H06']);
    const fine: readonly Verdict[] = ['PASS', 'INFO', 'SKIP', 'UNIMPLEMENTED'];
    const others = report.cases.filter(({ verdict }) => !fine.includes(verdict));
    assert.deepEqual(
      others.map(({ row, verdict, says, facts }) => `${verdict} ${row} ${says ?? ''} ${facts ?? ''}`.trim()),
      [],
    );
    assert.equal(report.cases.length, cases.length);
  });

  test('has a profile without known failures', async () => {
    const profile = parseProfile(await readFile(new URL('../../lab/profiles/twinline.json', import.meta.url), 'utf8'));
    assert.deepEqual(profile.cases, {});
  });
});
