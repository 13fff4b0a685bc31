import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { quoteForShell, readShellLine, splitShellLine } from './shell-words.ts';

describe('a line of the shell', () => {
  for (const [line, commands] of [
    ['get a b', [['get', 'a', 'b']]],
    ['  ls  ', [['ls']]],
    ['get "two words" \'and "more"\'', [['get', 'two words', 'and "more"']]],
    ['get two\\ words "a\\"b"', [['get', 'two words', 'a"b']]],
    ['cd in; ls;; pwd', [['cd', 'in'], ['ls'], ['pwd']]],
    ['get "a;b" # and nothing else', [['get', 'a;b']]],
    ['get a#b', [['get', 'a#b']]],
    ['get ""', [['get', '']]],
    ['get a"b c"d', [['get', 'ab cd']]],
    ['', []],
  ] as const) {
    test(`is read: ${line}`, () => assert.deepEqual(splitShellLine(line), commands));
  }

  test('with an open quote is refused', () => assert.throws(() => splitShellLine('get "a'), /quote is not closed/));

  test('tells where each word begins, and whether the last one is done', () => {
    assert.deepEqual(
      readShellLine('get "a b')
        .commands.flat()
        .map(({ text, start, openQuote }) => [text, start, openQuote]),
      [
        ['get', 0, undefined],
        ['a b', 4, '"'],
      ],
    );
    assert.deepEqual([readShellLine('get ').isBetweenWords, readShellLine('get').isBetweenWords], [true, false]);
  });

  test('gives back any word that was quoted for it', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1, maxLength: 4 }), (words) => {
        assert.deepEqual(splitShellLine(words.map(quoteForShell).join(' ')), [words]);
      }),
    );
  });
});
