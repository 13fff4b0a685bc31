/** Our client and our server: the file of the field notes down and up, in every protection, with the dialogue of the notes. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { type AddressInfo, connect as connectTcp, createServer as createTcpServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { connect, type ConnectOptions, type TraceEvent } from '../../src/client/index.ts';
import { createTempFolder, hashOf, hashOfFile, seededBytes } from '../../src/testing/index.ts';
import { startServer, testCertificate, type TestServer } from '../fixtures/start-server.ts';

/** As many bytes as the file of the field notes has. */
const noteBytes = 77_200_652;
const name = 'c2900-universalk9-mz.SPA.152-1.T.bin';

const ways: readonly (readonly [name: string, options: Partial<ConnectOptions>])[] = [
  ['in clear', { security: 'plain' }],
  ['explicit TLS 1.2', { security: 'explicit', tls: { maxVersion: 'TLSv1.2' } }],
  ['explicit TLS 1.3', { security: 'explicit', tls: { minVersion: 'TLSv1.3' } }],
  ['implicit TLS 1.3', { security: 'implicit', tls: { minVersion: 'TLSv1.3' } }],
];

async function connectTo(server: TestServer, options: Partial<ConnectOptions>, trace: TraceEvent[] = []) {
  const { certificatePem } = await testCertificate();
  return connect({
    host: server.host,
    port: options.security === 'implicit' ? server.implicitPort : server.port,
    user: 'user',
    password: 'pass',
    onTrace: (event) => trace.push(event),
    ...options,
    tls: { caPem: certificatePem, ...options.tls },
  });
}

/** Passes one control line on after the other; `cut` resets the newest, as a broken network does. */
async function startControlProxy(server: TestServer) {
  const lines: Socket[] = [];
  const proxy = createTcpServer((near) => {
    const far = connectTcp(server.port, server.host);
    lines.push(near, far);
    near.pipe(far).pipe(near);
    near.on('error', () => far.resetAndDestroy());
    far.on('error', () => near.resetAndDestroy());
    near.on('close', () => far.destroy());
  }).listen(0, server.host);
  await once(proxy, 'listening');
  return {
    port: (proxy.address() as AddressInfo).port,
    cut: () => {
      lines.at(-2)?.resetAndDestroy();
    },
    [Symbol.asyncDispose]: async () => {
      for (const line of lines) line.destroy();
      proxy.close();
      await once(proxy, 'close');
    },
  };
}

describe('our client and our server', () => {
  for (const [way, options] of ways) {
    test(`move the file of the notes down and up (${way})`, async () => {
      const file = seededBytes(noteBytes, 1);
      await using server = await startServer({ files: 'disk', tls: way === 'in clear' ? 'optional' : 'required' });
      await using folder = await createTempFolder();
      await writeFile(join(server.root, name), file);
      const trace: TraceEvent[] = [];
      await using client = await connectTo(server, options, trace);
      const down = await client.downloadFile(name, folder.join('down'));
      assert.equal(down.outcome, 'complete');
      assert.equal(await hashOfFile(folder.join('down')), hashOf(file));
      const up = await client.uploadFile(folder.join('down'), 'up');
      assert.equal(up.outcome, 'complete');
      assert.equal(await hashOfFile(join(server.root, 'up')), hashOf(file));
      assert.equal(down.tls?.resumed, options.security === 'plain' ? undefined : true);

      const said = trace.flatMap((event) => (event.kind === 'command' ? [event.text] : []));
      const fromPwd = said.slice(said.indexOf('PWD'), said.indexOf('PWD') + 6);
      assert.deepEqual(fromPwd, ['PWD', 'EPSV', 'TYPE I', `SIZE ${name}`, `MDTM ${name}`, `RETR ${name}`]);
      const heard = trace.flatMap((event) => (event.kind === 'reply' ? event.lines : []));
      assert.ok(heard.includes(`213 ${noteBytes}`));
      assert.ok(heard.some((line) => /^229 Entering Extended Passive Mode \(\|\|\|\d+\|\)$/.test(line)));
    });
  }

  test('resume an upload that lost its control line, and the server has every byte once', async () => {
    const file = seededBytes(20_000_000, 2);
    await using server = await startServer({ files: 'disk' });
    await using folder = await createTempFolder();
    await writeFile(folder.join('f'), file);
    await using proxy = await startControlProxy(server);
    await using client = await connectTo(server, { port: proxy.port, retry: { tries: 5, delayMs: 10 } });
    let cuts = 0;
    const result = await client.uploadFile(folder.join('f'), 'f', {
      rateLimit: 40_000_000,
      onProgress: ({ bytes }) => {
        if (cuts === 0 && bytes > 5_000_000) {
          cuts += 1;
          proxy.cut();
        }
      },
    });
    assert.equal(cuts, 1);
    assert.ok(result.offset > 0, String(result.offset));
    assert.equal(await hashOfFile(join(server.root, 'f')), hashOf(file));
  });
});
