import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import * as fc from 'fast-check';

import {
  parseEprtArgument,
  parseEpsvArgument,
  parseEpsvReplyText,
  serialiseEprtArgument,
  serialiseEpsvReplyText,
} from './extended.ts';
import { normaliseAddress } from './ip-address.ts';

const ports = fc.integer({ min: 1, max: 65535 });
const fieldLike = fc
  .array(fc.constantFrom('|', '!', '1', '2', '3', '0', '127.0.0.1', '::1', '5000', '65536', '(', ')', ' '), {
    maxLength: 14,
  })
  .map((parts) => parts.join(''));

describe('parseEprtArgument', () => {
  test('reads the examples of RFC 2428 section 2', () => {
    assert.deepEqual(parseEprtArgument('|1|132.235.1.2|6275|'), { family: 1, host: '132.235.1.2', port: 6275 });
    assert.deepEqual(parseEprtArgument('|2|1080::8:800:200C:417A|5282|'), {
      family: 2,
      host: '1080::8:800:200c:417a',
      port: 5282,
    });
  });

  test('takes every delimiter of ASCII 33 to 126 that no field needs', () => {
    for (let code = 33; code <= 126; code += 1) {
      const d = String.fromCharCode(code);
      const expected = '127.0.0.1.50000'.includes(d) ? undefined : { family: 1, host: '127.0.0.1', port: 50000 };
      assert.deepEqual(parseEprtArgument(`${d}1${d}127.0.0.1${d}50000${d}`), expected, d);
    }
  });

  test('refuses delimiters outside of that range', () => {
    for (const d of [' ', '\t', '\0', '\x1f', '\x7f', '\u00a6', '\udc80']) {
      assert.equal(parseEprtArgument(`${d}1${d}127.0.0.1${d}50000${d}`), undefined, JSON.stringify(d));
    }
  });

  test('tells a protocol that nobody speaks from a malformed argument', () => {
    assert.deepEqual(parseEprtArgument('|3|anything|5000|'), { family: 3, unsupported: true });
    assert.deepEqual(parseEprtArgument('|0|127.0.0.1|5000|'), { family: 0, unsupported: true });
    const far = parseEprtArgument(`|${'9'.repeat(500)}|x|5000|`);
    assert.deepEqual(far, { family: Number.MAX_SAFE_INTEGER, unsupported: true });
  });

  for (const argument of [
    '',
    '|',
    '||||',
    '|1|127.0.0.1|5000',
    '|1|127.0.0.1|5000||',
    '|1|127.0.0.1|5000|x',
    '1|127.0.0.1|5000|',
    '|1|127.0.0.1|',
    '||127.0.0.1|5000|',
    '|1||5000|',
    '|1|127.0.0.1||',
    '|x|127.0.0.1|5000|',
    '|-1|127.0.0.1|5000|',
    '|1 |127.0.0.1|5000|',
    '|1|::1|5000|',
    '|2|127.0.0.1|5000|',
    '|2|fe80::1%eth0|5000|',
    '|1|127.0.0.256|5000|',
    '|1|localhost|5000|',
    '|1|127.0.0.1|0|',
    '|1|127.0.0.1|65536|',
    '|1|127.0.0.1|http|',
    '|1|127.0.0.1|-1|',
    '|3|x|0|',
    '|1!127.0.0.1!5000!',
    ' |1|127.0.0.1|5000|',
    '|1|127.0.0.1|5000| ',
  ]) {
    test(`refuses ${JSON.stringify(argument)}`, () => assert.equal(parseEprtArgument(argument), undefined));
  }

  test('keeps family 2 for an IPv6 address that maps IPv4', () => {
    assert.deepEqual(parseEprtArgument('|2|::FFFF:7f00:1|5000|'), { family: 2, host: '::ffff:127.0.0.1', port: 5000 });
  });

  test('reads back what was written', () => {
    const target = fc.oneof(
      fc.record({ family: fc.constant(1 as const), host: fc.ipV4(), port: ports }),
      fc.record({
        family: fc.constant(2 as const),
        host: fc.ipV6().filter((host) => !host.includes('.')),
        port: ports,
      }),
    );
    fc.assert(
      fc.property(target, ({ family, host, port }) => {
        const read = parseEprtArgument(serialiseEprtArgument({ family, host, port }));
        assert.ok(read && 'host' in read);
        assert.deepEqual(
          { ...read, host: normaliseAddress(read.host) },
          { family, host: normaliseAddress(host), port },
        );
      }),
    );
  });

  test('never throws', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fieldLike), (text) => void parseEprtArgument(text)));
  });
});

