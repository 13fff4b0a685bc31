import { before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { createTestCertificate, type TestCertificate } from '../testing/index.ts';
import { defaultPairs, isFor, pairsFor } from './certificate-choice.ts';
import type { ServerTlsSettings } from './server-tls-settings.ts';

let one: TestCertificate;
let oneRsa: TestCertificate;
let oneAgain: TestCertificate;
let wild: TestCertificate;
let settings: ServerTlsSettings;

before(async () => {
  one = await createTestCertificate({ subjectAltNames: ['one.example'] });
  oneRsa = await createTestCertificate({ subjectAltNames: ['one.example'], algorithm: 'rsa' });
  oneAgain = await createTestCertificate({ subjectAltNames: ['one.example'] });
  wild = await createTestCertificate({ subjectAltNames: ['*.two.example'] });
  settings = { ...one, furtherCertificates: [wild, oneRsa, oneAgain] };
});

const keys = (pairs: readonly { readonly privateKeyPem: string }[]) => pairs.map(({ privateKeyPem }) => privateKeyPem);

describe('the certificates for a host', () => {
  test('are those that name it, one of each kind of key, the first of a kind', () => {
    assert.deepEqual(keys(pairsFor(settings, 'one.example')), keys([one, oneRsa]));
    assert.deepEqual(keys(pairsFor(settings, 'ONE.Example')), keys([one, oneRsa]));
    assert.deepEqual(keys(pairsFor(settings, 'a.two.example')), keys([wild]));
  });

  test('are none for hosts that nobody names', () => {
    for (const host of ['two.example', 'a.b.two.example', 'example', 'localhost', '', '127.0.0.1', '*.two.example.x']) {
      assert.deepEqual(pairsFor(settings, host), [], host);
    }
  });

  test('are by default the first, and those of other kinds for the same names', () => {
    assert.deepEqual(keys(defaultPairs(settings)), keys([one, oneRsa]));
    assert.deepEqual(keys(defaultPairs(one)), keys([one]));
    assert.equal(isFor(wild, 'x.two.example'), true);
  });
});
