import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { missingProgram } from '../../test/fixtures/installed-program.ts';
import { createTempFolder, createTestCertificate } from '../testing/index.ts';
import {
  type CertificateLogin,
  type ClientCertificate,
  describeCertificate,
  isTrusted,
  mayLogIn,
} from './client-certificate.ts';

async function certificate(problem?: string): Promise<ClientCertificate> {
  const { certificatePem } = await createTestCertificate({
    commonName: 'Anna',
    subjectAltNames: ['email:Anna@example.org', 'anna.example.org', 'uri:urn:user:anna', '192.0.2.1'],
  });
  return describeCertificate(new X509Certificate(certificatePem), problem);
}

const settings = (...logins: CertificateLogin[]) => ({ demand: 'optional', logins }) as const;

describe('a client certificate', () => {
  test('has the names that stand in it', async () => {
    const { names, subject, fingerprint256 } = await certificate();
    assert.deepEqual(names, {
      cn: ['Anna'],
      email: ['Anna@example.org'],
      dns: ['anna.example.org'],
      uri: ['urn:user:anna'],
      sha256: [fingerprint256],
    });
    assert.equal(subject, 'CN=Anna');
  });

  test(
    'smuggles no second name in by what stands in the first',
    { skip: missingProgram('openssl', 'version') },
    async () => {
      await using folder = await createTempFolder();
      const evil = 'x, email:admin@example.org, DNS:admin.example.org';
      const args = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1'];
      const config = `[req]\ndistinguished_name=d\nx509_extensions=e\nprompt=no\n[d]\nCN=a\\, CN=admin\n[e]\nsubjectAltName=@s\n[s]\nemail.1="${evil}"\nURI.1="urn:a, email:admin@example.org"\n`;
      const { writeFile } = await import('node:fs/promises');
      await writeFile(folder.join('c'), config);
      const pem = execFileSync('openssl', [...args, '-config', folder.join('c'), '-keyout', folder.join('k')], {
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      const { names } = describeCertificate(new X509Certificate(pem), undefined);
      const all = Object.values(names).flat();
      assert.ok(
        !all.includes('admin@example.org') && !all.includes('admin.example.org') && !all.includes('admin'),
        String(all),
      );
    },
  );

  test('logs in whom a rule names, case apart where names have none', async () => {
    const anna = await certificate();
    const rules: readonly (readonly [CertificateLogin, boolean])[] = [
      [{ user: 'anna', field: 'email', value: 'anna@EXAMPLE.org' }, true],
      [{ user: 'anna', field: 'dns', value: 'ANNA.example.org' }, true],
      [{ user: 'anna', field: 'uri', value: 'urn:user:anna' }, true],
      [{ user: 'anna', field: 'uri', value: 'URN:user:anna' }, false],
      [{ user: 'anna', field: 'cn', value: 'Anna' }, true],
      [{ user: 'anna', field: 'cn', value: 'anna' }, false],
      [{ user: 'anna', field: 'sha256', value: anna.fingerprint256.toLowerCase() }, true],
      [{ user: 'bob', field: 'cn', value: 'Anna' }, false],
      [{ user: undefined, field: 'cn', value: undefined }, false],
    ];
    for (const [rule, expected] of rules) {
      assert.equal(mayLogIn(anna, 'anna', settings(rule)), expected, JSON.stringify(rule));
    }
    assert.equal(mayLogIn(anna, 'Anna', settings({ user: undefined, field: 'cn', value: undefined })), true);
    assert.equal(mayLogIn(anna, '', settings({ user: undefined, field: 'cn', value: undefined })), false);
    assert.equal(mayLogIn(anna, 'anna', settings()), false);
  });

  test('that no authority vouches for is trusted by its fingerprint alone', async () => {
    const forged = await certificate('self-signed certificate');
    const byName: CertificateLogin = { user: 'anna', field: 'cn', value: 'Anna' };
    const byPrint: CertificateLogin = { user: 'anna', field: 'sha256', value: forged.fingerprint256 };
    assert.equal(isTrusted(forged, settings(byName)), false);
    assert.equal(mayLogIn(forged, 'anna', settings(byName)), false);
    assert.equal(isTrusted(forged, settings(byPrint)), true);
    assert.equal(mayLogIn(forged, 'anna', settings(byPrint)), true);
  });
});
