import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { parseProxyUrl } from './proxy.ts';

describe('the URL of a proxy', () => {
  test('names kind, host, port and login', () => {
    const { text, ...proxy } = parseProxyUrl('socks5h://anna:p%40ss@proxy.example.org:1081');
    const login = { user: 'anna', password: 'p@ss' };
    assert.deepEqual(proxy, { kind: 'socks5h', host: 'proxy.example.org', port: 1081, login });
    assert.equal(text, 'socks5h://proxy.example.org:1081');
    assert.deepEqual(parseProxyUrl('SOCKS5://[::1]/').host, '::1');
    assert.deepEqual(parseProxyUrl('http://a@b').login, { user: 'a', password: '' });
  });

  test('is that of an HTTP proxy on port 1080 where it does not say more, as in curl', () => {
    assert.deepEqual(parseProxyUrl('proxy'), {
      kind: 'http',
      host: 'proxy',
      port: 1080,
      login: undefined,
      text: 'http://proxy:1080',
    });
  });

  for (const [url, says] of [
    ['socks4://h', /use socks5h:\/\//],
    ['https://h', /TLS to the proxy/],
    ['', /write for example/],
    ['http://', /write for example/],
    ['http://h:0', /no port/],
    ['http://h:99999', /no port/],
    ['http://h/path', /write for example/],
    ['http://a b', /write for example/],
    ['http://a:%zz@h', /%25/],
  ] as const) {
    test(`${JSON.stringify(url)} is refused with what to write instead`, () => {
      assert.throws(() => parseProxyUrl(url), { code: 'ERR_TWINLINE_URL', message: says });
    });
  }

  test('never shows its login, not even when it is refused', () => {
    for (const url of ['http://anna:secret@h:0', 'ftp://anna:secret@h', 'anna:secret@h:x']) {
      assert.throws(
        () => parseProxyUrl(url),
        (error: Error) => !error.message.includes('secret'),
      );
    }
  });
});
