/** `lab server --pcap`: the packets of the lab with the keys of their TLS, and nobody else's. */

import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFile, stat } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { once } from 'node:events';
import { createTempFolder, type TempFolder } from '../../src/testing/index.ts';
import { pcapngBlocks, pcapngBlocksOf, tcpPacketsOf } from '../fixtures/pcapng.ts';
import { killMissing } from '../fixtures/raw-sockets.ts';
import { runTwinline } from '../fixtures/serve-process.ts';
import { startServer, type TestServer } from '../fixtures/start-server.ts';

describe('the packets of a run of the lab', { skip: await killMissing() }, () => {
  let folder: TempFolder;
  let server: TestServer;
  before(async () => {
    folder = await createTempFolder();
    server = await startServer();
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    await folder.remove();
  });

  const judge = (pcap: string) => {
    const url = `ftpes://${server.host}:${server.port}`;
    const words = ['lab', 'server', url, '-u', 'user:pass', '--only', 'rfc2428/3/epsv-unknown-family', '--pcap', pcap];
    return runTwinline(words, { cwd: folder.path });
  };

  test('are kept with their keys before them, each once, and without those of others', async () => {
    const other = createServer((socket) => socket.on('error', () => undefined).resume());
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port: otherPort } = other.address() as { port: number };
    const noise = setInterval(() => {
      const socket = connect(otherPort, '127.0.0.1', () => socket.end('none of your business'));
      socket.on('error', () => undefined);
    }, 20);
    const { exitCode, stderr } = await judge('run.pcapng');
    clearInterval(noise);
    other.close();
    assert.equal(exitCode, 0, stderr);
    assert.match(stderr, /The packets are in run\.pcapng, with the keys of TLS\./);
    assert.equal((await stat(folder.join('run.pcapng'))).mode & 0o777, 0o600);

    const file = await readFile(folder.join('run.pcapng'));
    const types = pcapngBlocksOf(file).map(({ type }) => type);
    assert.deepEqual(types.slice(0, 2), [pcapngBlocks.section, pcapngBlocks.interface]);
    assert.match(file.toString('latin1'), /SERVER_TRAFFIC_SECRET_0 [0-9a-f]{64} /);
    const packets = tcpPacketsOf(file);
    assert.ok(packets.every(({ from, to }) => from.port !== otherPort && to.port !== otherPort));
    const control = packets.filter(({ from, to }) => from.port === server.port || to.port === server.port);
    const opened = control.filter(({ flags, to }) => flags.has('SYN') && to.port === server.port);
    assert.ok(opened.length > 0, 'a line is there from its first packet on');
    assert.equal(new Set(opened.map(({ from, sequence }) => `${from.port} ${sequence}`)).size, opened.length);
    assert.ok(control.some(({ flags }) => flags.has('FIN') || flags.has('RST')));
  });

  test('are refused before the run where their file cannot be written', async () => {
    const { exitCode, stderr, stdout } = await judge('none/run.pcapng');
    assert.equal(exitCode, 74);
    assert.match(stderr, /The packets cannot be kept in "none\/run\.pcapng": /);
    assert.equal(stdout.toString(), '');
  });
});
