/** How `twinline serve` stops: SIGTERM and Ctrl-C let running transfers finish, up to a bound; a second one does not. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { readFile, writeFile } from 'node:fs/promises';
import { createTempFolder, ScriptedClient, startProcess, type TempFolder } from '../../src/testing/index.ts';
import { cleanEnvironment, launcher, type ServeProcess, startServe } from '../fixtures/serve-process.ts';

const login = ['--user', 'alice:secret', '--root', '.'];
/** curl's limit on the rate takes hold of larger files only. */
const fileBytes = 6_000_000;

async function serveFile(folder: TempFolder, ...args: string[]): Promise<ServeProcess> {
  await writeFile(folder.join('file.bin'), Buffer.alloc(fileBytes, 'twinline'));
  return startServe({ cwd: folder.path, args: [...login, ...args] });
}

/** A download that takes as many seconds as the rate says, once it has begun. */
async function slowDownload(serve: ServeProcess, folder: TempFolder, bytesPerSecond: number) {
  const url = `ftp://127.0.0.1:${serve.port}/file.bin`;
  const limits = ['--limit-rate', String(bytesPerSecond), '-o', folder.join('copy.bin')];
  const curl = await startProcess('curl', ['-sSk', '--ssl-reqd', '-u', 'alice:secret', ...limits, url]);
  await serve.waitForLine(/"event":"reply".*"code":150/);
  return curl;
}

function eventsOf({ output }: ServeProcess): readonly Record<string, unknown>[] {
  return output.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('a server that is asked to stop', () => {
  test('without sessions stops at once, by SIGTERM and by Ctrl-C', async () => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      await using folder = await createTempFolder();
      await using serve = await serveFile(folder);
      serve.signal(signal);
      assert.deepEqual(await serve.exited, { exitCode: 0, signal: null });
      assert.equal(eventsOf(serve).at(-1)?.['event'], 'offline');
    }
  });

  test('names who is busy and lets the transfer finish', async () => {
    await using folder = await createTempFolder();
    await using serve = await serveFile(folder);
    await using curl = await slowDownload(serve, folder, 3_000_000);
    serve.signal('SIGTERM');
    await serve.waitForLine(
      /^Stopping\. One transfer is running, with up to 30 s left; Ctrl-C again leaves at once:$/m,
    );
    await serve.waitForLine(/^ {2}alice from 127\.0\.0\.1 \(RETR file\.bin\)$/m);
    assert.deepEqual(await serve.exited, { exitCode: 0, signal: null });
    assert.deepEqual(await curl.exited, { exitCode: 0, signal: null });
    assert.equal((await readFile(folder.join('copy.bin'))).length, fileBytes);
    assert.match(serve.output.stderr, /^Finished: 1, cut: 0\.$/m);
  });

  test('tells idle sessions 421 at once, while a transfer still has its time', async () => {
    await using folder = await createTempFolder();
    await using serve = await serveFile(folder, '--tls', 'optional', '--drain-timeout', '60');
    await using idle = await ScriptedClient.connect({ port: serve.port });
    assert.match(await idle.readReply(), /^220 /);
    await idle.login('alice', 'secret');
    await using greeted = await ScriptedClient.connect({ port: serve.port });
    assert.match(await greeted.readReply(), /^220 /);
    await using curl = await slowDownload(serve, folder, 100_000);
    serve.signal('SIGTERM');
    assert.match(await idle.readReply(), /^421 .*shutting down/);
    assert.match(await greeted.readReply(), /^421 .*shutting down/);
    assert.ok(!eventsOf(serve).some(({ event }) => event === 'transfer'), 'the transfer still runs');
    await curl.stop();
    assert.deepEqual(await serve.exited, { exitCode: 0, signal: null });
  });

  test('cuts what is not through at the end of the time, and says so in the log', async () => {
    await using folder = await createTempFolder();
    await using serve = await serveFile(folder, '--drain-timeout', '0.2');
    await using curl = await slowDownload(serve, folder, 100_000);
    serve.signal('SIGTERM');
    assert.deepEqual(await serve.exited, { exitCode: 0, signal: null });
    assert.notEqual((await curl.exited).exitCode, 0);
    assert.match(serve.output.stderr, /^Finished: 0, cut: 1\.\n {2}cut: alice from 127\.0\.0\.1 \(RETR file\.bin\)$/m);
    const transfer = eventsOf(serve).find(({ event }) => event === 'transfer');
    assert.equal(transfer?.['cause'], 'drain');
    assert.equal(transfer?.['verdict'], 'interrupted');
  });

  test('leaves at once when it is asked again, but not when npm repeats the first wish', async () => {
    await using folder = await createTempFolder();
    await using serve = await serveFile(folder);
    await using curl = await slowDownload(serve, folder, 100_000);
    const asked = performance.now();
    let isOver = false;
    const over = serve.exited.finally(() => (isOver = true));
    while (!isOver) {
      serve.signal('SIGINT');
      await Promise.race([over, pause(50)]);
    }
    assert.deepEqual(await over, { exitCode: 130, signal: null });
    assert.ok(performance.now() - asked > 450, 'the first signals count as one');
    await curl.stop();
  });

  test('ends although nobody takes the lines of its log', async () => {
    await using folder = await createTempFolder();
    const words = [launcher, 'serve', '--listen', '127.0.0.1:0', '--log-format', 'filezilla'];
    const serve = spawn(process.execPath, words, { cwd: folder.path, env: { ...process.env, ...cleanEnvironment } });
    const ended = once(serve, 'exit');
    try {
      const [screen] = (await once(serve.stderr, 'data')) as [Buffer];
      const port = Number(/ftpes:\/\/127\.0\.0\.1:(\d+)/.exec(screen.toString())?.[1]);
      // More than the pipe and the stream behind it hold: each session has some 300 bytes of log.
      for (let session = 0; session < 1000; session += 1) {
        const client = connect(port, '127.0.0.1');
        await once(client, 'data');
        client.destroy();
      }
    } finally {
      serve.kill('SIGTERM');
    }
    assert.deepEqual(await ended, [0, null]);
  });
});
