/** A change of certificate while the server runs: who gets the new one, and that a bad one changes nothing. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { ConfigError } from '../../src/errors/index.ts';
import { createServer } from '../../src/server/index.ts';
import { createTestCertificate, type ScriptedClient, type WatchedLine } from '../../src/testing/index.ts';
import { startServer, testCertificate } from '../fixtures/start-server.ts';

function shownOn(line: WatchedLine): string | undefined {
  return line.tls?.getPeerX509Certificate()?.fingerprint256;
}

async function list(
  client: ScriptedClient,
  reuseSession: boolean,
): Promise<{ readonly shown: string | undefined; readonly resumed: boolean | undefined }> {
  const line = await client.openPassive({ tls: true, reuseSession });
  await client.expect(150, 'NLST');
  await line.secured;
  const seen = { shown: shownOn(line), resumed: line.tls?.isSessionReused() };
  await line.finish();
  assert.match(await client.readReply(), /^226 /);
  return seen;
}

describe('a new certificate', () => {
  test('is shown to sessions that go over to TLS afterwards, and sessions under TLS keep the old one on both lines', async () => {
    const [first, second] = [await testCertificate(), await createTestCertificate()];
    await using server = await startServer();
    await using before = await server.session();
    await using between = await server.connect();
    server.server.replaceTlsSettings(second);
    await between.authTls();
    assert.equal(shownOn(between.control), second.fingerprint256);
    await using implicit = await server.connect({ implicitTls: true });
    assert.equal(shownOn(implicit.control), second.fingerprint256);
    assert.equal((await list(before, false)).shown, first.fingerprint256);
    assert.equal((await list(before, true)).resumed, true);
    const [event] = server.eventsOf('tls-settings-replaced');
    assert.equal(event?.fingerprint256, second.fingerprint256);
    assert.equal(event?.validUntil, new X509Certificate(second.certificatePem).validToDate.toISOString());
  });

  test('brings its versions along', async () => {
    await using server = await startServer();
    server.server.replaceTlsSettings({ ...(await testCertificate()), maxVersion: 'TLSv1.2' });
    await using client = await server.connect();
    await client.authTls();
    assert.equal(client.control.tls?.getProtocol(), 'TLSv1.2');
  });

  test('that cannot be used is refused with what to do, and the old one stays', async () => {
    const [first, second] = [await testCertificate(), await createTestCertificate()];
    await using server = await startServer();
    const wrong = [
      [{ ...second, privateKeyPem: first.privateKeyPem }, /key does not belong .* give the key it was made for/],
      [{ ...second, certificatePem: 'nonsense' }, /not in PEM form/],
      [{ ...second, privateKeyPem: '' }, /not in PEM form, or has a passphrase/],
      [{ ...second, minVersion: 'TLSv1.3', maxVersion: 'TLSv1.2' } as const, /above the highest/],
      [{ ...second, ciphers: ['AES128-GCM-SHA256', 'RC5'] }, /"RC5" is no cipher suite/],
      [{ ...second, groups: ['X25519', 'P-257'] }, /"P-257" is no key exchange group/],
    ] as const;
    for (const [settings, message] of wrong) {
      assert.throws(
        () => server.server.replaceTlsSettings(settings),
        (error) => error instanceof ConfigError && message.test(error.message),
      );
    }
    await using client = await server.connect();
    await client.authTls();
    assert.equal(shownOn(client.control), first.fingerprint256);
    assert.deepEqual(server.eventsOf('tls-settings-replaced'), []);
  });

  test('does not bring TLS to a server that was started without', async () => {
    await using server = await startServer({ tls: 'off' });
    const settings = await testCertificate();
    assert.throws(() => server.server.replaceTlsSettings(settings), /restart it/);
  });
});

test('a server is not made with a certificate of another key', async () => {
  const [first, second] = [await testCertificate(), await createTestCertificate()];
  await using server = await startServer();
  const { storage } = server;
  const users = { authenticate: () => Promise.resolve(undefined), close: () => Promise.resolve() };
  const tlsSettings = { ...first, privateKeyPem: second.privateKeyPem };
  assert.throws(() => createServer({ listeners: [], storage, users, tlsSettings }), ConfigError);
});
