/** `twinline lab` as a user runs it. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createTempFolder } from '../../src/testing/index.ts';
import { runTwinline } from '../fixtures/command-run.ts';
import { missingProgram } from '../fixtures/installed-program.ts';

describe('twinline lab', () => {
  test('lists every case with its clause', async () => {
    const { exitCode, stdout } = await runTwinline('lab', 'list');
    assert.equal(exitCode, 0);
    assert.match(stdout.toString(), /^D10a +client MUST +RFC 8446 section 6\.1 +rfc8446\/6\.1\/truncated-download$/m);
  });

  for (const [words, sentence] of [
    [['lab', 'servr'], /"servr" is no action: use server, client/],
    [['lab', 'server'], /Name the server: twinline lab server/],
    [['lab', 'server', 'ftpes://a', 'b'], /takes one URL/],
    [['lab', 'client'], /--preset curl, or its command behind --/],
    [['lab', 'client', '--', 'wget', 'x'], /no \{url\}/],
    [['lab', 'client', '--preset', 'ie6'], /no preset "ie6": use twinline, curl/],
    [['lab', 'list', '--only', 'none'], /No case is called "none"/],
    [['lab', 'client', '--preset', 'curl', '--report', 'pdf=x'], /--report takes FORMAT=FILE with one of json/],
  ] as const) {
    test(`refuses ${words.join(' ')}`, async () => {
      const { exitCode, stderr } = await runTwinline(...words);
      assert.ok(exitCode === 64 || exitCode === 78, `exit code ${exitCode}`);
      assert.match(stderr, sentence);
    });
  }
});

describe('curl in the lab', { skip: missingProgram('curl') }, () => {
  test('is told what it takes for a whole file, with a report and an exit code', async () => {
    await using folder = await createTempFolder();
    const file = folder.join('report.json');
    const words = ['--only', 'rfc8446/6.1/truncated-download', '--seed', '3', '--report', `json=${file}`];
    const { exitCode, stdout } = await runTwinline('lab', 'client', '--preset', 'curl', ...words);
    const report = JSON.parse(await readFile(file, 'utf8')) as { schema: string; cases: { verdict: string }[] };
    assert.equal(report.schema, 'twinline-lab-report/1');
    const [verdict] = report.cases.map((one) => one.verdict);
    assert.match(stdout.toString(), new RegExp(`^${verdict} +D10a `, 'm'));
    // Newer versions of curl may have learned it.
    assert.equal(exitCode, verdict === 'PASS' ? 0 : 1);
  });
});
