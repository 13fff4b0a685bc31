/** The runner of the system and interop tests: what is tried again, and what fails the run. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTempFolder, runCommand } from '../../src/testing/index.ts';

const runner = join(import.meta.dirname, '../run-suite.ts');

/** Runs the runner in a folder with these test files. */
async function runSuite(files: Readonly<Record<string, string>>) {
  await using folder = await createTempFolder();
  for (const [name, body] of Object.entries(files)) {
    await writeFile(folder.join(name), `import { test } from 'node:test';\nimport fs from 'node:fs';\n${body}\n`);
  }
  // Without this the inner run would think itself a file of the outer one.
  const env = { ...process.env, NODE_TEST_CONTEXT: undefined };
  const done = await runCommand(process.execPath, [runner, '*.test.mjs'], { env, cwd: folder.path });
  return { ...done, stdout: done.stdout.toString() };
}

const good = "test('good', () => {});";
const bad = "test('bad', () => { throw new Error('as always'); });";
const onceBad = `test('shy', () => {
  if (fs.existsSync('seen')) return;
  fs.writeFileSync('seen', '');
  throw new Error('beside others');
});`;

describe('the runner of the suites', { concurrency: true }, () => {
  test('passes where all pass, and says nothing of its own', async () => {
    const { exitCode, stdout } = await runSuite({ 'a.test.mjs': good });
    assert.equal(exitCode, 0, stdout);
    assert.doesNotMatch(stdout, /alone/);
  });

  test('names what passes only alone', async () => {
    const { exitCode, stdout } = await runSuite({ 'a.test.mjs': good, 'b.test.mjs': onceBad });
    assert.equal(exitCode, 0, stdout);
    assert.match(stdout, /Unsteady[^\n]*\n {2}b\.test\.mjs: shy\n/);
  });

  test('fails with what fails alone as well', async () => {
    const { exitCode, stdout } = await runSuite({ 'a.test.mjs': bad, 'b.test.mjs': onceBad });
    assert.equal(exitCode, 1, stdout);
    assert.match(stdout, /Failed alone as well:\n {2}a\.test\.mjs: bad\n/);
  });

  test('tries nothing again where many files fail', async () => {
    const names = ['a', 'b', 'c', 'd'].map((name) => `${name}.test.mjs`);
    const { exitCode, stdout } = await runSuite(Object.fromEntries(names.map((name) => [name, bad])));
    assert.equal(exitCode, 1, stdout);
    assert.doesNotMatch(stdout, /alone/);
  });

  test('fails where no file matches', async () => {
    const { exitCode, stderr } = await runSuite({});
    assert.equal(exitCode, 1);
    assert.match(stderr, /No test ran/);
  });
});
