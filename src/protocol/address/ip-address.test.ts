import assert from 'node:assert/strict';
import { isIP } from 'node:net';
import { describe, test } from 'node:test';

import * as fc from 'fast-check';

import {
  isIpv4,
  isIpv6,
  isLoopback,
  isPrivate,
  normaliseAddress,
  parseIpAddress,
  sameAddress,
  serialiseIpAddress,
} from './ip-address.ts';

const addressLike = fc
  .array(fc.constantFrom('0', '1', '255', '256', '01', 'ffff', 'F', '1234', '12345', '.', ':', '::', '%', ' '), {
    maxLength: 18,
  })
  .map((parts) => parts.join(''));

describe('parseIpAddress', () => {
  test('reads dotted decimal into four bytes', () => {
    assert.deepEqual(parseIpAddress('192.0.2.255'), { family: 4, bytes: Uint8Array.of(192, 0, 2, 255) });
  });

  test('reads IPv6 with a gap in front, inside, behind and alone', () => {
    const last = (text: string) => parseIpAddress(text)?.bytes.join(' ');
    assert.equal(last('::1'), '0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 1');
    assert.equal(last('1::2'), '0 1 0 0 0 0 0 0 0 0 0 0 0 0 0 2');
    assert.equal(last('FE80::'), '254 128 0 0 0 0 0 0 0 0 0 0 0 0 0 0');
    assert.equal(last('::'), '0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0');
    assert.equal(last('::ffff:10.1.2.3'), '0 0 0 0 0 0 0 0 0 0 255 255 10 1 2 3');
    assert.equal(last('1:2:3:4:5:6:7::'), '0 1 0 2 0 3 0 4 0 5 0 6 0 7 0 0');
  });

  for (const text of [
    '',
    '1.2.3',
    '1.2.3.4.5',
    '1.2.3.256',
    '01.2.3.4',
    '1.2.3.4 ',
    '-1.2.3.4',
    '1.2.3.',
    '0x1.2.3.4',
    ':',
    ':::',
    '1',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1::2::3',
    '1:2:3:4::5:6:7:8',
    '::12345',
    '::g',
    '1.2.3.4::',
    '::1.2.3.4:5',
    'fe80::1%eth0',
    '[::1]',
    '::1 ',
    '::01.2.3.4',
    'localhost',
    '1.2.3.\u0664',
  ]) {
    test(`refuses ${JSON.stringify(text)}`, () => assert.equal(parseIpAddress(text), undefined));
  }

  test('agrees with the platform on what is an address', () => {
    fc.assert(
      fc.property(fc.oneof(addressLike, fc.ipV4(), fc.ipV6(), fc.string()), (text) => {
        const expected = text.includes('%') ? 0 : isIP(text);
        assert.equal(parseIpAddress(text)?.family ?? 0, expected);
        assert.equal(isIpv4(text), expected === 4);
        assert.equal(isIpv6(text), expected === 6);
      }),
      { numRuns: 2000 },
    );
  });

  test('gives the same bytes back from the written form', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ minLength: 4, maxLength: 4 }),
      fc.array(fc.constantFrom(0, 0, 0, 1, 255), { minLength: 16, maxLength: 16 }).map((list) => Uint8Array.from(list)),
    );
    fc.assert(
      fc.property(bytes, (bytes) => {
        const address = { family: bytes.length === 4 ? 4 : 6, bytes } as const;
        assert.deepEqual(parseIpAddress(serialiseIpAddress(address)), address);
      }),
    );
  });
});

describe('normaliseAddress', () => {
  for (const [text, expected] of [
    ['10.0.0.1', '10.0.0.1'],
    ['::ffff:10.0.0.1', '10.0.0.1'],
    ['::FFFF:a00:1', '10.0.0.1'],
    ['FE80::1%eth0', 'fe80::1'],
    ['2001:0DB8:0:0:0:0:2:0001', '2001:db8::2:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['0:0:0:0:0:0:0:0', '::'],
    ['::1.2.3.4', '::102:304'],
    ['fe80::1%', undefined],
    ['10.0.0.1%eth0', undefined],
    ['nobody', undefined],
  ] as const) {
    test(`turns ${text} into ${expected}`, () => assert.equal(normaliseAddress(text), expected));
  }

  test('is stable', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
        const once = normaliseAddress(text) ?? '';
        assert.equal(normaliseAddress(once), once);
        assert.ok(sameAddress(text, once));
      }),
    );
  });
});

describe('questions about addresses', () => {
  test('an IPv4 address equals the IPv6 address that maps it, and nothing equals what is no address', () => {
    assert.ok(sameAddress('::ffff:192.0.2.1', '192.0.2.1'));
    assert.ok(sameAddress('fe80::1%eth0', 'FE80:0::1'));
    assert.ok(!sameAddress('192.0.2.1', '192.0.2.2'));
    assert.ok(!sameAddress('::192.0.2.1', '192.0.2.1'));
    assert.ok(!sameAddress('host', 'host'));
  });

  test('knows loopback', () => {
    for (const text of ['127.0.0.1', '127.255.0.9', '::1', '::ffff:127.0.0.1']) assert.ok(isLoopback(text), text);
    for (const text of ['128.0.0.1', '::2', '1::1', '::', 'localhost', '']) assert.ok(!isLoopback(text), text);
  });

  test('knows private, carrier and link-local ranges to their edges', () => {
    for (const text of [
      '10.0.0.0',
      '10.255.255.255',
      '172.16.0.0',
      '172.31.255.255',
      '192.168.0.0',
      '192.168.255.255',
      '100.64.0.0',
      '100.127.255.255',
      '169.254.0.0',
      '169.254.255.255',
      'fe80::',
      'febf:ffff::1%1',
      'fc00::',
      'fdff::1',
      '::ffff:10.1.1.1',
    ]) {
      assert.ok(isPrivate(text), text);
    }
    for (const text of [
      '9.255.255.255',
      '11.0.0.0',
      '172.15.255.255',
      '172.32.0.0',
      '192.167.0.0',
      '192.169.0.0',
      '100.63.255.255',
      '100.128.0.0',
      '169.253.0.0',
      '169.255.0.0',
      'fe7f::',
      'fec0::',
      'fbff::',
      'fe00::',
      '127.0.0.1',
      '::1',
      'x',
    ]) {
      assert.ok(!isPrivate(text), text);
    }
  });
});