describe('serialiseEprtArgument', () => {
  test('drops a zone and unwraps a v4-mapped address for family 1', () => {
    assert.equal(serialiseEprtArgument({ family: 2, host: 'fe80::1%eth0', port: 1 }), '|2|fe80::1|1|');
    assert.equal(serialiseEprtArgument({ family: 1, host: '::ffff:10.0.0.1', port: 1 }), '|1|10.0.0.1|1|');
  });

  test('throws on what it cannot write', () => {
    const expected = { name: 'LocalProtocolError', code: 'ERR_TWINLINE_ADDRESS' };
    assert.throws(() => serialiseEprtArgument({ family: 1, host: '::1', port: 1 }), expected);
    assert.throws(() => serialiseEprtArgument({ family: 2, host: '127.0.0.1', port: 1 }), expected);
    assert.throws(() => serialiseEprtArgument({ family: 2, host: 'x|y', port: 1 }), expected);
    assert.throws(() => serialiseEprtArgument({ family: 1, host: '127.0.0.1', port: 65536 }), expected);
  });
});

describe('parseEpsvArgument', () => {
  test('tells nothing, ALL and a protocol number apart', () => {
    assert.deepEqual(parseEpsvArgument(''), { kind: 'none' });
    for (const all of ['ALL', 'all', 'aLl']) assert.deepEqual(parseEpsvArgument(all), { kind: 'all' });
    assert.deepEqual(parseEpsvArgument('1'), { kind: 'protocol', protocol: 1 });
    assert.deepEqual(parseEpsvArgument('42'), { kind: 'protocol', protocol: 42 });
    assert.deepEqual(parseEpsvArgument('9'.repeat(400)), { kind: 'protocol', protocol: Number.MAX_SAFE_INTEGER });
  });

  for (const argument of ['x', '1 2', ' 1', '1 ', ' ', '-1', '+1', '1.0', 'ALL ', 'ALLX', '\u0661', '|1|']) {
    test(`refuses ${JSON.stringify(argument)}`, () => assert.equal(parseEpsvArgument(argument), undefined));
  }
});

describe('the text of 229', () => {
  test('is the text that RFC 2428 section 3 shows', () => {
    assert.equal(serialiseEpsvReplyText(6446), 'Entering Extended Passive Mode (|||6446|)');
    assert.throws(() => serialiseEpsvReplyText(0), { code: 'ERR_TWINLINE_ADDRESS' });
  });

  for (const text of [
    'Entering Extended Passive Mode (|||6446|)',
    'Entering Extended Passive Mode (|||6446|).',
    '(|||6446|)',
    'Mode passif étendu (voir RFC) ok (!!!6446!) bonne chance (|||1|)',
    'x (|1|127.0.0.1|6446|)',
    'x (|2||6446|)',
    'x (|2|fe80::1%eth0|6446|)',
    'x (|||x|) (|||6446|)',
    'unbalanced ((|||6446|)',
  ]) {
    test(`gives the port in ${JSON.stringify(text)}`, () => assert.equal(parseEpsvReplyText(text), 6446));
  }

  for (const text of [
    '',
    'Entering Extended Passive Mode',
    '|||6446|',
    '(|||6446)',
    '(||6446|)',
    '(||||6446|)',
    '(|||6446||)',
    '(|||0|)',
    '(|||65536|)',
    '(|||-1|)',
    '(||| 6446|)',
    '( |||6446|)',
    '(|||6446| )',
    '(   6446 )',
    '(|||6446!)',
    '(|x||6446|)',
    '(|1|nowhere|6446|)',
    '(|||6446|',
    '|||6446|)',
    '(127,0,0,1,4,5)',
  ]) {
    test(`finds no port in ${JSON.stringify(text)}`, () => assert.equal(parseEpsvReplyText(text), undefined));
  }

  test('reads back what was written among other words', () => {
    const words = fc.stringMatching(/^[ a-z.|]{0,20}$/);
    fc.assert(
      fc.property(words, ports, words, (before, port, after) => {
        assert.equal(parseEpsvReplyText(before + serialiseEpsvReplyText(port) + after), port);
      }),
    );
  });

  test('never throws, and long hostile text costs no more than its length', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fieldLike), (text) => void parseEpsvReplyText(text)));
    const started = performance.now();
    for (const piece of ['(', '(|', '|', '()', '(|||', '(|||1|']) {
      assert.equal(parseEpsvReplyText(piece.repeat(200_000)), undefined);
    }
    assert.ok(performance.now() - started < 5000);
  });
});
