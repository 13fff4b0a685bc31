import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import {
  createTempFolder,
  createTestCa,
  createTestCertificate,
  type TempFolder,
  type TestCertificate,
} from '../../testing/index.ts';
import type { OptionValues } from '../define-subcommand.ts';
import { GivenSettings } from './given-settings.ts';
import { loadTls, tlsFiles } from './load-tls.ts';
import { resolveSettings, type ServeSettings } from './settings.ts';

async function put(folder: TempFolder, name: string, pair: TestCertificate): Promise<void> {
  await writeFile(folder.join(`${name}.pem`), pair.certificatePem);
  await writeFile(folder.join(`${name}.key`), pair.privateKeyPem);
}

function settings(options: OptionValues): ServeSettings {
  return resolveSettings(new GivenSettings(options));
}

describe('what the settings say of TLS', () => {
  test('comes to certificates, rules and authorities that the server takes', async () => {
    await using folder = await createTempFolder();
    const [one, two, ca] = [await createTestCertificate(), await createTestCertificate(), await createTestCa()];
    await put(folder, 'one', one);
    await put(folder, 'two', two);
    await put(folder, 'ca', ca);
    const given = settings({
      cert: [folder.join('one.pem'), folder.join('two.pem')],
      key: [folder.join('one.key'), folder.join('two.key')],
      tlsMin: '1.3',
      tlsGroup: ['X25519'],
      clientCertificates: 'required',
      clientCa: folder.join('ca.pem'),
      certificateLogin: ['*=cn'],
    });
    const loaded = await loadTls(given);
    assert.deepEqual(loaded?.tlsSettings, {
      certificatePem: one.certificatePem,
      privateKeyPem: one.privateKeyPem,
      furtherCertificates: [{ certificatePem: two.certificatePem, privateKeyPem: two.privateKeyPem }],
      minVersion: 'TLSv1.3',
      maxVersion: 'TLSv1.3',
      ciphers: [],
      groups: ['X25519'],
      clientCertificates: {
        demand: 'required',
        authoritiesPem: ca.certificatePem,
        logins: [{ user: undefined, field: 'cn', value: undefined }],
      },
    });
    assert.equal(loaded.certFile, folder.join('one.pem'));
    assert.equal(tlsFiles(given).length, 5);
  });

  test('is a certificate of its own where none is given, and nothing where TLS is off', async () => {
    await using folder = await createTempFolder();
    const loaded = await loadTls(settings({ dataDir: folder.path }));
    assert.equal(loaded?.certificate.selfSigned, true);
    assert.equal(await loadTls(settings({ tls: 'off', listen: ['127.0.0.1:0'] })), undefined);
  });

  test('is refused by the name of the file, before anything is made', async () => {
    await using folder = await createTempFolder();
    await writeFile(folder.join('ca.pem'), 'nothing of the kind');
    for (const [file, words] of [
      ['ca.pem', /ca\.pem holds no certificates in PEM form/],
      ['none.pem', /The file of authorities .*none\.pem cannot be read/],
    ] as const) {
      const given = settings({
        dataDir: folder.join('data'),
        clientCertificates: 'optional',
        clientCa: folder.join(file),
      });
      await assert.rejects(loadTls(given), words);
    }
    assert.deepEqual(await readdir(folder.path), ['ca.pem']);
  });

  test('names the pair of several that does not fit', async () => {
    await using folder = await createTempFolder();
    await put(folder, 'one', await createTestCertificate());
    await put(folder, 'two', await createTestCertificate());
    const given = settings({
      cert: [folder.join('one.pem'), folder.join('two.pem')],
      key: [folder.join('one.key'), folder.join('one.key')],
    });
    await assert.rejects(loadTls(given), /one\.key does not belong to the certificate .*two\.pem/);
  });
});
