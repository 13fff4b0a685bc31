/** Ctrl-C in the middle of `twinline get`: ABOR, the part kept, the way on shown; twice, and it leaves at once. */

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { stat } from 'node:fs/promises';
import { createTempFolder, type Script, seededBytes, startProcess, within } from '../../src/testing/index.ts';
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

test('Ctrl-C in the middle of get sends ABOR, keeps the part, says how to go on, and exits with 130', async () => {
  await using folder = await createTempFolder();
  const middle = Promise.withResolvers<void>();
  await using server = await startServerFor(modes[2], {
    files: { f: file },
    commands: { RETR: aborting(middle.resolve) },
  });
  await using get = await startGet(server.port, folder.path);
  await within(middle.promise, 'the middle of the transfer');
  get.signal('SIGINT');
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
