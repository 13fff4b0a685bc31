import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import * as fc from 'fast-check';

import { parseEplfLine } from './eplf.ts';

describe('parseEplfLine', () => {
  for (const [line, expected] of [
    [
      '+i8388621.29609,m824255902,/,\tdev',
      { name: 'dev', type: 'directory', unique: '8388621.29609', modifiedMs: 824_255_902_000 },
    ],
    [
      '+i8388621.44468,m839956783,r,s10376,\tRFCEPLF',
      { name: 'RFCEPLF', type: 'file', unique: '8388621.44468', modifiedMs: 839_956_783_000, size: 10_376 },
    ],
    ['+r,up644,s0,\t a\tb ', { name: ' a\tb ', type: 'file', mode: 0o644, size: 0 }],
    ['+\tx', { name: 'x', type: 'other' }],
    ['+/,r\tx', { name: 'x', type: 'directory' }],
    ['+r,/\tx', { name: 'x', type: 'directory' }],
    ['+r,s-1,sx,m,m99999999999999999,up8,up77777,i,zz,,\tx', { name: 'x', type: 'file' }],
    [`+r,s${'9'.repeat(20)},\tx`, { name: 'x', type: 'file' }],
  ] as const) {
    test(`reads ${JSON.stringify(line)}`, () => assert.deepEqual(parseEplfLine(line), expected));
  }

  for (const line of ['', '+', '+r,', '+r,\t', 'r,\tx', ' +r,\tx', '+r, x', '\t+r,\tx']) {
    test(`does not guess at ${JSON.stringify(line)}`, () => assert.equal(parseEplfLine(line), undefined));
  }

  test('never throws, and keeps the end of the line as the name', () => {
    const piece = fc.constantFrom('+', 'r', '/', ',', 's5', 'm9', 'up644', '\t', 'x');
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece).map((pieces) => `+${pieces.join('')}`),
        ),
        (line) => {
          const entry = parseEplfLine(line);
          if (entry) assert.equal(entry.name, line.slice(line.indexOf('\t') + 1));
        },
      ),
    );
  });
});
