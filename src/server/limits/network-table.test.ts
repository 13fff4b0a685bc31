import assert from 'node:assert/strict';
import { BlockList } from 'node:net';
import { describe, test } from 'node:test';
import { array, assert as assertProperty, constantFrom, integer, ipV4, ipV6, oneof, property, tuple } from 'fast-check';
import { parseNetwork } from './networks.ts';
import { NetworkTable } from './network-table.ts';

function tableOf(networks: readonly string[]): NetworkTable<string> {
  const table = new NetworkTable<string>();
  for (const text of networks) table.set(parseNetwork(text), text);
  return table;
}

describe('a table of networks', () => {
  test('finds the narrowest network of an address', () => {
    const table = tableOf(['10.0.0.0/8', '10.1.0.0/16', '10.1.2.3', '2001:db8::/32', '::/0']);
    assert.equal(table.find('10.1.2.3'), '10.1.2.3');
    assert.equal(table.find('10.1.2.4'), '10.1.0.0/16');
    assert.equal(table.find('10.2.0.1'), '10.0.0.0/8');
    assert.equal(table.find('::ffff:10.2.0.1'), '10.0.0.0/8');
    assert.equal(table.find('2001:db8::9'), '2001:db8::/32');
    assert.equal(table.find('fe80::1%eth0'), '::/0');
    assert.equal(table.find('11.0.0.1'), undefined);
    assert.equal(table.find('nonsense'), undefined);
  });

  test('goes on to a wider network where the narrower does not count', () => {
    const table = tableOf(['10.0.0.0/8', '10.1.2.3']);
    assert.equal(
      table.find('10.1.2.3', (text) => text.endsWith('/8')),
      '10.0.0.0/8',
    );
  });

  test('forgets what is deleted', () => {
    const table = tableOf(['10.0.0.0/8', '10.1.2.3']);
    assert.ok(table.delete(parseNetwork('10.1.2.3')));
    assert.ok(!table.delete(parseNetwork('10.1.2.3')));
    assert.equal(table.find('10.1.2.3'), '10.0.0.0/8');
    assert.equal(table.size, 1);
    table.clear();
    assert.equal(table.find('10.1.2.3'), undefined);
  });

  test('holds the same addresses as the block list of the platform', () => {
    const near = constantFrom('10.0.0.0', '10.0.0.1', '10.0.128.0', '2001:db8::', '2001:db8::1', '2001:db8:0:1::');
    const address = oneof(near, ipV4(), ipV6());
    assertProperty(
      property(array(tuple(address, integer({ min: 0, max: 128 })), { maxLength: 8 }), address, (given, asked) => {
        const family = asked.includes(':') ? 'ipv6' : 'ipv4';
        // The block list takes IPv4 for a part of IPv6, and a network of all addresses for one of none.
        const networks = given
          .map(([host, bits]) => parseNetwork(`${host}/${host.includes(':') ? bits : bits % 33}`))
          .filter(({ text, bits }) => bits > 0 && text.includes(':') === (family === 'ipv6'));
        const blocks = new BlockList();
        for (const { text, bits } of networks) blocks.addSubnet(text.split('/')[0] ?? '', bits, family);
        const expected = blocks.check(asked, family);
        assert.equal(tableOf(networks.map(({ text }) => text)).find(asked) !== undefined, expected);
      }),
    );
  });
});
