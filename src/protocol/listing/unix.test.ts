import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import * as fc from 'fast-check';

import type { Entry, EntryType } from './entry.ts';
import { parseUnixLine } from './unix-parse.ts';
import { serialiseUnixLine } from './unix.ts';

const nowMs = Date.parse('2012-11-12T22:33:35Z');
const file: Entry = {
  name: 'big.bin',
  type: 'file',
  size: 77_200_652,
  modifiedMs: Date.parse('2012-11-05T22:33:59Z'),
  mode: 0o640,
  owner: 'alice',
  group: 'users',
};

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

const write = (change: Partial<Entry>): string => serialiseUnixLine({ ...file, ...change }, nowMs);
const dateOf = (iso: string): string => write({ modifiedMs: Date.parse(iso) }).slice(44, 56);

describe('serialiseUnixLine', () => {
  test('writes the columns of ls -l', () => {
    assert.equal(write({}), '-rw-r----- 1 alice    users        77200652 Nov  5 22:33 big.bin');
  });

  test('writes types and special bits', () => {
    assert.match(write({ type: 'directory', mode: 0o1777 }), /^drwxrwxrwt /);
    assert.match(write({ type: 'other', mode: 0o4755 }), /^srwsr-xr-x /);
    assert.match(write({ type: 'symlink', mode: 0o777, linkTarget: '/a b' }), /^lrwxrwxrwx .* big\.bin -> \/a b$/);
    assert.doesNotMatch(write({ linkTarget: '/a' }), / -> /);
  });

  test('fills columns for which nothing is known', () => {
    const lineOf = (type: EntryType): string => serialiseUnixLine({ name: 'n', type }, nowMs);
    assert.equal(lineOf('file'), '-rw-r--r-- 1 ftp      ftp                 0 Jan  1  1970 n');
    assert.match(lineOf('directory'), /^drwxr-xr-x /);
    assert.match(lineOf('symlink'), /^lrwxrwxrwx .* n$/);
  });

  test('shows the hour within half a year before and an hour ahead, else the year', () => {
    assert.equal(dateOf('2012-11-12T22:33:35Z'), 'Nov 12 22:33');
    assert.equal(dateOf('2012-11-12T23:33:35Z'), 'Nov 12 23:33');
    assert.equal(dateOf('2012-11-12T23:33:36Z'), 'Nov 12  2012');
    assert.equal(dateOf('2012-05-14T10:00:00Z'), 'May 14 10:00');
    assert.equal(dateOf('2012-05-13T10:00:00Z'), 'May 13  2012');
    assert.equal(dateOf('2012-06-01T00:05:00Z'), 'Jun  1 00:05');
  });

  test('writes times that no calendar has without failing', () => {
    for (const modifiedMs of [Number.NaN, Infinity, -Infinity, 1e300, -1e15]) {
      assert.match(write({ modifiedMs }), / [A-Z][a-z]{2} [ \d]\d {2}\d{4} big\.bin$/);
    }
  });

  test('keeps one entry on one line and every fact in its column', () => {
    assert.match(write({ name: 'a\r\n-rw-r--r-- 1 x x 1 Jan 1 1970 forged\0' }), /22:33 a\?\?-rw-r--r--.*forged\?$/);
    assert.match(write({ type: 'symlink', linkTarget: 'a\nb' }), / -> a\?b$/);
    assert.match(write({ owner: 'Domain Admins\n', group: '' }), / 1 Domain_Admins_ ftp {6}/);
  });

  test('is read back by parseUnixLine', () => {
    const name = fc.string({ minLength: 1, unit: nameUnit });
    const column = fc.stringMatching(/^[a-z_][a-z0-9_.-]{0,12}$/);
    const entries = fc.record({
      name,
      type: fc.constantFrom<EntryType>('file', 'directory'),
      size: fc.nat(Number.MAX_SAFE_INTEGER),
      mode: fc.nat(0o7777),
      owner: column,
      group: column,
      modifiedMs: fc.integer({ min: nowMs - 300 * 86_400_000, max: nowMs }),
    });
    fc.assert(
      fc.property(entries, (entry) => {
        const read = parseUnixLine(serialiseUnixLine(entry, nowMs), nowMs);
        const recent = entry.modifiedMs > nowMs - 15_778_476_000;
        const modifiedMs = entry.modifiedMs - (entry.modifiedMs % (recent ? 60_000 : 86_400_000));
        assert.deepEqual(read, { ...entry, modifiedMs, modifiedUncertain: true });
      }),
      { numRuns: 500 },
    );
  });
});
