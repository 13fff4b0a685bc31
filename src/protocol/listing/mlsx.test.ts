import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import * as fc from 'fast-check';

import type { Entry } from './entry.ts';
import { mlsxFacts } from './mlsx-facts.ts';
import { parseMlsxFacts, parseMlsxLine, serialiseMlsxLine } from './mlsx.ts';

const file: Entry = {
  name: 'big.bin',
  type: 'file',
  size: 77_200_652,
  modifiedMs: Date.parse('2012-11-05T22:33:59Z'),
  perm: 'adfrw',
  unique: '803g1a2',
  mode: 0o640,
  owner: 'alice',
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

describe('parseMlsxLine', () => {
  for (const [line, expected] of [
    [
      'Type=file;Size=25730;Modify=19940728095854;Perm=; capmux.tar.z',
      { name: 'capmux.tar.z', type: 'file', size: 25_730, modifiedMs: Date.parse('1994-07-28T09:58:54Z'), perm: '' },
    ],
    [
      'Type=file;Modify=19990929003355.237; file1',
      { name: 'file1', type: 'file', modifiedMs: Date.parse('1999-09-29T00:33:55.237Z') },
    ],
    ['type=DIR;unique=AQkAAA;PERM=CPMel; /a b', { name: '/a b', type: 'directory', unique: 'AQkAAA', perm: 'cpmel' }],
    ['Type=dir;sizd=4096; d', { name: 'd', type: 'directory', size: 4096 }],
    [
      'Type=OS.unix=slink:/foobar;Perm=;Unique=keVO1+4G4; foobar',
      { name: 'foobar', type: 'symlink', linkTarget: '/foobar', perm: '', unique: 'keVO1+4G4' },
    ],
    ['Type=os.UNIX=SLINK:/Foo=Bar; l', { name: 'l', type: 'symlink', linkTarget: '/Foo=Bar' }],
    ['Type=OS.unix=slink:; l', { name: 'l', type: 'symlink' }],
    ['Type=OS.unix=slink; l', { name: 'l', type: 'symlink' }],
    ['Type=OS.unix=symlink; l', { name: 'l', type: 'symlink' }],
    [
      'Type=OS.unix=chr-13/29;Perm=;Unique=keVO1+5G4; device',
      { name: 'device', type: 'other', perm: '', unique: 'keVO1+5G4' },
    ],
    [
      'Type=file;Perm=r;Unique=keVO1+IH4;  leading space',
      { name: ' leading space', type: 'file', perm: 'r', unique: 'keVO1+IH4' },
    ],
    ['Type=file;    ', { name: '   ', type: 'file' }],
    ['Type=dir; ', { name: '', type: 'directory' }],
    [' /tmp', { name: '/tmp', type: 'other' }],
    ['size=5; x', { name: 'x', type: 'other', size: 5 }],
    [
      'Type=file;UNIX.mode=0644;UNIX.owner=1000;UNIX.ownername=alice;UNIX.group=100;UNIX.groupname=users; x',
      { name: 'x', type: 'file', mode: 0o644, owner: 'alice', group: 'users' },
    ],
    [
      'type=file;unix.uid=1000;unix.gid=100;UNIX.MODE=100755; x',
      { name: 'x', type: 'file', mode: 0o755, owner: '1000', group: '100' },
    ],
    ['type=file;unix.mode=0o640; x', { name: 'x', type: 'file', mode: 0o640 }],
    ['type=file;unix.owner=bob;unix.uid=1000;X.own=1;lang=en; x', { name: 'x', type: 'file', owner: 'bob' }],
    ['type=file;size=-1;modify=20121305000000;unix.mode=9;perm=r/w; x', { name: 'x', type: 'file' }],
    [`type=file;size=${'9'.repeat(20)};modify=now; x`, { name: 'x', type: 'file' }],
    ['type=file;size=5 x', { name: 'x', type: 'file', size: 5 }],
    ['type=file; a; b=c; d', { name: 'a; b=c; d', type: 'file' }],
  ] as const) {
    test(`reads ${JSON.stringify(line)}`, () => assert.deepEqual(parseMlsxLine(line), expected));
  }

  for (const line of [
    '',
    ' ',
    'x',
    'type=file;',
    'type=file;x',
    'big.bin x',
    'type; x',
    '=file; x',
    'type=file;; x',
    '; x',
    'type=OS.unix=slink:/a b;perm=; name',
    'type=file;unix.owner=Domain Admins; name',
    '-rw-r--r-- 1 a b 5 Nov  5 22:33 x',
    '11-05-12  10:33PM 1 x',
    '+r,\tx y',
  ]) {
    test(`does not guess at ${JSON.stringify(line)}`, () => assert.equal(parseMlsxLine(line), undefined));
  }

  test('never throws, and keeps the end of the line as the name', () => {
    const piece = fc.constantFrom(
      'type',
      'file',
      'size',
      'modify',
      'OS.unix',
      'slink:',
      '=',
      ';',
      ' ',
      '5',
      '20121105223359',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece).map((pieces) => pieces.join('')),
        ),
        (line) => {
          const entry = parseMlsxLine(line);
          if (entry) assert.equal(entry.name, line.slice(line.indexOf(' ') + 1));
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('takes time in proportion to the line, however hostile', () => {
    const started = performance.now();
    for (const piece of ['a=b;', ';', '=', 'size=1;', ' ', '; ', 'type=OS.unix=slink:']) {
      parseMlsxLine(`type=file;${piece.repeat(200_000)} x`);
      parseMlsxLine(`type=file ${piece.repeat(200_000)}`);
    }
    assert.ok(performance.now() - started < 5000);
  });
});

test('parseMlsxFacts tells the folder itself and its parents from what is in it', () => {
  const roleOf = (line: string): string | undefined => parseMlsxFacts(line)?.role;
  assert.equal(roleOf('Type=cdir;Perm=el; /tmp'), 'current');
  assert.equal(roleOf('type=PDIR; ..'), 'parent');
  assert.equal(roleOf('type=dir; sub'), 'entry');
  assert.equal(roleOf('type=file; .'), 'entry');
  assert.equal(parseMlsxFacts('type=cdir; /tmp')?.entry.type, 'directory');
});

describe('serialiseMlsxLine', () => {
  test('writes the chosen facts in the order given', () => {
    assert.equal(
      serialiseMlsxLine(file, mlsxFacts),
      'type=file;size=77200652;modify=20121105223359;perm=adfrw;unique=803g1a2;UNIX.mode=0640; big.bin',
    );
    assert.equal(serialiseMlsxLine(file, ['modify', 'type']), 'modify=20121105223359;type=file; big.bin');
    assert.equal(serialiseMlsxLine(file, []), ' big.bin');
  });

  test('leaves out what is unknown or has no meaning', () => {
    assert.equal(serialiseMlsxLine({ name: 'x', type: 'other' }, mlsxFacts), 'type=OS.unix=other; x');
    assert.equal(serialiseMlsxLine({ name: 'd', type: 'directory', size: 4096 }, mlsxFacts), 'type=dir; d');
    assert.equal(serialiseMlsxLine({ name: 'x', type: 'file', modifiedMs: Number.NaN }, mlsxFacts), 'type=file; x');
    assert.equal(serialiseMlsxLine({ name: 'x', type: 'file', perm: '' }, mlsxFacts), 'type=file;perm=; x');
  });

  test('lets no value break its fact or its line', () => {
    const line = serialiseMlsxLine({ name: 'a\r\nb\0', type: 'file', unique: 'a;b', perm: 'r; ' }, mlsxFacts);
    assert.equal(line, 'type=file; a??b?');
    const link = (linkTarget?: string): string =>
      serialiseMlsxLine({ name: 'l', type: 'symlink', ...(linkTarget !== undefined && { linkTarget }) }, ['type']);
    assert.equal(link('/a'), 'type=OS.unix=slink:/a; l');
    for (const target of [undefined, '', 'a b', 'a;b', 'ü', 'a\n'])
      assert.equal(link(target), 'type=OS.unix=symlink; l');
  });

  test('is read back by parseMlsxLine', () => {
    const token = fc.stringMatching(/^[A-Za-z0-9,.:!@#$%^&()\-_+?/\\'"]+$/);
    const entries = fc.record(
      {
        name: fc.string({ minLength: 1, unit: nameUnit }),
        type: fc.constantFrom('file', 'symlink', 'other'),
        size: fc.nat(Number.MAX_SAFE_INTEGER),
        modifiedMs: fc.integer({ min: 0, max: 4e12 }),
        mode: fc.nat(0o7777),
        unique: token,
        perm: fc.subarray(['a', 'd', 'f', 'r', 'w']).map((letters) => letters.join('')),
      },
      { requiredKeys: ['name', 'type'] },
    );
    fc.assert(
      fc.property(entries, fc.option(token), (facts, target) => {
        const linked = facts.type === 'symlink' && target !== null;
        const entry = { ...facts, ...(linked && { linkTarget: target }) } as Entry;
        assert.deepEqual(parseMlsxLine(serialiseMlsxLine(entry, mlsxFacts)), entry);
      }),
      { numRuns: 500 },
    );
  });
});
