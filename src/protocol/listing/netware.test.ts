import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { parseNetwareLine } from './netware.ts';

const nowMs = Date.parse('2012-11-12T22:33:35Z');
const read = (line: string) => parseNetwareLine(line, nowMs);

describe('parseNetwareLine', () => {
  test('reads files and folders with rights of any kind', () => {
    assert.deepEqual(read('- [RWCEAFMS] wtubbs                     24038 May 05 17:57 log_May02_4.txt'), {
      name: 'log_May02_4.txt',
      type: 'file',
      owner: 'wtubbs',
      size: 24_038,
      modifiedMs: Date.parse('2012-05-05T17:57:00Z'),
      modifiedUncertain: true,
    });
    assert.deepEqual(read('d [----AF--]          0                        512 Feb 22 2005 _ADMIN'), {
      name: '_ADMIN',
      type: 'directory',
      owner: '0',
      modifiedMs: Date.parse('2005-02-22T00:00:00Z'),
      modifiedUncertain: true,
    });
  });

  test('reads the older form without a blank, with a count, and with padding behind the date', () => {
    assert.equal(read('-[R----F-]  1 raj           857 Feb 23  2000     !info!')?.name, '!info!');
    assert.equal(read('d[RWCEMFA] supervisor            512       Jan 16 18:53    login')?.type, 'directory');
  });

  test('keeps blanks of a name', () => {
    assert.equal(read('- [RWCEAFMS] a 5 Mar 12 2010  Executive Summary .doc ')?.name, ' Executive Summary .doc ');
  });

  test('knows the name where the month is in another language, and no time then', () => {
    assert.deepEqual(read('- [RWCEAFMS] a 5 Mär 12 2010 x'), { name: 'x', type: 'file', owner: 'a', size: 5 });
  });

  for (const line of [
    '',
    'd [----AF--]          0                        512 10-04-2001 _ADMIN',
    'x [RWCEAFMS] a 5 Mar 12 2010 x',
    '- [RWCEAFMS] a five Mar 12 2010 x',
    '- [RWCEAFMS] a 5 Mar 12 2010',
    '- [RWCEAFMS] a 5 Mar 12 2010 ',
    '-rw-r--r-- 1 a a 5 Mar 12 2010 x',
  ]) {
    test(`does not guess at ${JSON.stringify(line)}`, () => assert.equal(read(line), undefined));
  }

  test('gives back any name and size', () => {
    const name = fc.string({ minLength: 1 }).filter((text) => !/[\r\n]/.test(text));
    fc.assert(
      fc.property(name, fc.nat(), (given, size) => {
        const entry = read(`- [RWCEAFMS] a ${size} Mar 12 2010 ${given}`);
        assert.deepEqual([entry?.name, entry?.size], [given, size]);
      }),
    );
  });
});
