/** The command as a process: closed pipes, the debug switch, and the order of its streams. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { createTempFolder, runCommand } from '../../src/testing/index.ts';
import { modes, startServerFor } from '../fixtures/client-pair.ts';
import { cleanEnvironment, launcher, runTwinline } from '../fixtures/serve-process.ts';

describe('the twinline command', () => {
  test('ends quietly when the reader of its output has gone', async () => {
    // The pause lets `true` end first, so that the first byte of the help meets a closed pipe.
    const script = `{ sleep 0.3; '${process.execPath}' '${launcher}' --help; echo "code $?" >&2; } | true`;
    const { stderr } = await runCommand('sh', ['-c', script], { env: cleanEnvironment });
    assert.equal(stderr, 'code 141\n');
  });

  for (const [what, words, path] of [
    ['a listing', 'ls', ''],
    ['a listing as JSON', 'ls --json', ''],
    ['a file', 'get -o -', 'long'],
  ] as const) {
    test(`ends quietly when the reader of ${what} has seen enough`, async () => {
      const names = Array.from({ length: 5000 }, (_, index) => [`entry-${index}`, Buffer.alloc(0)] as const);
      const files = { ...Object.fromEntries(names), long: Buffer.alloc(2_000_000, 'twinline\n') };
      const server = await startServerFor(modes[0], { files });
      const url = `ftp://${server.host}:${server.port}/${path}`;
      const script = `{ '${process.execPath}' '${launcher}' ${words} -u a:b ${url}; echo "code $?" >&2; } | head -n 1`;
      const { stdout, stderr } = await runCommand('sh', ['-c', script], { env: cleanEnvironment });
      // The client's end breaks the script of the server in the middle of its sending.
      await server.stop().catch(() => undefined);
      assert.equal(stderr, 'code 141\n');
      assert.equal(stdout.toString().split('\n').length, 2);
    });
  }

  test('prints results to standard output and complaints to standard error', async () => {
    await using folder = await createTempFolder();
    const version = await runTwinline(['--version'], { cwd: folder.path });
    assert.match(version.stdout.toString(), /^\d+\.\d+\.\d+\n$/);
    assert.deepEqual([version.stderr, version.exitCode], ['', 0]);
    const unknown = await runTwinline(['sevre'], { cwd: folder.path });
    assert.equal(unknown.stdout.toString(), '');
    assert.match(unknown.stderr, /^twinline: There is no command "sevre"; did you mean "serve"\?.*\n$/);
    assert.equal(unknown.exitCode, 64);
  });

  test('shows where an error comes from only when asked', async () => {
    const words = [launcher, 'serve', '--config', '/nowhere/x.toml'];
    const env = { ...cleanEnvironment, TWINLINE_DEBUG: '1' };
    const { stderr, exitCode } = await runCommand(process.execPath, words, { env });
    assert.match(stderr, /^twinline: The configuration file [^\n]+\nConfigError: [^\n]+\n {4}at /);
    assert.match(stderr, /\ncaused by: Error: ENOENT/);
    assert.equal(exitCode, 78);
  });
});
