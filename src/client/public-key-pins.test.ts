import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { createHash, createPublicKey, createPrivateKey, X509Certificate } from 'node:crypto';
import { startScriptedServer, createTestCa, createTestCertificate, type TestCertificate } from '../testing/index.ts';
import { optionsFor, tlsModes } from '../../test/fixtures/client-pair.ts';
import { connect } from './client.ts';
import type { ClientTlsOptions } from './options.ts';
import { parsePins } from '../net/index.ts';

const other = `sha256/${createHash('sha256').update('another key').digest('base64')}`;

/** As `openssl x509 -pubkey | openssl pkey -pubin -outform der | openssl dgst -sha256 -binary | base64` has it. */
function pinOfPem({ certificatePem }: TestCertificate): string {
  const key = createPublicKey(new X509Certificate(certificatePem).publicKey.export({ type: 'spki', format: 'pem' }));
  return `sha256/${createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('base64')}`;
}

async function attempt(
  certificate: TestCertificate,
  tls: ClientTlsOptions,
  mode = tlsModes[1] as (typeof tlsModes)[number],
) {
  await using server = await startScriptedServer({ certificate });
  try {
    const client = await connect({ ...optionsFor(mode, server), tls });
    for await (const entry of client.list()) assert.fail(entry.name);
    await client.quit();
    return undefined;
  } catch (error) {
    const verbs = server.sessions.flatMap(({ commands }) => commands);
    assert.ok(!verbs.some((line) => line.startsWith('USER')), 'nothing secret was sent');
    return error as Error & { readonly code?: string };
  }
}

describe('a pinned public key', () => {
  for (const mode of tlsModes) {
    test(`is trust enough: name, authority and dates do not count (${mode.name})`, async () => {
      const certificate = await createTestCertificate({ subjectAltNames: ['elsewhere'], days: -1 });
      assert.equal(await attempt(certificate, { pins: [pinOfPem(certificate)] }, mode), undefined);
    });
  }

  test('may be one of several, and may be written as curl has it', async () => {
    const certificate = await createTestCertificate();
    const curl = pinOfPem(certificate).replace('sha256/', 'sha256//');
    assert.equal(await attempt(certificate, { pins: [other, curl] }), undefined);
    assert.equal(await attempt(certificate, { pins: [`${other};${curl}`] }), undefined);
  });

  test('that differs ends the attempt, whoever signed and even where any certificate is accepted', async () => {
    const ca = await createTestCa();
    const certificate = await createTestCertificate({ ca });
    for (const tls of [{ caPem: ca.certificatePem }, { insecure: true }, {}]) {
      const error = await attempt(certificate, { ...tls, pins: [other] });
      assert.equal(error?.code, 'ERR_TWINLINE_CERTIFICATE');
      assert.match(error.message, /is not the pinned one/);
      assert.ok(error.message.includes(pinOfPem(certificate)), error.message);
    }
  });

  test('beside authorities demands both', async () => {
    const [ca, stranger] = [await createTestCa(), await createTestCa()];
    const certificate = await createTestCertificate({ ca });
    const pins = [pinOfPem(certificate)];
    assert.equal(await attempt(certificate, { pins, caPem: ca.certificatePem }), undefined);
    const error = await attempt(certificate, { pins, caPem: stranger.certificatePem });
    assert.match(error?.message ?? '', /its issuer is not trusted here/);
  });

  test('is told where a certificate is not trusted', async () => {
    const certificate = await createTestCertificate();
    const error = await attempt(certificate, {});
    assert.ok(error?.message.includes(pinOfPem(certificate)), error?.message);
  });

  test('that is no hash is refused before anything is opened', () => {
    for (const text of ['', 'sha256/', 'sha256/abc', 'sha1/2jmj7l5rSw0yVb/vlWAYkK/YBwk=', `${other}x`, `${other};`]) {
      assert.throws(() => parsePins([text]), { code: 'ERR_TWINLINE_CONFIG', message: /44 characters/ }, text);
    }
  });
});

describe('a certificate of the client', () => {
  test('may have an encrypted key, and a wrong passphrase is called that', async () => {
    const certificate = await createTestCertificate();
    const { certificatePem, privateKeyPem } = await createTestCertificate({ commonName: 'anna' });
    const cipher = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'open it' } as const;
    const tls = {
      insecure: true,
      certificatePem,
      privateKeyPem: createPrivateKey(privateKeyPem).export(cipher).toString(),
    };
    assert.equal(await attempt(certificate, { ...tls, passphrase: 'open it' }), undefined);
    const wrong = await attempt(certificate, { ...tls, passphrase: 'no' });
    assert.match(wrong?.message ?? '', /its passphrase is wrong or missing/);
    const missing = await attempt(certificate, tls);
    assert.match(missing?.message ?? '', /its passphrase is wrong or missing/);
    const stranger = { ...tls, privateKeyPem: certificate.privateKeyPem };
    assert.match((await attempt(certificate, stranger))?.message ?? '', /not that of the certificate/);
  });
});
