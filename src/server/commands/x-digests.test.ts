import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseNameAndRange } from './x-digests.ts';

test('a name and a range are taken apart, with quotes and without', () => {
  const forms: readonly (readonly [string, ReturnType<typeof parseNameAndRange>])[] = [
    ['"a b" 0 10', { name: 'a b', start: 0, end: 10 }],
    ['"a b" 5', { name: 'a b', start: 5 }],
    ['"a b"', { name: 'a b' }],
    ['"a ""b"" 1" 2', { name: 'a "b" 1', start: 2 }],
    ['a b 0 10', { name: 'a b', start: 0, end: 10 }],
    ['a 7', { name: 'a', start: 7 }],
    ['a 1 2 3', { name: 'a 1', start: 2, end: 3 }],
    ['/a/b  3  4', { name: '/a/b', start: 3, end: 4 }],
  ];
  for (const [argument, expected] of forms) assert.deepEqual(parseNameAndRange(argument), expected, argument);
});

test('what holds neither quotes nor numbers is no such form', () => {
  for (const argument of ['a', 'a b', 'a -1', 'a 1.5', '"a', '"a" b', '""', 'a 99999999999999999999']) {
    assert.equal(parseNameAndRange(argument), undefined, argument);
  }
});
