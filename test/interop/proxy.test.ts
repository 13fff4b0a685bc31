/** Clients of other people and ours reach servers through the proxy as they reach them without it. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from '../../src/client/index.ts';
import { FaultProxy, type ProxyEvent, type ProxyOptions } from '../../src/lab/index.ts';
import { createTempFolder, hashOf, hashOfFile, seededBytes } from '../../src/testing/index.ts';
import { type Peer, proftpd, vsftpd } from '../fixtures/peers/index.ts';
import { startServer, testCertificate } from '../fixtures/start-server.ts';
import { proxyAuthority } from '../lab/through-proxy.ts';
import { active, files } from './matrix/attempts.ts';
import { basicFtp } from './matrix/clients/basic-ftp.ts';
import { curl } from './matrix/clients/curl.ts';
import { lftp } from './matrix/clients/lftp.ts';
import { modes } from './matrix/interop-client.ts';
import { succeed } from './matrix/programs.ts';

async function startProxy(port: number, caFile: string, more: Partial<ProxyOptions> = {}): Promise<FaultProxy> {
  return FaultProxy.start({
    host: '127.0.0.1',
    port,
    listenHost: '127.0.0.1',
    listenPort: 0,
    authority: await proxyAuthority(),
    // As twinline proxy --cacert: the server must be who it is.
    upstream: { caPem: await readFile(caFile, 'utf8') },
    seed: 1,
    ...more,
  });
}

for (const client of [curl, lftp, basicFtp]) {
  const skip = client.version() === undefined ? `${client.name} is not there` : false;
  describe(`${client.name} through the proxy`, { skip }, () => {
    for (const mode of modes) {
      test(`lists, uploads, downloads and renames (${mode})`, async () => {
        await using server = await startServer({ files: 'disk', tls: mode === 'plain' ? 'optional' : 'required' });
        await using folder = await createTempFolder();
        await using home = await createTempFolder();
        await writeFile(home.join('server.pem'), (await testCertificate()).certificatePem);
        await writeFile(home.join('proxy.pem'), (await proxyAuthority()).certificatePem);
        const isImplicit = mode === 'implicit';
        const port = isImplicit ? server.implicitPort : server.port;
        await using proxy = await startProxy(port, home.join('server.pem'), { isImplicit });
        const visit = {
          mode,
          data: 'passive',
          port: proxy.address.port,
          caFile: home.join('proxy.pem'),
          folder: home.path,
        } as const;
        await files({ client, mode, server, folder, visit });
        const versions = new Set(server.eventsOf('control-tls').map(({ tls }) => tls.protocol));
        assert.equal(versions.size, mode === 'plain' ? 0 : 1);
      });
    }

    const noActive = client.cannot('active', 'plain') ?? false;
    test('takes data connections from the server (plain)', { skip: noActive }, async () => {
      await using server = await startServer({ files: 'disk', tls: 'optional' });
      await using folder = await createTempFolder();
      await writeFile(folder.join('server.pem'), (await testCertificate()).certificatePem);
      await using proxy = await startProxy(server.port, folder.join('server.pem'));
      const visit = {
        mode: 'plain',
        data: 'active',
        port: proxy.address.port,
        caFile: '',
        folder: folder.path,
      } as const;
      await active({ client, mode: 'plain', server, folder, visit });
    });
  });
}

/** Many files on one login, up, down and listed. */
async function manyFiles(
  peer: Pick<Peer, 'user' | 'password'>,
  port: number,
  security: 'explicit' | 'implicit' | 'plain' = 'explicit',
): Promise<void> {
  await using client = await connect({
    host: '127.0.0.1',
    port,
    security,
    user: peer.user,
    password: peer.password,
    tls: { caPem: (await proxyAuthority()).certificatePem },
    retry: { tries: 0 },
  });
  for (let round = 0; round < 12; round += 1) {
    const bytes = seededBytes(70_000 + round, round);
    await client.upload(`f${round}`, bytes);
    const chunks: Buffer[] = [];
    await client.download(`f${round}`, {
      write: async (some: readonly Buffer[]) => void chunks.push(...some.map((one) => Buffer.from(one))),
    });
    assert.equal(hashOf(Buffer.concat(chunks)), hashOf(bytes));
  }
  let listed = 0;
  for await (const entry of client.list()) listed += entry.name.startsWith('f') ? 1 : 0;
  assert.equal(listed, 12);
}

for (const security of ['plain', 'implicit'] as const) {
  test(`our client moves many files on one login through the proxy (${security})`, async () => {
    await using server = await startServer({
      tls: security === 'plain' ? 'optional' : 'required',
      sessionReuse: 'require',
    });
    await using folder = await createTempFolder();
    await writeFile(folder.join('server.pem'), (await testCertificate()).certificatePem);
    const isImplicit = security === 'implicit';
    const port = isImplicit ? server.implicitPort : server.port;
    await using proxy = await startProxy(port, folder.join('server.pem'), { isImplicit });
    await manyFiles({ user: 'user', password: 'pass' }, proxy.address.port, security);
  });
}

for (const kind of [vsftpd, proftpd]) {
  describe(
    `${kind.name} behind the proxy, which demands that data lines resume`,
    { skip: kind.peerMissing() ?? false },
    () => {
      for (const maxTls of ['1.2', '1.3'] as const) {
        test(`our client and curl move files over TLS ${maxTls}`, async () => {
          await using peer = await kind.start({ maxTls, requireSessionReuse: true });
          await using folder = await createTempFolder();
          const events: ProxyEvent[] = [];
          await using proxy = await startProxy(peer.controlPort, peer.certificateFile, {
            onEvent: (event) => event.kind === 'tls' && events.push(event),
          });
          const { port } = proxy.address;
          await manyFiles(peer, port);
          const bytes = seededBytes(3_000_000, 5);
          await writeFile(folder.join('up'), bytes);
          await writeFile(folder.join('ca.pem'), (await proxyAuthority()).certificatePem);
          const call = ['-sS', '--ssl-reqd', '--cacert', folder.join('ca.pem'), '-u', `${peer.user}:${peer.password}`];
          await succeed('curl', [...call, '-T', folder.join('up'), `ftp://127.0.0.1:${port}/curl.bin`]);
          await succeed('curl', [...call, '-o', folder.join('down'), `ftp://127.0.0.1:${port}/curl.bin`]);
          assert.equal(await hashOfFile(folder.join('down')), hashOf(bytes));
          assert.equal(await hashOfFile(join(peer.root, 'curl.bin')), hashOf(bytes));
          const toServer = events.filter(
            (event) => event.kind === 'tls' && event.by === 'server' && event.line?.startsWith('data'),
          );
          assert.ok(toServer.length > 20);
          for (const event of toServer) assert.ok(event.kind === 'tls' && event.text === `TLSv${maxTls}, resumed`);
        });
      }
    },
  );
}
