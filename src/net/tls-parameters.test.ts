import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { createSecureContext } from 'node:tls';
import {
  cipherListOf,
  commonGroups,
  defaultCiphers,
  knownCiphers,
  unknownCipher,
  unknownGroup,
} from './tls-parameters.ts';

describe('the suites of a server', () => {
  test('are the defaults where none is chosen, and stay those of the version of which none is', () => {
    assert.equal(cipherListOf(undefined), defaultCiphers);
    assert.equal(cipherListOf([]), defaultCiphers);
    const [of13, of12] = ['TLS_AES_256_GCM_SHA384', 'ECDHE-RSA-AES256-GCM-SHA384'];
    const only13 = cipherListOf([of13]).split(':');
    assert.deepEqual(
      only13.filter((name) => name.startsWith('TLS_')),
      [of13],
    );
    assert.ok(only13.includes('ECDHE-ECDSA-AES128-GCM-SHA256'));
    const only12 = cipherListOf([of12]).split(':');
    assert.deepEqual(
      only12.filter((name) => !name.startsWith('TLS_')),
      [of12],
    );
    assert.equal(only12.filter((name) => name.startsWith('TLS_')).length, 3);
    assert.equal(cipherListOf([of12, of13]), `${of13}:${of12}`);
  });

  test('by default have forward secrecy and authenticated encryption, and are all known', () => {
    const names = defaultCiphers.split(':');
    assert.equal(unknownCipher(names), undefined);
    for (const name of names) assert.match(name, /^(TLS_|ECDHE-|DHE-).*(GCM|POLY1305)/);
    assert.doesNotThrow(() => createSecureContext({ ciphers: defaultCiphers }));
  });

  test('can be chosen among those that protect something', () => {
    for (const name of knownCiphers()) assert.doesNotMatch(name, /NULL|ADH|AECDH|PSK|SRP|anon/i);
    for (const name of ['NULL-SHA256', 'ADH-AES128-SHA', 'PSK-AES128-GCM-SHA256', 'RC5', '', 'HIGH', '!aNULL']) {
      assert.equal(unknownCipher(['TLS_AES_128_GCM_SHA256', name]), name);
    }
  });
});

describe('key exchange groups', () => {
  test('that are common are known to this OpenSSL, the hybrid one among them', () => {
    assert.equal(unknownGroup(commonGroups), undefined);
    assert.equal(commonGroups[0], 'X25519MLKEM768');
  });

  test('that nobody has are told', () => {
    for (const name of ['X25518', '', 'P-256:nonsense', '*X25519', '?nonsense', '-X25519']) {
      assert.equal(unknownGroup(['X25519', name]), name);
    }
  });
});
