import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ConfigError } from '../../errors/index.ts';
import { networkTest, parseNetwork } from './networks.ts';

describe('a network', () => {
  test('is written in one way', () => {
    const texts: readonly [string, string][] = [
      ['192.0.2.1', '192.0.2.1'],
      ['192.0.2.1/32', '192.0.2.1'],
      ['10.1.2.3/8', '10.0.0.0/8'],
      ['10.1.2.3/0', '0.0.0.0/0'],
      ['2001:DB8:0::1', '2001:db8::1'],
      ['2001:db8:ffff::1/32', '2001:db8::/32'],
      ['::/0', '::/0'],
      ['::ffff:192.0.2.1', '192.0.2.1'],
    ];
    for (const [given, text] of texts) assert.equal(parseNetwork(given).text, text);
  });

  test('is refused with a sentence when it is none', () => {
    const wrong = [
      '',
      'x',
      '10.0.0.0/33',
      '10.0.0.0/',
      '10.0.0.0/-1',
      '10.0.0.0/08',
      '10.0.0/8',
      '::/129',
      '10.0.0.0/8/8',
    ];
    for (const text of [...wrong, 'fe80::1%eth0', ' 10.0.0.1', 'host.example'])
      assert.throws(() => parseNetwork(text), ConfigError, text);
  });

  test('holds its addresses and no others', () => {
    const holds = networkTest(['10.0.0.0/8', '192.0.2.7', '2001:db8::/32']);
    for (const address of ['10.0.0.0', '10.255.255.255', '192.0.2.7', '2001:db8:ffff::1'])
      assert.ok(holds(address), address);
    for (const address of ['9.255.255.255', '11.0.0.0', '192.0.2.8', '2001:db9::', '::1']) {
      assert.ok(!holds(address), address);
    }
    assert.ok(!networkTest([])('10.0.0.1'));
    assert.ok(!networkTest(['::/0'])('10.0.0.1'));
    assert.ok(networkTest(['0.0.0.0/0'])('::ffff:10.0.0.1'));
  });
});
