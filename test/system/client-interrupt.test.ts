/** Ctrl-C in the middle of `twinline get`: ABOR, the part kept, the way on shown; twice, and it leaves at once. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  createTempFolder,
  runCommand,
  type Script,
  seededBytes,
  startProcess,
  within,
} from '../../src/testing/index.ts';
import { modes, startServerFor } from '../fixtures/client-pair.ts';
import { cleanEnvironment, launcher } from '../fixtures/serve-process.ts';

const file = seededBytes(3_000_000, 81);

function startGet(port: number, cwd: string) {
  const words = ['get', `ftpes://127.0.0.1:${port}/f`, '-k', '-u', 'a:b', '--limit-rate', '200K'];
  return startProcess(process.execPath, [launcher, ...words], { cwd, env: cleanEnvironment });
}

/** Sends the file and, when ABOR comes, answers as RFC 959 says; tells when the client is in the middle. */
function aborting(inTheMiddle: () => void): Script {
  return async (session) => {
    await session.reply('150 Here it comes');
    const line = await session.acceptData();
    const sending = line.write(file).catch(() => undefined);
    setTimeout(inTheMiddle, 600);
    assert.deepEqual(await session.nextCommand(), ['ABOR', '']);
    line.reset();
    await sending;
    await session.reply('426 Aborted\n226 ABOR done');
  };
}

for (const [what, signal] of [
  ['Ctrl-C', 'SIGINT'],
  ['a closed terminal', 'SIGHUP'],
] as const)
  test(`${what} in the middle of get sends ABOR, keeps the part, says how to go on, and exits with 130`, async () => {
    await using folder = await createTempFolder();
    const middle = Promise.withResolvers<void>();
    await using server = await startServerFor(modes[2], {
      files: { f: file },
      commands: { RETR: aborting(middle.resolve) },
    });
    await using get = await startGet(server.port, folder.path);
    await within(middle.promise, 'the middle of the transfer');
    get.signal(signal);
    assert.deepEqual(await get.exited, { exitCode: 130, signal: null });
    assert.ok(server.sessions[0]?.commands.includes('ABOR'));
    assert.ok(server.sessions[0]?.commands.includes('QUIT'));
    const { size } = await stat(folder.join('f.part'));
    assert.ok(size > 10_000 && size < file.length, String(size));
    assert.match(get.output.stderr, /bytes are in f\.part; go on with: twinline get --resume/);
  });

test('a second Ctrl-C leaves at once', async () => {
  await using folder = await createTempFolder();
  const RETR: Script = async (session) => {
    await session.reply('150 Here it comes');
    const line = await session.acceptData();
    await line.write(file.subarray(0, 100_000));
    // ABOR is read and never answered.
    await session.nextCommand();
    get.signal('SIGINT');
    await session.control.ended;
  };
  await using server = await startServerFor(modes[2], { files: { f: file }, commands: { RETR } });
  await using get = await startGet(server.port, folder.path);
  const session = server.sessions[0] ?? (await server.nextSession());
  await within(
    (async () => {
      while (!session.commands.some((line) => line.startsWith('RETR')))
        await new Promise((resolve) => setTimeout(resolve, 20));
    })(),
    'RETR',
  );
  await new Promise((resolve) => setTimeout(resolve, 200));
  const startedMs = performance.now();
  get.signal('SIGINT');
  assert.equal((await get.exited).exitCode, 130);
  assert.ok(performance.now() - startedMs < 2000);
});

describe('a pipe without anybody at its other end is waited for until the command is ended', () => {
  const skip = process.platform === 'win32';
  for (const [what, words] of [
    ['get into it', (pipe: string, url: string) => ['get', url, '-o', pipe]],
    ['put --append from it', (pipe: string, url: string) => ['put', '--append', pipe, url]],
  ] as const) {
    const start = async (folder: string, port: number, ...more: string[]) => {
      const pipe = join(folder, 'pipe');
      await runCommand('mkfifo', [pipe], { cwd: folder });
      const line = [...words(pipe, `ftpes://127.0.0.1:${port}/f`), '-k', '-u', 'a:b', ...more];
      return startProcess(process.execPath, [launcher, ...line], { cwd: folder, env: cleanEnvironment });
    };

    test(`${what}: by one Ctrl-C, with 130`, { skip }, async () => {
      await using folder = await createTempFolder();
      await using server = await startServerFor(modes[2], { files: { f: file } });
      await using command = await start(folder.path, server.port);
      const session = await server.nextSession();
      const isIn = async (): Promise<void> => {
        while (!session.commands.includes('PWD')) await new Promise((resolve) => setTimeout(resolve, 20));
      };
      await within(isIn(), 'the login');
      await new Promise((resolve) => setTimeout(resolve, 300));
      command.signal('SIGINT');
      assert.deepEqual(await within(command.exited, 'the end'), { exitCode: 130, signal: null });
      assert.match(command.output.stderr, /Interrupted: /);
    });

    test(`${what}: by --max-time, with 124`, { skip }, async () => {
      await using folder = await createTempFolder();
      await using server = await startServerFor(modes[2], { files: { f: file } });
      await using command = await start(folder.path, server.port, '--max-time', '2');
      assert.deepEqual(await within(command.exited, 'the end'), { exitCode: 124, signal: null });
      assert.match(command.output.stderr, /--max-time allows is over/);
    });
  }

  test('put without --append refuses a pipe at once', { skip }, async () => {
    await using folder = await createTempFolder();
    await runCommand('mkfifo', [folder.join('pipe')], { cwd: folder.path });
    await using server = await startServerFor(modes[2], {});
    const words = ['put', 'pipe', `ftpes://127.0.0.1:${server.port}/f`, '-k', '-u', 'a:b'];
    const run = startProcess(process.execPath, [launcher, ...words], { cwd: folder.path, env: cleanEnvironment });
    await using put = await run;
    assert.equal((await within(put.exited, 'the end')).exitCode, 74);
    assert.match(put.output.stderr, /"pipe" is no regular file; .* standard input give the bytes: twinline put - URL/);
  });
});
