import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { parseFtpUrl } from '../../client/index.ts';
import { isException, proxyOfEnvironment } from './proxy-environment.ts';

const proxyFor = (url: string, environment: Record<string, string>) =>
  proxyOfEnvironment(parseFtpUrl(url), environment);

describe('the proxy of the environment', () => {
  test('is that of the scheme, then that of ALL_PROXY, in lower case before upper case', () => {
    const all = { FTPS_PROXY: 'a', ftp_proxy: 'b', ALL_PROXY: 'c' };
    assert.equal(proxyFor('ftpes://h', all), 'a');
    assert.equal(proxyFor('ftps://h', all), 'a');
    assert.equal(proxyFor('ftp://h', all), 'b');
    assert.equal(proxyFor('ftpes://h', { ftp_proxy: 'b', FTP_PROXY: 'B' }), 'b');
    assert.equal(proxyFor('ftp://h', { FTPS_PROXY: 'a', all_proxy: 'c' }), 'c');
    assert.equal(proxyFor('ftp://h', { ftp_proxy: '', ALL_PROXY: 'c' }), 'c');
    assert.equal(proxyFor('ftp://h', { http_proxy: 'x' }), undefined);
  });

  test('does not count for hosts that NO_PROXY names', () => {
    assert.equal(proxyFor('ftp://h', { ALL_PROXY: 'c', NO_PROXY: 'h' }), undefined);
    assert.equal(proxyFor('ftp://h', { ALL_PROXY: 'c', no_proxy: '', NO_PROXY: 'h' }), 'c');
  });

  for (const [host, list, isNamed] of [
    ['files.example.org', '*', true],
    ['files.example.org', 'example.org', true],
    ['files.example.org', '.example.org', true],
    ['example.org', '.example.org', true],
    ['files.EXAMPLE.org', 'a, Example.Org.', true],
    ['badexample.org', 'example.org', false],
    ['example.org', 'files.example.org', false],
    ['192.0.2.7', '192.0.2.7', true],
    ['192.0.2.7', '192.0.2.0/24', true],
    ['192.0.3.7', 'x 192.0.2.0/24', false],
    ['192.0.2.7', '192.0.2.0/33', false],
    ['2001:db8::1', '[2001:db8::1]', true],
    ['2001:db8::1', '2001:db8::/32', true],
    ['192.0.2.7', '2.7', false],
    ['h', '', false],
  ] as const) {
    test(`${isNamed ? 'leaves out' : 'holds for'} ${host} with "${list}"`, () => {
      assert.equal(isException(host, list), isNamed);
    });
  }
});
