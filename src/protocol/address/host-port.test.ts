import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import * as fc from 'fast-check';

import { parseHostPort, parsePassiveReply, serialiseHostPort } from './host-port.ts';

const ports = fc.integer({ min: 1, max: 65535 });
const numbers = fc
  .array(fc.constantFrom('0', '7', '255', '256', '1234', ',', ', ', '-', '(', ')', ' ', 'x'), { maxLength: 24 })
  .map((parts) => parts.join(''));

describe('parseHostPort', () => {
  test('reads host and port', () => {
    assert.deepEqual(parseHostPort('127,0,0,1,195,80'), { host: '127.0.0.1', port: 50000 });
    assert.deepEqual(parseHostPort('010,001,0,255,000,021'), { host: '10.1.0.255', port: 21 });
  });

  for (const argument of [
    '',
    '127,0,0,1,195',
    '127,0,0,1,195,80,1',
    '127,0,0,1,195,80,',
    ',127,0,0,1,195,80',
    '256,0,0,1,195,80',
    '127,0,0,1,195,256',
    '127,0,0,1,195,0080',
    '127,0,0,1, 195,80',
    ' 127,0,0,1,195,80',
    '127,0,0,1,195,80 ',
    '127,0,0,+1,195,80',
    '127,0,0,-1,195,80',
    '127,0,0,,195,80',
    '127.0.0.1,195,80',
    '(127,0,0,1,195,80)',
    '127,0,0,0x1,195,80',
    '127,0,0,1,0,0',
    '127,0,0,\u0661,195,80',
    '127,0,0,1,195,80\n',
  ]) {
    test(`refuses ${JSON.stringify(argument)}`, () => assert.equal(parseHostPort(argument), undefined));
  }

  test('reads back what was written', () => {
    fc.assert(
      fc.property(fc.ipV4(), ports, (host, port) => {
        assert.deepEqual(parseHostPort(serialiseHostPort(host, port)), { host, port });
      }),
    );
  });

  test('never throws, and takes only what the grammar names', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), numbers), (argument) => {
        if (parseHostPort(argument)) assert.match(argument, /^(?:\d{1,3},){5}\d{1,3}$/);
      }),
    );
  });
});

describe('serialiseHostPort', () => {
  test('writes a v4-mapped host as IPv4', () => {
    assert.equal(serialiseHostPort('::ffff:192.0.2.7', 513), '192,0,2,7,2,1');
  });

  test('throws on other hosts and ports', () => {
    const expected = { name: 'LocalProtocolError', code: 'ERR_TWINLINE_ADDRESS' };
    assert.throws(() => serialiseHostPort('::1', 21), expected);
    assert.throws(() => serialiseHostPort('1.2.3.4\r\n', 21), expected);
    assert.throws(() => serialiseHostPort('1.2.3.4', 0), expected);
  });
});

describe('parsePassiveReply', () => {
  for (const text of [
    'Entering Passive Mode (192,0,2,7,195,80)',
    'Entering Passive Mode (192,0,2,7,195,80).',
    'Entering Passive Mode 192,0,2,7,195,80',
    'Entering passive mode. =192,0,2,7,195,80',
    '192,0,2,7,195,80',
    'Passive (192, 0, 2, 7, 195, 80) please, within 30 seconds',
    'Passive (192 ,0 , 2,7,195,080)',
    '2 of 10 channels, 192.0.2.7, is (192,0,2,7,195,80)',
    'Rejected: 999,0,2,7,195,80 but 192,0,2,7,195,80',
  ]) {
    test(`finds the numbers in ${JSON.stringify(text)}`, () => {
      assert.deepEqual(parsePassiveReply(text), { host: '192.0.2.7', port: 50000 });
    });
  }

  for (const text of [
    '',
    'Entering Passive Mode',
    '(192,0,2,7,195)',
    '(192,0,2,7,195,80,1)',
    '(256,0,2,7,195,80)',
    '(192,0,2,7,195,256)',
    '(-192,0,2,7,195,80)',
    '(192,0,2,7,-195,80)',
    '(192,0,2,7,0,0)',
    '(192,0,2,7,195,0080)',
    '(192,0,2,7,,195,80)',
    '(192.0.2.7.195.80)',
  ]) {
    test(`finds nothing in ${JSON.stringify(text)}`, () => assert.equal(parsePassiveReply(text), undefined));
  }

  test('finds what was written among words without numbers', () => {
    const words = fc.stringMatching(/^[ a-z()=:.]{0,20}$/);
    fc.assert(
      fc.property(words, fc.ipV4(), ports, words, (before, host, port, after) => {
        assert.deepEqual(parsePassiveReply(before + serialiseHostPort(host, port) + after), { host, port });
      }),
    );
  });

  test('never throws and never gives an address that no text could name', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), numbers), (text) => {
        const found = parsePassiveReply(text);
        if (found) assert.deepEqual(parseHostPort(serialiseHostPort(found.host, found.port)), found);
      }),
    );
  });

  test('takes time in proportion to the text, however hostile', () => {
    const started = performance.now();
    for (const piece of ['1', '1,', '1, ', ' ', ',', '-1,', '1 ']) {
      const text = piece.repeat(200_000);
      assert.equal(parsePassiveReply(text), undefined);
      assert.equal(parseHostPort(text), undefined);
    }
    assert.ok(performance.now() - started < 5000);
  });
});
