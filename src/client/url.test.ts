import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { assert as assertProperty, pre, property, uint8Array } from 'fast-check';
import { TwinlineError } from '../errors/index.ts';
import { decodePathText, encodePathText } from '../protocol/index.ts';
import { displayUrl, parseFtpUrl } from './url.ts';

describe('URLs', () => {
  test('with an unescaped slash in the password are refused without showing it', () => {
    const url = 'ftpes://anna:top/secret@h/a';
    assert.equal(displayUrl(url), 'ftpes://anna:********@h/a');
    assert.throws(
      () => parseFtpUrl(url),
      (error: Error) => {
        assert.match(error.message, /written %2F/);
        assert.doesNotMatch(error.message, /top|secret/);
        return true;
      },
    );
    assert.equal(displayUrl('ftp://anna:secret@h/a@b'), 'ftp://anna:********@h/a@b');
    assert.equal(displayUrl('ftp://h:21/a@b'), 'ftp://h:21/a@b');
  });

  test('name scheme, host, port, login and path', () => {
    assert.deepEqual(parseFtpUrl('ftps://anna:s%3Ae@files.example.org:9990/a%20b/c.txt'), {
      security: 'implicit',
      host: 'files.example.org',
      port: 9990,
      user: 'anna',
      password: 's:e',
      path: 'a b/c.txt',
    });
    assert.equal(parseFtpUrl('ftp://h').security, 'plain');
    assert.equal(parseFtpUrl('FTPES://h').security, 'explicit');
    assert.equal(parseFtpUrl('ftpes://[::1]:21/x').host, '::1');
  });

  test('without a scheme mean explicit TLS', () => {
    assert.deepEqual(parseFtpUrl('h:2121/x'), {
      security: 'explicit',
      host: 'h',
      port: 2121,
      user: undefined,
      password: undefined,
      path: 'x',
    });
  });

  test('are relative to the login directory, and absolute behind a second slash', () => {
    assert.equal(parseFtpUrl('ftpes://h/a/b').path, 'a/b');
    assert.equal(parseFtpUrl('ftpes://h//a/b').path, '/a/b');
    assert.equal(parseFtpUrl('ftpes://h/%2Fa/b').path, '/a/b');
    assert.equal(parseFtpUrl('ftpes://h/').path, '');
  });

  test('keep "#", "?", ";" and "@" of names', () => {
    assert.equal(parseFtpUrl('ftpes://h/a#1?b;c@d').path, 'a#1?b;c@d');
    assert.equal(parseFtpUrl('ftpes://anna@h/a@b').user, 'anna');
  });

  test('keep every byte of a name', () => {
    assertProperty(
      property(uint8Array({ min: 0x20, max: 0xff }), (bytes) => {
        pre(!/\p{Cc}/u.test(decodePathText(bytes)));
        const escaped = [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
        assert.deepEqual(encodePathText(parseFtpUrl(`ftpes://h/${escaped}`).path), bytes);
      }),
    );
  });

  const refused: readonly (readonly [url: string, says: RegExp])[] = [
    ['', /names no host/],
    ['ftpes://', /names no host/],
    ['ftpes:///file', /names no host/],
    ['http://h/x', /"http" is no scheme of FTP/],
    ['ftpes://h:0/x', /"0" is no port/],
    ['ftpes://h:70000/x', /no port/],
    ['ftpes://h:x/x', /no port/],
    ['ftpes://h/100%', /"%" in it is not followed/],
    ['ftpes://h/a%0d%0aDELE b', /control character/],
    ['ftpes://a b/x', /blank/],
  ];
  for (const [url, says] of refused) {
    test(`${JSON.stringify(url)} is refused with what to write instead`, () => {
      assert.throws(
        () => parseFtpUrl(url),
        (error: unknown) =>
          error instanceof TwinlineError && error.code === 'ERR_TWINLINE_URL' && says.test(error.message),
      );
    });
  }

  test('are shown without their password', () => {
    assert.equal(displayUrl('ftpes://anna:secret@h/x'), 'ftpes://anna:********@h/x');
    assert.equal(displayUrl('anna:secret@h/x'), 'anna:********@h/x');
    assert.equal(displayUrl('ftpes://h/a:b@c'), 'ftpes://h/a:b@c');
    assert.throws(
      () => parseFtpUrl('ftpes://anna:secret@h:x/'),
      (error: Error) => !error.message.includes('secret'),
    );
  });
});
