import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import type { OptionValues } from '../../define-subcommand.ts';
import { GivenSettings } from '../given-settings.ts';
import { resolveSettings } from '../settings.ts';

const acme = (fields: readonly string[], more: OptionValues = {}) =>
  resolveSettings(new GivenSettings({ acme: fields, ...more })).acme;

const least = ['names=ftp.example.org', 'agree-terms=true'];

describe('the authority of the certificate', () => {
  test('is none unless it is asked for', () => assert.equal(resolveSettings(new GivenSettings({})).acme, undefined));

  test("is Let's Encrypt with a challenge on port 80 when nothing else is said", () => {
    assert.deepEqual(acme(least), {
      directoryUrl: 'https://acme-v02.api.letsencrypt.org/directory',
      names: ['ftp.example.org'],
      contacts: [],
      caFile: undefined,
      externalAccount: undefined,
      challenge: { listen: { host: '0.0.0.0', port: 80 } },
    });
  });

  test('takes several names, a folder of a web server and an account that exists', () => {
    const more = ['names=192.0.2.1', 'webroot=/var/www', 'external-key-id=k', 'external-hmac-key=AA', 'ca-file=ca.pem'];
    const choice = acme([...least, ...more]);
    assert.deepEqual(choice?.names, ['ftp.example.org', '192.0.2.1']);
    assert.deepEqual(choice.challenge, { webroot: '/var/www' });
    assert.deepEqual(choice.externalAccount, { keyId: 'k', hmacKey: 'AA' });
    assert.equal(choice.caFile, resolve('ca.pem'));
  });

  const refusals: readonly (readonly [string, readonly string[], RegExp, OptionValues?])[] = [
    ['terms nobody agreed to', ['names=ftp.example.org'], /agree-terms must be true: read the terms/],
    ['no name', ['agree-terms=true'], /names must name at least one host/],
    ['a wildcard', ['names=*.example.org', 'agree-terms=true'], /without wildcards, .* not "\*\.example\.org"/],
    ['a directory in clear', [...least, 'directory=http://ca/'], /must be an https address/],
    ['a contact that is no address', [...least, 'contact=me'], /takes mail addresses/],
    ['half an external account', [...least, 'external-key-id=k'], /needs external-hmac-key too/],
    ['a port without a host', [...least, 'challenge-listen=80'], /takes HOST:PORT/],
    ['a server without TLS', least, /of no use while TLS is off/, { tls: 'off' }],
    ['a certificate besides', least, /another is given by cert/, { cert: ['c.pem'], key: ['k.pem'] }],
  ];
  for (const [what, fields, message, more] of refusals) {
    test(`is refused for ${what}`, () => assert.throws(() => acme(fields, more), { message }));
  }
});
