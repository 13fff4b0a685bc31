import { before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { ConfigError } from '../../errors/index.ts';
import { createTempFolder, createTestCa, createTestCertificate, type TestCertificate } from '../../testing/index.ts';
import { makeLocalCertificate, readCertificate } from './certificate.ts';

async function read(cert: string, key: string) {
  await using folder = await createTempFolder();
  const [certFile, keyFile] = [folder.join('cert.pem'), folder.join('key.pem')];
  await writeFile(certFile, cert);
  await writeFile(keyFile, key);
  return await readCertificate(certFile, keyFile);
}

async function refusal(cert: string, key: string): Promise<string> {
  const error: unknown = await read(cert, key).then(
    () => assert.fail('was taken'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof ConfigError, String(error));
  return error.message;
}

describe('a certificate and its key', () => {
  let good: TestCertificate;
  let other: TestCertificate;
  before(async () => {
    good = await createTestCertificate();
    other = await createTestCertificate({ algorithm: 'rsa' });
  });

  test('are taken when they belong together', async () => {
    for (const { certificatePem, privateKeyPem, fingerprint256 } of [good, other]) {
      const read_ = await read(certificatePem, privateKeyPem);
      assert.equal(read_.selfSigned, true);
      assert.equal(read_.fingerprint256, fingerprint256);
      assert.equal(read_.warning, undefined);
    }
  });

  test('are known to be vouched for by somebody else', async () => {
    const ca = await createTestCa();
    const { certificatePem, privateKeyPem } = await createTestCertificate({ ca });
    assert.equal((await read(certificatePem, privateKeyPem)).selfSigned, false);
  });

  test('are taken with the chain behind the certificate', async () => {
    const read_ = await read(good.certificatePem + other.certificatePem, good.privateKeyPem);
    assert.equal(read_.fingerprint256, good.fingerprint256);
  });

  test('are refused when they do not', async () => {
    assert.match(
      await refusal(good.certificatePem, other.privateKeyPem),
      /key\.pem does not belong to .*cert\.pem: give/,
    );
  });

  test('are refused when one is something else', async () => {
    assert.match(await refusal(good.privateKeyPem, good.privateKeyPem), /cert\.pem is not a certificate in PEM form/);
    assert.match(await refusal('', good.privateKeyPem), /is not a certificate/);
    assert.match(await refusal(good.certificatePem, 'nothing'), /key\.pem is not a private key in PEM form/);
  });

  test('are refused when the key is locked', async () => {
    const { privateKey } = generateKeyPairSync('ec', {
      namedCurve: 'P-256',
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' },
    });
    assert.match(await refusal(good.certificatePem, privateKey), /has a passphrase: write it without one/);
  });

  test('are refused when a file is missing', async () => {
    await assert.rejects(readCertificate('/nowhere/a.pem', '/nowhere/b.pem'), {
      message: 'The certificate /nowhere/a.pem cannot be read: there is no such file or folder.',
    });
  });

  test('are taken with a warning when the certificate has expired', async () => {
    const old = await createTestCertificate({ days: -1 });
    const { warning = '' } = await read(old.certificatePem, old.privateKeyPem);
    assert.match(warning, /^The certificate .*cert\.pem has expired on .* GMT: clients will refuse it/);
  });
});

test('the self-made certificate is for this machine, on P-256, for 825 days', async () => {
  const { certificatePem } = await makeLocalCertificate();
  const certificate = new X509Certificate(certificatePem);
  assert.equal(certificate.publicKey.asymmetricKeyType, 'ec');
  assert.equal(certificate.publicKey.asymmetricKeyDetails?.namedCurve, 'prime256v1');
  for (const host of ['127.0.0.1', '::1']) assert.ok(certificate.checkIP(host), host);
  assert.ok(certificate.checkHost('localhost'));
  const days = (certificate.validToDate.getTime() - Date.now()) / 86_400_000;
  assert.ok(days > 824 && days <= 825, `${days} days`);
});
