import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressKey } from './address-key.ts';

const cases: readonly [string, number, string][] = [
  ['192.0.2.1', 64, '192.0.2.1'],
  ['::ffff:192.0.2.1', 64, '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', 64, '2001:db8:1:2::/64'],
  ['2001:db8:1:2:ffff::', 64, '2001:db8:1:2::/64'],
  ['2001:db8:1:3::', 64, '2001:db8:1:3::/64'],
  ['2001:db8:1:23ff::', 56, '2001:db8:1:2300::/56'],
  ['2001:db8:1:23ff::', 59, '2001:db8:1:23e0::/59'],
  ['2001:db8::1', 128, '2001:db8::1'],
  ['fe80::1%eth0', 64, 'fe80::/64'],
  ['not an address', 64, 'not an address'],
];

void test('an IPv4 address is its own key, an IPv6 address shares that of its network', () => {
  for (const [address, bits, key] of cases) assert.equal(addressKey(address, bits), key, address);
});
