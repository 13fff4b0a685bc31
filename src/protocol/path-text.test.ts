import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import {
  decodePathText,
  encodePathText,
  escapeControlCharacters,
  hasControlCharacters,
  isCleanText,
  printable,
} from './path-text.ts';

const decode = (...bytes: number[]) => decodePathText(Uint8Array.from(bytes));
const escaped = (...bytes: number[]) => bytes.map((byte) => String.fromCharCode(0xdc00 + byte)).join('');

/** Bytes near the edges of UTF-8, so that random sequences are often nearly well formed. */
const edgeBytes = [
  0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef,
  0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff,
];
const edgeByte = fc.constantFrom(...edgeBytes);
const anyBytes = fc.array(fc.oneof(edgeByte, fc.nat(255)), { maxLength: 60 });

describe('path text', () => {
  test('gives the same bytes back for every sequence of bytes', () => {
    fc.assert(
      fc.property(anyBytes, (values) => {
        assert.deepEqual([...encodePathText(decode(...values))], values);
      }),
      { numRuns: 2000 },
    );
  });

  test('gives the same bytes back for every sequence of one and of two bytes, and of three at the edges', () => {
    for (let first = 0; first < 256; first += 1) {
      assert.deepEqual([...encodePathText(decode(first))], [first]);
      for (let second = 0; second < 256; second += 1) {
        const pair = [first, second];
        if (encodePathText(decode(...pair)).join() !== pair.join()) assert.fail(pair.join());
        for (const third of first < 0x80 ? [] : edgeBytes) {
          const triple = [first, second, third];
          if (encodePathText(decode(...triple)).join() !== triple.join()) assert.fail(triple.join());
        }
      }
    }
  });

  test('decodes and encodes well-formed text as everybody does', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const bytes = new TextEncoder().encode(text);
        assert.equal(decodePathText(bytes), text);
        assert.deepEqual(encodePathText(text), bytes);
        assert.equal(isCleanText(text), true);
      }),
    );
  });

  test('takes exactly those bytes for UTF-8 that a strict decoder takes', () => {
    const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    const isUtf8 = (bytes: Uint8Array) => {
      try {
        strict.decode(bytes);
        return true;
      } catch {
        return false;
      }
    };
    fc.assert(
      fc.property(fc.array(edgeByte, { maxLength: 5 }), (values) => {
        const bytes = Uint8Array.from(values);
        assert.equal(isCleanText(decodePathText(bytes)), isUtf8(bytes));
      }),
      { numRuns: 5000 },
    );
  });

  test('keeps each byte of overlong forms, encoded surrogates, too large values and cut sequences', () => {
    const undecodable = [
      [0xc0, 0xaf],
      [0xe0, 0x80, 0xaf],
      [0xf0, 0x80, 0x80, 0xaf],
      [0xed, 0xa0, 0x80],
      [0xed, 0xb2, 0x80],
      [0xed, 0xbf, 0xbf],
      [0xf4, 0x90, 0x80, 0x80],
      [0xe2, 0x82],
      [0xf0, 0x9f, 0x98],
      [0x80],
      [0xff],
    ];
    for (const bytes of undecodable) assert.equal(decode(...bytes), escaped(...bytes));
    assert.equal(decode(0x61, 0xe2, 0x82, 0x62), `a${escaped(0xe2, 0x82)}b`);
    assert.equal(decode(0xe9, 0xc3, 0xa9), `${escaped(0xe9)}é`);
  });

  test('keeps a byte behind a character outside the basic plane', () => {
    const bytes = [0xf0, 0x9f, 0x98, 0x80, 0xb2];
    assert.equal(decode(...bytes), `😀${escaped(0xb2)}`);
    assert.deepEqual([...encodePathText(decode(...bytes))], bytes);
  });

  test('writes surrogates that stand for no byte as U+FFFD', () => {
    for (const text of ['\ud800', '\udfff', '\udc7f', '\udd00']) {
      assert.deepEqual([...encodePathText(text)], [0xef, 0xbf, 0xbd]);
    }
  });

  test('takes long text of any kind', () => {
    for (const bytes of [new Uint8Array(100_000).fill(0x61), new Uint8Array(100_000).fill(0xe9)]) {
      assert.deepEqual(encodePathText(decodePathText(bytes)), bytes);
    }
  });
});

describe('what may be shown of path text', () => {
  test('knows which text holds undecodable bytes', () => {
    assert.equal(isCleanText('aé😀'), true);
    assert.equal(isCleanText(decode(0x61, 0xe9)), false);
  });

  test('knows C0, DEL and C1 and nothing else for control characters', () => {
    for (let unit = 0; unit < 0x300; unit += 1) {
      const isControl = unit < 0x20 || (unit >= 0x7f && unit <= 0x9f);
      assert.equal(hasControlCharacters(`a${String.fromCharCode(unit)}`), isControl, unit.toString(16));
    }
    assert.equal(hasControlCharacters(escaped(0x85)), false, 'an undecodable byte is none');
  });

  test('shows control characters and undecodable bytes in hexadecimal', () => {
    assert.equal(printable('a\r\n\x1b[2J\x7f\x85é😀'), 'a\\x0D\\x0A\\x1B[2J\\x7F\\x85é😀');
    assert.equal(printable(`${escaped(0xe9, 0xff)}\ud800`), '\\xE9\\xFF\\uD800');
    assert.equal(escapeControlCharacters(`a\n${escaped(0xe9)}`), `a\\x0A${escaped(0xe9)}`);
  });

  test('shows nothing that moves the cursor or ends a line, for any bytes', () => {
    fc.assert(
      fc.property(anyBytes, (values) => {
        const shown = printable(decode(...values));
        assert.equal(hasControlCharacters(shown), false);
        assert.equal(isCleanText(shown), true);
      }),
    );
  });
});
