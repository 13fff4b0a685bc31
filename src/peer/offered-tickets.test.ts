import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { connect, createServer as createTlsServer } from 'node:tls';
import { createTestCertificate } from './certificates.ts';
import { offeredTickets } from './offered-tickets.ts';

const host = '127.0.0.1';

/** A session of TLS 1.3 as a client keeps it. */
async function sessionOf(): Promise<Buffer> {
  const { certificatePem: cert, privateKeyPem: key } = await createTestCertificate();
  const server = createTlsServer({ cert, key, minVersion: 'TLSv1.3' }, (socket) => socket.on('error', () => undefined));
  server.listen(0, host);
  await once(server, 'listening');
  const client = connect({ port: (server.address() as AddressInfo).port, host, rejectUnauthorized: false });
  const [session] = (await once(client, 'session')) as [Buffer];
  client.destroy();
  server.close();
  return session;
}

/** The first bytes that a TLS client sends. */
async function helloOf(session?: Buffer): Promise<Buffer> {
  const server = createServer();
  server.listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = connect({ port, host, rejectUnauthorized: false, ...(session && { session }) });
  client.on('error', () => undefined);
  const [raw] = await once(server, 'connection');
  const [hello] = (await once(raw, 'data')) as [Buffer];
  client.destroy();
  raw.destroy();
  server.close();
  return hello;
}

describe('the tickets of a ClientHello', () => {
  test('are those that the client offers, and the same each time', async () => {
    const session = await sessionOf();
    const [first, second] = [offeredTickets(await helloOf(session)), offeredTickets(await helloOf(session))];
    assert.equal(first?.length, 1);
    assert.ok((first?.[0]?.length ?? 0) > 64);
    assert.deepEqual(first, second);
  });

  test('are none on a first visit, and not known before the record is whole', async () => {
    const hello = await helloOf();
    assert.deepEqual(offeredTickets(hello), []);
    for (const length of [0, 4, 5, hello.length - 1]) {
      assert.equal(offeredTickets(hello.subarray(0, length)), undefined, `${length}`);
    }
    assert.throws(() => offeredTickets(Buffer.from('USER anna\r\n')), /no ClientHello/);
  });
});
