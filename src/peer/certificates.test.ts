import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createTestCa, createTestCertificate } from './certificates.ts';

describe('test certificates', () => {
  for (const algorithm of ['ecdsa', 'rsa'] as const) {
    test(`a self-signed ${algorithm} certificate belongs to its key and to the names asked for`, async () => {
      const made = await createTestCertificate({ algorithm, subjectAltNames: ['ftp.example', '127.0.0.1'] });
      const certificate = new X509Certificate(made.certificatePem);
      assert.equal(certificate.checkPrivateKey(createPrivateKey(made.privateKeyPem)), true);
      assert.equal(certificate.fingerprint256, made.fingerprint256);
      assert.equal(certificate.checkHost('ftp.example'), 'ftp.example');
      assert.equal(certificate.checkIP('127.0.0.1'), '127.0.0.1');
      assert.equal(certificate.checkHost('other.example'), undefined);
      assert.equal(certificate.verify(certificate.publicKey), true);
    });

    test(`an ${algorithm} authority signs for a server of either kind`, async () => {
      const ca = await createTestCa({ algorithm });
      const root = new X509Certificate(ca.certificatePem);
      assert.equal(root.ca, true);
      for (const kind of ['ecdsa', 'rsa'] as const) {
        const made = await createTestCertificate({ ca, algorithm: kind });
        const certificate = new X509Certificate(made.certificatePem);
        assert.equal(certificate.verify(root.publicKey), true);
        assert.equal(certificate.checkIssued(root), true);
        assert.equal(certificate.ca, false);
      }
    });
  }

  test('negative days make a certificate that has ended', async () => {
    const made = await createTestCertificate({ days: -2 });
    const certificate = new X509Certificate(made.certificatePem);
    assert.ok(certificate.validToDate.getTime() < Date.now());
    assert.ok(certificate.validFromDate < certificate.validToDate);
  });
});
