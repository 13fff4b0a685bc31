import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import {
  parseAlloSize,
  parseAuthMechanism,
  parseMode,
  parsePbsz,
  parseProtLevel,
  parseRestOffset,
  parseStructure,
  parseTypeArgument,
} from './arguments.ts';

/** Text that no parser of this file takes. */
const neverGood = ['', ' ', 'x', '1x', '-1', '+1', '1.0', '1e3', '0x10', '١', 'A\u0000', 'constructor', '__proto__'];

function refuses(parse: (argument: string) => unknown, ...more: string[]): void {
  for (const argument of [...neverGood, ...more]) {
    assert.equal(parse(argument), undefined, JSON.stringify(argument));
  }
}

describe('parseTypeArgument', () => {
  test('knows ASCII with non-print format, image, and local bytes of eight bits', () => {
    for (const argument of ['A', 'a', 'A N', 'a n']) assert.equal(parseTypeArgument(argument), 'ascii');
    for (const argument of ['I', 'i', 'L 8', 'l 8']) assert.equal(parseTypeArgument(argument), 'image');
  });

  test('tells types that exist and are not supported from arguments that are wrong', () => {
    for (const argument of ['A T', 'A C', 'E', 'E N', 'E T', 'E C', 'L 7', 'L 255']) {
      assert.deepEqual(parseTypeArgument(argument), { unsupported: argument });
    }
    assert.deepEqual(parseTypeArgument('e c'), { unsupported: 'E C' });
    refuses(parseTypeArgument, 'A ', 'A  N', 'AN', 'A X', 'I N', 'L', 'L 0', 'L 256', 'L 1000', 'L8', 'X', 'L -8');
  });
});

describe('numbers in arguments', () => {
  test('REST takes what JavaScript counts exactly', () => {
    assert.equal(parseRestOffset('0'), 0);
    assert.equal(parseRestOffset('077'), 77);
    assert.equal(parseRestOffset('77200652'), 77_200_652);
    assert.equal(parseRestOffset('9007199254740991'), Number.MAX_SAFE_INTEGER);
    refuses(parseRestOffset, '9007199254740992', '9007199254740993', '9'.repeat(400), '1 ', ' 1', '1\n');
  });

  test('PBSZ takes 32 bits', () => {
    assert.equal(parsePbsz('0'), 0);
    assert.equal(parsePbsz('4294967295'), 0xffff_ffff);
    refuses(parsePbsz, '4294967296', '0 ', '9'.repeat(400));
  });

  test('ALLO takes a size with or without a record size', () => {
    assert.equal(parseAlloSize('100'), 100);
    assert.equal(parseAlloSize('100 R 20'), 100);
    assert.equal(parseAlloSize('100 r 20'), 100);
    refuses(parseAlloSize, '100 R', '100 20', 'R 20', '100 R x', '9007199254740993');
  });

  test('REST gives every offset back', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (offset) => {
        assert.equal(parseRestOffset(String(offset)), offset);
      }),
    );
  });
});

describe('words in arguments', () => {
  test('PROT takes its four levels in either case', () => {
    assert.deepEqual(['C', 's', 'E', 'p'].map(parseProtLevel), ['C', 'S', 'E', 'P']);
    refuses(parseProtLevel, 'A', 'PP', 'P ', 'C\n');
  });

  test('STRU takes file, record and page', () => {
    assert.deepEqual(['F', 'r', 'P'].map(parseStructure), ['file', 'record', 'page']);
    refuses(parseStructure, 'FF', 'S', 'F ');
  });

  test('MODE takes stream, block, compressed and deflate', () => {
    assert.deepEqual(['S', 'b', 'C', 'z'].map(parseMode), ['stream', 'block', 'compressed', 'deflate']);
    refuses(parseMode, 'F', 'S ', 'ZZ');
  });

  test('AUTH takes TLS and its synonyms, and tells TLS-P apart', () => {
    assert.deepEqual(['TLS', 'tls', 'TLS-C', 'SSL', 'ssl'].map(parseAuthMechanism), Array(5).fill('tls'));
    assert.deepEqual(['TLS-P', 'tls-p'].map(parseAuthMechanism), Array(2).fill('tls-private'));
    refuses(parseAuthMechanism, 'TLSv1', 'GSSAPI', 'TLS ', 'TLS-X');
  });

  test('no parser throws on any text', () => {
    const parsers = [parseTypeArgument, parseRestOffset, parsePbsz, parseProtLevel, parseAlloSize];
    const more = [parseStructure, parseMode, parseAuthMechanism];
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        for (const parse of [...parsers, ...more]) parse(text);
      }),
    );
  });
});
