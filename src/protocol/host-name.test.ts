import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { parseHost } from './host-name.ts';

describe('the argument of HOST', () => {
  for (const [argument, name] of [
    ['ftp.example.com', 'ftp.example.com'],
    ['FTP.Example.COM', 'ftp.example.com'],
    ['localhost', 'localhost'],
    ['xn--e1afmkfd.com', 'xn--e1afmkfd.com'],
    ['1and1.example', '1and1.example'],
    [`${'a'.repeat(63)}.example`, `${'a'.repeat(63)}.example`],
  ] as const) {
    test(`is a name: ${argument}`, () => assert.deepEqual(parseHost(argument), { kind: 'name', name }));
  }

  for (const [argument, address] of [
    ['192.0.2.1', '192.0.2.1'],
    ['[2001:db8::c000:201]', '2001:db8::c000:201'],
    ['[::192.0.2.1]', '::c000:201'],
  ] as const) {
    test(`is an address: ${argument}`, () => assert.deepEqual(parseHost(argument), { kind: 'address', address }));
  }

  for (const argument of [
    '',
    '192.0.2.1:2112',
    '[2001:db8::c000:201]:2112',
    '2001:db8::1',
    '[192.0.2.1]',
    '[]',
    '[nonsense]',
    'ftp.example.com:21',
    'ftp.example.com.',
    '.example.com',
    'a..b',
    '-a.example',
    'a-.example',
    'a_b.example',
    'bücher.example',
    '*.example.com',
    'a b',
    '1.2.3',
    '1.2.3.256',
    `${'a'.repeat(64)}.example`,
    'a.'.repeat(127) + 'com',
  ]) {
    test(`is neither: ${argument.slice(0, 40)}`, () => assert.equal(parseHost(argument), undefined));
  }
});
