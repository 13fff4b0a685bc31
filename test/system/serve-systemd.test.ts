/** What systemd and the server say to each other: sockets handed over, readiness, reload, watchdog, and the unit files. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createTempFolder, freePort, runCommand, ScriptedClient, startProcess } from '../../src/testing/index.ts';
import { missingProgram } from '../fixtures/installed-program.ts';
import { cleanEnvironment, launcher } from '../fixtures/serve-process.ts';

const manager = fileURLToPath(new URL('../fixtures/notify-socket.py', import.meta.url));
const units = fileURLToPath(new URL('../../examples/systemd/', import.meta.url));

const serveWords = [launcher, 'serve', '--log-format', 'json', '--user', 'anna:secret', '--root', '.'];

describe('a server under systemd', () => {
  const noActivation = missingProgram('systemd-socket-activate');
  test('serves on the sockets that it is handed, each as its unit names it', { skip: noActivation }, async () => {
    await using folder = await createTempFolder();
    const [explicit, implicit] = [await freePort(), await freePort()];
    const sockets = ['-l', `127.0.0.1:${explicit}`, '-l', `127.0.0.1:${implicit}`, '--fdname=explicit:implicit'];
    const words = [...sockets, '-E', 'PATH', process.execPath, ...serveWords];
    const options = { cwd: folder.path, env: cleanEnvironment };
    await using serve = await startProcess('systemd-socket-activate', words, options);
    await serve.waitForLine(/Listening on 127\.0\.0\.1:\d+ as 4/);
    // The first connection starts the server, and is served by it.
    await using first = await ScriptedClient.connect({ host: '127.0.0.1', port: explicit });
    assert.match(await first.readReply(), /^220 /);
    await first.authTls();
    await first.login('anna', 'secret');
    await using second = await ScriptedClient.connect({ host: '127.0.0.1', port: implicit, implicitTls: true });
    assert.match(await second.readReply(), /^220 /);
    const listening = serve.output.stdout.split('\n').filter((line) => line.includes('"event":"listening"'));
    assert.deepEqual(
      listening.map((line) => JSON.parse(line) as Record<string, unknown>).map(({ port, mode }) => [port, mode]),
      [
        [explicit, 'explicit'],
        [implicit, 'implicit'],
      ],
    );
    serve.signal('SIGHUP');
    await serve.waitForLine(/"event":"settings-reloaded"/);
    await using third = await ScriptedClient.connect({ host: '127.0.0.1', port: explicit });
    assert.match(await third.readReply(), /^220 /);
    serve.signal('SIGTERM');
    assert.deepEqual(await serve.exited, { exitCode: 0, signal: null });
  });

  test(
    'tells that it is ready, alive, reloading and stopping, in its own name',
    {
      skip: missingProgram('python3'),
    },
    async () => {
      await using folder = await createTempFolder();
      const socket = folder.join('notify');
      await using listener = await startProcess('python3', [manager, socket]);
      await listener.waitForLine(/^bound$/m);
      const env = { ...cleanEnvironment, NOTIFY_SOCKET: socket, WATCHDOG_USEC: '100000' };
      await using serve = await startProcess(process.execPath, [...serveWords, '--listen', '127.0.0.1:0'], {
        cwd: folder.path,
        env,
      });
      const say = async (word: string): Promise<void> => {
        await listener.waitForLine(new RegExp(`^${serve.pid} ${word}`, 'm'));
      };
      await say('READY=1 STATUS=Serving on 127\\.0\\.0\\.1:\\d+');
      await say('WATCHDOG=1');
      serve.signal('SIGHUP');
      await say('RELOADING=1 MONOTONIC_USEC=\\d+');
      await say('READY=1 STATUS=Serving, with the configuration');
      serve.signal('SIGTERM');
      await say('STOPPING=1');
      assert.deepEqual(await serve.exited, { exitCode: 0, signal: null });
    },
  );

  test('is given units that systemd takes', { skip: missingProgram('systemd-analyze') }, async () => {
    await using folder = await createTempFolder();
    await mkdir(folder.join('bin'));
    const program = folder.join('bin/twinline');
    await writeFile(program, '#!/bin/sh\n', { mode: 0o755 });
    const names = (await readdir(units)).filter((name) => /\.(?:service|socket)$/.test(name));
    assert.deepEqual(names.toSorted(), ['twinline-explicit.socket', 'twinline-implicit.socket', 'twinline.service']);
    for (const name of names) {
      const text = await readFile(`${units}${name}`, 'utf8');
      await writeFile(folder.join(name), text.replaceAll('/usr/bin/twinline', program));
    }
    const files = names.map((name) => folder.join(name));
    const { exitCode, stderr } = await runCommand('systemd-analyze', ['verify', '--recursive-errors=no', ...files]);
    const own = stderr.split('\n').filter((line) => line.includes('twinline'));
    assert.deepEqual(own, []);
    assert.equal(exitCode, 0, stderr);
  });
});
