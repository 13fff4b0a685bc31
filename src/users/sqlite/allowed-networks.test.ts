import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigError } from '../../errors/index.ts';
import { blockListOf, mayComeFrom } from './allowed-networks.ts';

void test('a login may come from the addresses and networks that are named, and from everywhere when none is', () => {
  const networks = ['192.0.2.0/24', '2001:db8::/32', '198.51.100.7'];
  for (const address of ['192.0.2.200', '2001:db8:1::1', '198.51.100.7']) assert.ok(mayComeFrom(networks, address));
  for (const address of ['192.0.3.1', '2001:db9::1', '198.51.100.8']) assert.ok(!mayComeFrom(networks, address));
  assert.ok(mayComeFrom([], '192.0.2.1'));
});

void test('what is no network is refused, above all what looks like one of everything', () => {
  for (const text of [
    '',
    '10.0.0.0/',
    '10.0.0.0/33',
    '::/129',
    '10.0.0.0/8/8',
    'example.org',
    '10.0.0.0/8 x',
    'fe80::1%eth0',
  ]) {
    assert.throws(() => blockListOf([text]), ConfigError, text);
  }
});
