import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import * as fc from 'fast-check';

import type { Entry } from './entry.ts';
import { parseUnixLine } from './unix-parse.ts';

const nowMs = Date.parse('2012-11-12T22:33:35Z');
const modifiedMs = Date.parse('2012-11-05T22:33:00Z');
const parse = (line: string): Entry | undefined => parseUnixLine(line, nowMs);

const file: Entry = {
  name: 'big.bin',
  type: 'file',
  size: 77_200_652,
  modifiedMs,
  modifiedUncertain: true,
  mode: 0o644,
  owner: 'alice',
  group: 'users',
};
const without = (...facts: (keyof Entry)[]): Entry =>
  Object.fromEntries(Object.entries(file).filter(([fact]) => !facts.includes(fact as keyof Entry))) as unknown as Entry;

describe('parseUnixLine', () => {
  for (const [what, line, expected] of [
    ['a plain line', '-rw-r--r--   1 alice    users    77200652 Nov  5 22:33 big.bin', file],
    ['numeric owners', '-rw-r--r-- 1 1000 100 77200652 Nov 05 22:33 big.bin', { ...file, owner: '1000', group: '100' }],
    ['an ACL mark', '-rw-r--r--+ 1 alice users 77200652 Nov  5 22:33 big.bin', file],
    ['a security context', '-rw-r--r--. 1 alice users 77200652 Nov  5 22:33 big.bin', file],
    ['extended attributes', '-rw-r--r--@ 1 alice users 77200652 Nov  5 22:33 big.bin', file],
    ['no group', '-rw-r--r-- 1 alice 77200652 Nov  5 22:33 big.bin', without('group')],
    [
      'a numeric owner and no group',
      '-rw-r--r-- 1 7 77200652 Nov 5 22:33 big.bin',
      { ...without('group'), owner: '7' },
    ],
    ['a link count only', '-rw-r--r-- 1 77200652 Nov  5 22:33 big.bin', without('owner', 'group')],
    ['no link count', '-rw-r--r-- alice users 77200652 Nov  5 22:33 big.bin', file],
    ['an owner only', '-rw-r--r-- alice 77200652 Nov  5 22:33 big.bin', without('group')],
    [
      'a group of two words',
      '-rw-r--r-- 1 alice Domain Users 77200652 Nov  5 22:33 big.bin',
      { ...file, group: 'Domain Users' },
    ],
    ['day before month', '-rw-r--r-- 1 alice users 77200652  5 Nov 22:33 big.bin', file],
    ['a numeric date', '-rw-r--r-- 1 alice users 77200652 2012-11-05 22:33 big.bin', file],
    ['tabs', '-rw-r--r--\t1\talice\tusers\t77200652\tNov\t5\t22:33\tbig.bin', file],
    [
      'a month in another language',
      '-rw-r--r-- 1 alice users 77200652 Mär  5 22:33 big.bin',
      without('modifiedMs', 'modifiedUncertain'),
    ],
    [
      'a Japanese date',
      '-rw-r--r-- 1 alice users 77200652 11月  5日 22:33 big.bin',
      without('modifiedMs', 'modifiedUncertain'),
    ],
    ['a size beyond exact numbers', `-rw-r--r-- 1 alice users ${'9'.repeat(20)} Nov  5 22:33 big.bin`, without('size')],
    [
      'spaces inside, in front and behind',
      '-rw-r--r-- 1 alice users 77200652 Nov  5 22:33   a  b ',
      { ...file, name: '  a  b ' },
    ],
    ['a name of one space', '-rw-r--r-- 1 alice users 77200652 Nov  5 22:33  ', { ...file, name: ' ' }],
    [
      'a name that looks like columns',
      '-rw-r--r-- 1 alice users 77200652 Nov  5 22:33 9 Jan 1 1970 x',
      { ...file, name: '9 Jan 1 1970 x' },
    ],
    [
      'a name with an arrow that is no link',
      '-rw-r--r-- 1 alice users 77200652 Nov  5 22:33 a -> b',
      { ...file, name: 'a -> b' },
    ],
    [
      'escaped bytes in the name',
      '-rw-r--r-- 1 alice users 77200652 Nov  5 22:33 \udcffx',
      { ...file, name: '\udcffx' },
    ],
  ] as const) {
    test(`reads ${what}`, () => assert.deepEqual(parse(line), expected));
  }

  test('a localised date in the columns wins over an English one in the name', () => {
    const entry = parse('-rw-r--r-- 1 alice users 12 Mär  5 12:00 99 Jan 5 12:00 x');
    assert.deepEqual(entry, { ...without('modifiedMs', 'modifiedUncertain'), size: 12, name: '99 Jan 5 12:00 x' });
  });

  test('reads folders, with setgid and sticky', () => {
    const entry = parse('drwxrwsr-t   2 ftp      ftp          4096 Nov  5  2010 pub');
    assert.deepEqual(entry, {
      name: 'pub',
      type: 'directory',
      size: 4096,
      modifiedMs: Date.parse('2010-11-05T00:00:00Z'),
      modifiedUncertain: true,
      mode: 0o3775,
      owner: 'ftp',
      group: 'ftp',
    });
  });

  test('reads devices, sockets and pipes as other, and takes their numbers for no size', () => {
    for (const line of [
      'brw-rw---- 1 root disk 8, 0 Nov  5 22:33 sda',
      'crw-rw---- 1 root disk 8,  0 Nov  5 22:33 sda',
      'crw-rw---- 1 root disk 8,0 Nov  5 22:33 sda',
      'srw-rw---- 1 root disk 17 Nov  5 22:33 sda',
      'prw-rw---- 1 root disk 0 Nov  5 22:33 sda',
    ]) {
      const expected = { ...without('size'), name: 'sda', type: 'other', mode: 0o660, owner: 'root', group: 'disk' };
      assert.deepEqual(parse(line), expected, line);
    }
  });

  describe('symbolic links', () => {
    const link = (size: number, text: string): [string, string | undefined] => {
      const entry = parse(`lrwxrwxrwx 1 root root ${size} Nov  5 22:33 ${text}`);
      assert.equal(entry?.type, 'symlink');
      assert.equal(entry.size, undefined);
      return [entry.name, entry.linkTarget];
    };

    test('are split into name and target', () => {
      assert.deepEqual(link(7, 'bin -> usr/bin'), ['bin', 'usr/bin']);
      assert.deepEqual(link(0, 'bin -> usr/bin'), ['bin', 'usr/bin']);
      assert.deepEqual(link(7, 'bin'), ['bin', undefined]);
      assert.deepEqual(link(1, ' -> b'), [' -> b', undefined]);
    });

    test('with several arrows are split where the target has the size of the link', () => {
      assert.deepEqual(link(1, 'a -> b -> c'), ['a -> b', 'c']);
      assert.deepEqual(link(6, 'a -> b -> c'), ['a', 'b -> c']);
      assert.deepEqual(link(99, 'a -> b -> c'), ['a', 'b -> c']);
      assert.deepEqual(link(10, 'a -> b -> é€😀\udcff'), ['a -> b', 'é€😀\udcff']);
    });
  });

  for (const line of [
    '',
    'total 12',
    'big.bin',
    '-rw-r--r--',
    '-rw-r--r-- ',
    'drwxr-xr-x 2 ftp ftp 4096',
    '-rw-r--r--1 a b 1 Nov 5 22:33 x',
    '-rw-r--r-- 1 alice users 77200652 Nov  5 22:33',
    '-rw-r--r-- 1 alice users 77200652 Nov  5 22:33 ',
    '-rw-r--r-- 77200652 Nov  5 22:33 big.bin',
    '-rw-r--r-- 1 alice users big Nov  5 22:33 big.bin',
    '-rw-r--r-- 1 alice users -5 Nov  5 22:33 big.bin',
    '-rw-r--r-- 1 alice users 5 5.11. 22:33 big.bin',
    '-rw-r--r-- 1 alice users 8,0 Nov  5 22:33 x',
    'xrw-r--r-- 1 alice users 5 Nov  5 22:33 x',
    '-rw-r--r-x- 1 alice users 5 Nov  5 22:33 x',
    '-wrxr--r-- 1 alice users 5 Nov  5 22:33 x',
    ' -rw-r--r-- 1 alice users 5 Nov  5 22:33 x',
    '11-05-12  10:33PM       <DIR>          folder',
    'Type=file;Size=5; x',
  ]) {
    test(`does not guess at ${JSON.stringify(line)}`, () => assert.equal(parse(line), undefined));
  }

  test('never throws, and keeps the end of the line as the name', () => {
    const piece = fc.constantFrom(
      ' ',
      '-rw-r--r--',
      '1',
      'ftp',
      '8,',
      'Nov',
      '5',
      '22:33',
      '2010',
      ' -> ',
      'Mär',
      'x',
      '\t',
    );
    const lines = fc.oneof(
      fc.string(),
      fc.array(piece, { maxLength: 24 }).map((pieces) => `-rw-r--r-- ${pieces.join(' ')}`),
      fc.array(piece, { maxLength: 24 }).map((pieces) => `lrwxrwxrwx ${pieces.join(' ')}`),
    );
    fc.assert(
      fc.property(lines, (line) => {
        const entry = parse(line);
        if (!entry) return;
        const tail = entry.linkTarget === undefined ? entry.name : `${entry.name} -> ${entry.linkTarget}`;
        assert.ok(tail !== '' && line.endsWith(tail));
      }),
      { numRuns: 1000 },
    );
  });

  test('takes time in proportion to the line, however hostile', () => {
    const started = performance.now();
    for (const piece of [' ', '1 ', 'a', ' -> ', '1 Nov 5 ', '8, ', '9', '\ud83d', '1 Mär 5 12:00']) {
      const rest = piece.repeat(1_000_000 / piece.length);
      for (const front of ['-rw-r--r-- ', 'lrwxrwxrwx 1 a b 1 Nov 5 22:33 x', '-rw-r--r-- 1 ']) parse(front + rest);
    }
    assert.ok(performance.now() - started < 5000);
  });
});
