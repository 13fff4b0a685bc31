import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import * as fc from 'fast-check';

import { createListingParser } from './detect.ts';

const nowMs = Date.parse('2012-11-12T22:33:35Z');

/** Letters, characters that mean something in a line, escaped bytes and control characters. */
const nameUnit = fc.constantFrom(
  'a',
  'B',
  '5',
  ' ',
  '\t',
  ';',
  '=',
  '-',
  '>',
  '.',
  'é',
  '€',
  '😀',
  '\u00a0',
  '\u2028',
  '\x1b',
  '\udcff',
);

function summary(lines: readonly string[]): string[] {
  const parser = createListingParser({ nowMs });
  const read = [...lines.flatMap((line) => parser.parse(line)), ...parser.finish()];
  return read.map((read) => {
    if (read.kind === 'entry') return `${read.dialect} ${read.entry.type} ${read.entry.name}`;
    return read.kind === 'raw' ? `raw ${read.line}` : 'ignored';
  });
}

describe('createListingParser', () => {
  test('reads a Unix listing with its heading and dot entries', () => {
    const lines = [
      'total 40',
      'drwxr-xr-x 2 ftp ftp 4096 Nov  5 22:33 .',
      'drwxr-xr-x 2 ftp ftp 4096 Nov  5 22:33 ..',
      'drwxr-xr-x 2 ftp ftp 4096 Nov  5 22:33 pub',
      '-rw-r--r-- 1 ftp ftp 5 Nov  5  2010 ..x',
      '',
    ];
    assert.deepEqual(summary(lines), [
      'ignored',
      'ignored',
      'ignored',
      'unix directory pub',
      'unix file ..x',
      'ignored',
    ]);
  });

  test('reads DOS and EPLF listings', () => {
    assert.deepEqual(summary(['11-05-12  10:33PM       <DIR>          pub', '11-05-12  10:33PM 5 a b']), [
      'dos directory pub',
      'dos file a b',
    ]);
    assert.deepEqual(summary(['+r,s5,\tx', '+/,\t..']), ['eplf file x', 'ignored']);
  });

  test('keeps to the last dialect and still reads a line of another', () => {
    const unix = '-rw-r--r-- 1 ftp ftp 5 Nov  5  2010 u';
    assert.deepEqual(summary([unix, '+r,\te', '11-05-12  10:33PM 5 d', unix]), [
      'unix file u',
      'eplf file e',
      'dos file d',
      'unix file u',
    ]);
  });

  test('shows raw what it does not understand, in the middle of a listing too', () => {
    const lines = [
      'ls: secret: Permission denied',
      '-rw-r--r-- 1 ftp ftp 5 Nov  5  2010 u',
      'x',
      'total recall',
      'totally 5',
    ];
    assert.deepEqual(summary(lines), [
      'raw ls: secret: Permission denied',
      'unix file u',
      'raw x',
      'raw total recall',
      'raw totally 5',
    ]);
  });

  test('ignores headings with a unit and lines of blanks', () => {
    assert.deepEqual(summary(['total 4.0K', 'TOTAL 12', ' ', '\t']), ['ignored', 'ignored', 'ignored', 'ignored']);
  });

  test('never throws, and gives back whole what it does not understand', () => {
    const parser = createListingParser({ nowMs });
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: nameUnit })), (line) => {
        const [read] = [...parser.parse(line), ...parser.finish()];
        if (read?.kind === 'raw') assert.equal(read.line, line);
      }),
    );
  });

  test('takes time in proportion to the line, however hostile', () => {
    const parser = createListingParser({ nowMs });
    const started = performance.now();
    parser.parse('Volume Unit    Referred Ext Used Recfm Lrecl BlkSz Dsorg Dsname');
    for (const piece of [
      'total 1',
      '1',
      ' ',
      'total 1.',
      '1,',
      '+',
      '-rw-r--r-- ',
      '11-05-12 ',
      'd [R] ',
      'a;1 ',
      'Q 1 ',
      '*',
      'Volume ',
      'Name ',
      ':[',
    ]) {
      parser.parse(piece.repeat(1_000_000 / piece.length));
      parser.parse(`total ${piece.repeat(1_000_000 / piece.length)}x`);
    }
    assert.ok(performance.now() - started < 5000);
  });
});
