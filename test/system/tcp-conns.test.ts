/** `twinline conns`: what our own server and client tell of themselves, what is shown, and in which forms. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConnectionRecord, connectionsSchema } from '../../src/lab/index.ts';
import { createTempFolder, runCommand, ScriptedClient, startProcess } from '../../src/testing/index.ts';
import { runTwinline } from '../fixtures/command-run.ts';
import { missingProgram } from '../fixtures/installed-program.ts';
import { cleanEnvironment, launcher, startServe } from '../fixtures/serve-process.ts';
import { TerminalProgram } from '../fixtures/terminal-program.ts';

const skip = process.platform === 'linux' ? false : 'connections are read by means of Linux';

async function shown(...words: string[]): Promise<readonly ConnectionRecord[]> {
  const run = await runTwinline('conns', '--json', ...words);
  assert.equal(run.exitCode, 0, run.stderr);
  return connectionsSchema.parse(JSON.parse(run.stdout.toString())).connections;
}

/** `control told`, in the order of the parts. */
const parts = (connections: readonly ConnectionRecord[]): readonly string[] =>
  connections.map(({ ftp }) => `${ftp?.role} ${ftp?.how}`).toSorted();

const serveOptions = ['--user', 'alice:secret', '--root', '.'];

/** A line between two sockets of this process; with `pauseOnConnect` what comes to the accepted one waits in the kernel. */
async function ownLine({ pauseOnConnect = false } = {}) {
  const all = new Set<Socket>();
  const server = createServer({ pauseOnConnect }, (socket) => void all.add(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = connect(port, '127.0.0.1');
  const [accepted] = (await once(server, 'connection')) as [Socket];
  await once(client, 'connect');
  const end = (): void => {
    for (const socket of [client, ...all]) socket.destroy();
    server.close();
  };
  return { port, client, accepted, [Symbol.dispose]: end };
}

describe('twinline conns', { skip }, () => {
  test('has the word of our own server and client on what belongs together', async () => {
    await using folder = await createTempFolder();
    await writeFile(folder.join('big'), Buffer.alloc(32 * 1024 * 1024));
    await using serve = await startServe({ cwd: folder.path, args: serveOptions });
    const url = `ftpes://alice:secret@127.0.0.1:${serve.port}/big`;
    const words = ['get', url, '--insecure', '--limit-rate', '100k', '-o', folder.join('copy')];
    await using get = await startProcess(process.execPath, [launcher, ...words], { env: cleanEnvironment });
    let own: readonly ConnectionRecord[] = [];
    // The kernel shows a line a moment before its program can tell of it.
    const isTold = (): boolean => own.length === 2 && own.every(({ ftp }) => ftp?.how === 'told');
    do {
      own = await shown('--ftp', '--process', String(get.pid));
    } while (!isTold() && get.output.stderr.indexOf('twinline:') === -1);
    assert.deepEqual(parts(own), ['control told', 'data told'], get.output.stderr);
    assert.equal(new Set(own.map(({ ftp }) => ftp?.session)).size, 1);
    const [control] = own.filter(({ ftp }) => ftp?.role === 'control');
    assert.match(control?.ftp?.reason ?? '', /^twinline(?: serve)?\/\d+ says so$/);
    assert.equal(control?.remote.port, serve.port);
    const atServer = await shown('--ftp', '--process', String(serve.pid));
    assert.deepEqual(parts(atServer), ['control told', 'data told']);
    await get.stop();
    await serve.stop();
    assert.deepEqual(
      (await readdir(join(cleanEnvironment.XDG_RUNTIME_DIR, 'twinline'))).filter((name) =>
        [get.pid, serve.pid].some((pid) => name.startsWith(`${pid}.`)),
      ),
      [],
    );
  });

  test('shows the port that waits for a data line', async () => {
    await using folder = await createTempFolder();
    await using serve = await startServe({ cwd: folder.path, args: [...serveOptions, '--tls', 'off'] });
    await using client = await ScriptedClient.connect({ port: serve.port });
    await client.readReply();
    await client.login('alice', 'secret');
    await client.expect(229, 'EPSV');
    const found = await shown('--ftp', '--process', String(serve.pid));
    assert.deepEqual(parts(found), ['control told', 'passive told']);
    assert.equal(found.find(({ ftp }) => ftp?.role === 'passive')?.state, 'LISTEN');
  });

  test('knows owner, queues and bytes, by sock_diag as by /proc', async () => {
    using line = await ownLine({ pauseOnConnect: true });
    line.client.write(Buffer.alloc(1000));
    for (const source of [[], ['--procfs']]) {
      let at: ConnectionRecord | undefined;
      do {
        const found = await shown('--port', String(line.port), '--state', 'established', ...source);
        assert.equal(found.length, 2);
        at = found.find(({ local }) => local.port === line.port);
      } while (at?.receiveQueue !== 1000);
      assert.ok(at.processes.some(({ pid }) => pid === process.pid));
      if (at.details !== undefined) assert.equal(at.details.bytesReceived, 1000);
    }
    const [listener, ...others] = await shown(
      '--address',
      '127.0.0.1',
      '--port',
      String(line.port),
      '--state',
      'LISTEN',
    );
    assert.deepEqual([listener?.local.port, others.length], [line.port, 0]);
    assert.deepEqual(await shown('--process', String(process.pid), '--port', '1'), []);
  });

  test('prints a table for people, and says where it cannot know', async () => {
    using line = await ownLine();
    const run = await runTwinline('conns', '--port', String(line.port));
    const text = run.stdout.toString();
    assert.match(text, /^STATE +RECV-Q +SEND-Q +LOCAL +REMOTE +PROCESS +USER +FTP$/m);
    assert.match(
      text,
      new RegExp(`^ESTABLISHED +0 +0 +127\\.0\\.0\\.1:${line.port} +127\\.0\\.0\\.1:\\d+ +\\S+/${process.pid} `, 'm'),
    );
    const plain = await runTwinline('conns', '--procfs', '--port', String(line.port));
    assert.match(plain.stderr, /neither round trips nor counts of bytes/);
    assert.match((await runTwinline('conns', '--port', '1')).stderr, /No such connection\./);
  });

  test('watches: a line for each change where there is no terminal', async () => {
    const line = await ownLine();
    const words = ['conns', '--watch', '--every', '0.1', '--port', String(line.port)];
    await using watch = await startProcess(process.execPath, [launcher, ...words], { env: cleanEnvironment });
    await watch.waitForLine(new RegExp(`^\\S+ \\+ ESTABLISHED 127\\.0\\.0\\.1:${line.port} `, 'm'));
    line[Symbol.dispose]();
    await watch.waitForLine(new RegExp(`^\\S+ - LISTEN 127\\.0\\.0\\.1:${line.port} \\*`, 'm'));
    watch.signal('SIGINT');
    assert.equal((await watch.exited).exitCode, 0);
  });

  test('redraws on a terminal', { skip: missingProgram('script') }, async () => {
    using line = await ownLine();
    const command = `"${process.execPath}" "${launcher}" conns --watch --every 0.1 --port ${line.port}`;
    await using watch = await startProcess('script', ['-qec', command, '/dev/null'], {
      env: { ...cleanEnvironment, SHELL: '/bin/sh', TERM: 'xterm' },
    });
    await watch.waitForLine(/.\[H[^]*STATE[^]*.\[J[^]*.\[H/);
  });

  test('refuses what it cannot understand', async () => {
    for (const [words, reason] of [
      [['--port', 'ftp'], /--port takes a number/],
      [['--address', 'localhost'], /--address takes an IP address/],
      [['--state', 'open'], /--state takes one of ESTABLISHED/],
      [['--watch', '--every', '0'], /--every takes a number of seconds/],
    ] as const) {
      const run = await runTwinline('conns', ...words);
      assert.equal(run.exitCode, 64);
      assert.match(run.stderr, reason);
    }
    const run = await runTwinline('conns', '--netns', `none-${process.pid}`);
    assert.equal(run.exitCode, 78, run.stderr);
    assert.match(run.stderr, /There is no network namespace/);
  });
});

describe('twinline kill', { skip }, () => {
  test('does nothing that it was not clearly told', async () => {
    using line = await ownLine();
    const second = connect(line.port, '127.0.0.1');
    using _second = { [Symbol.dispose]: () => second.destroy() };
    await once(second, 'connect');
    const both = await runTwinline('kill', `:${line.port}`, '--yes');
    assert.equal(both.exitCode, 69);
    assert.match(both.stderr, /2 connections have the end :\d+: name one of them by both ends/);
    assert.match(both.stdout.toString(), /^(?:127\.0\.0\.1:\d+-127\.0\.0\.1:\d+\n){2}$/);
    const none = await runTwinline('kill', '127.0.0.1:1', '--yes');
    assert.deepEqual([none.exitCode, /No living connection here has the end/.test(none.stderr)], [69, true]);
    const [bad, method] = [
      await runTwinline('kill', 'localhost:21', '--yes'),
      await runTwinline('kill', '127.0.0.1:21', '--yes', '--method', 'hammer'),
    ];
    assert.deepEqual([bad.exitCode, method.exitCode], [64, 64]);
    assert.match(method.stderr, /--method takes auto, destroy, forged-syn, sniff/);
    for (const socket of [line.client, line.accepted, second]) assert.equal(socket.destroyed, false);
  });

  test('asks first, and takes no answer where nobody can be asked for none', { skip: rootMissing() }, async () => {
    using line = await ownLine();
    const ends = bothEnds(line.client);
    const silent = await runTwinline('kill', ends);
    assert.equal(silent.exitCode, 64);
    assert.match(silent.stderr, /give --yes to end connections from a script/);
    const dry = await runTwinline('kill', ends, '--dry-run');
    assert.equal(dry.exitCode, 0);
    assert.match(dry.stdout.toString(), /^found connection of .*\nmethod destroy: .*\n.* will see ECONNABORTED .*\n/);
    assert.ok(!line.client.destroyed && !line.accepted.destroyed);
  });

  test('ends nothing behind a no, and says so', { skip: rootMissing() || missingProgram('script') }, async () => {
    using line = await ownLine();
    const words = [process.execPath, launcher, 'kill', bothEnds(line.client)];
    await using asked = new TerminalProgram(words, { cwd: tmpdir(), env: { ...process.env, ...cleanEnvironment } });
    await asked.shows(/End this connection\? \[y\/N\]/);
    asked.type('n\r');
    await asked.shows(/nothing was ended/);
    assert.equal(await asked.exited, 69);
    assert.ok(!line.client.destroyed && !line.accepted.destroyed);
  });

  test('says in one sentence what is missing without rights, and what can be done', { skip: noRights() }, async () => {
    using line = await ownLine();
    const words = ['--bounding-set=-all', '--inh-caps=-all', process.execPath, launcher];
    const ends = bothEnds(line.client);
    const run = await runCommand('setpriv', [...words, 'kill', ends, '--yes'], { env: cleanEnvironment });
    assert.equal(run.exitCode, 69, run.stderr);
    assert.match(
      run.stderr,
      /^twinline: To end a connection of other programs takes root \(CAP_NET_ADMIN or CAP_NET_RAW\).*twinline proxy/,
    );
    assert.ok(!line.client.destroyed);
  });
});

/** A port alone may be that of another connection on this machine too. */
function bothEnds({ localPort, remotePort }: Socket): string {
  return `127.0.0.1:${localPort}-127.0.0.1:${remotePort}`;
}

function rootMissing(): string | false {
  return process.getuid?.() === 0 ? false : 'methods are chosen by the rights of root';
}

function noRights(): string | false {
  return rootMissing() || missingProgram('setpriv');
}
