import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import * as fc from 'fast-check';

import { parseDosLine } from './dos.ts';
import type { Entry } from './entry.ts';

const at = (iso: string): Pick<Entry, 'modifiedMs' | 'modifiedUncertain'> => ({
  modifiedMs: Date.parse(iso),
  modifiedUncertain: true,
});

describe('parseDosLine', () => {
  for (const [line, expected] of [
    [
      '11-05-12  10:33PM             77200652 big.bin',
      { name: 'big.bin', type: 'file', size: 77_200_652, ...at('2012-11-05T22:33Z') },
    ],
    [
      '11-05-12  10:33PM       <DIR>          folder',
      { name: 'folder', type: 'directory', ...at('2012-11-05T22:33Z') },
    ],
    ['11-05-2012  10:33AM       <dir>          a b', { name: 'a b', type: 'directory', ...at('2012-11-05T10:33Z') }],
    ['11-05-2012  22:33                    0 x', { name: 'x', type: 'file', size: 0, ...at('2012-11-05T22:33Z') }],
    ['01-02-70  12:00AM 1 x', { name: 'x', type: 'file', size: 1, ...at('1970-01-02T00:00Z') }],
    ['01-02-69  12:00pm 1 x', { name: 'x', type: 'file', size: 1, ...at('2069-01-02T12:00Z') }],
    ['01-02-12  1:05 PM 1 x', { name: 'x', type: 'file', size: 1, ...at('2012-01-02T13:05Z') }],
    ['13-05-12  10:33PM 1 x', { name: 'x', type: 'file', size: 1 }],
    ['02-30-12  10:33PM 1 x', { name: 'x', type: 'file', size: 1 }],
    ['11-05-12  13:33PM 1 x', { name: 'x', type: 'file', size: 1 }],
    ['11-05-12  00:33AM 1 x', { name: 'x', type: 'file', size: 1 }],
    [`11-05-12  10:33PM ${'9'.repeat(20)} x`, { name: 'x', type: 'file', ...at('2012-11-05T22:33Z') }],
    ['11-05-12  10:33PM 1   a  b ', { name: '  a  b ', type: 'file', size: 1, ...at('2012-11-05T22:33Z') }],
    [
      '11-05-12  10:33PM       <DIR>            lead',
      { name: '  lead', type: 'directory', ...at('2012-11-05T22:33Z') },
    ],
    ['11-05-12  10:33PM       <DIR> near', { name: 'near', type: 'directory', ...at('2012-11-05T22:33Z') }],
  ] as const) {
    test(`reads ${JSON.stringify(line)}`, () => assert.deepEqual(parseDosLine(line), expected));
  }

  for (const line of [
    '',
    '11-05-12',
    '11-05-12  10:33PM',
    '11-05-12  10:33PM 1',
    '11-05-12  10:33PM 1 ',
    '11-05-12  10:33PM <DIR>',
    '11-05-12  10:33PM       <DIR>          ',
    '11-05-12  10:33PM 1,23 x',
    '11-05-12  10:33PM <FOO> x',
    '11-05-12  10:33XM 1 x',
    '11-05-12 x 1 x',
    '1-5-12  10:33PM 1 x',
    '11-05-123  10:33PM 1 x',
    '05.11.2012  22:33 1 x',
    ' 11-05-12  10:33PM 1 x',
    '-rw-r--r-- 1 a b 5 Nov  5 22:33 x',
  ]) {
    test(`does not guess at ${JSON.stringify(line)}`, () => assert.equal(parseDosLine(line), undefined));
  }

  test('never throws, and keeps the end of the line as the name', () => {
    const piece = fc.constantFrom(' ', '11-05-12', '10:33PM', '<DIR>', '5', 'x', '\t', '  ');
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece).map((pieces) => pieces.join(' ')),
        ),
        (line) => {
          const entry = parseDosLine(line);
          if (entry) assert.ok(entry.name !== '' && line.endsWith(entry.name));
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('takes time in proportion to the line, however hostile', () => {
    const started = performance.now();
    for (const front of ['11-05-12', '11-05-12 10:33', '11-05-12 10:33PM <DIR>', '11-05-12 10:33 1 ']) {
      for (const piece of [' ', '1', '\t ', 'P']) parseDosLine(front + piece.repeat(1_000_000));
    }
    assert.ok(performance.now() - started < 5000);
  });
});
