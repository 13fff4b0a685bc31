import assert from 'node:assert/strict';
import { matchesGlob } from 'node:path/posix';
import { describe, test } from 'node:test';

import * as fc from 'fast-check';

import { compileGlob, hasGlob, maxGlobChars } from './glob.ts';

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

function matches(pattern: string, name: string): boolean {
  const glob = compileGlob(pattern);
  assert.ok(glob);
  return glob(name);
}

/** The meaning of `*`, `?` and literals, written as plainly as possible. */
function slowly(pattern: string, name: string): boolean {
  if (pattern === '') return name === '';
  if (pattern.startsWith('*')) return slowly(pattern.slice(1), name) || (name !== '' && slowly(pattern, name.slice(1)));
  return (
    name !== '' && '?'.concat(name.charAt(0)).includes(pattern.charAt(0)) && slowly(pattern.slice(1), name.slice(1))
  );
}

describe('compileGlob', () => {
  for (const [pattern, yes, no] of [
    ['', [''], ['a']],
    ['abc', ['abc'], ['ab', 'abcd', 'ABC', '']],
    ['*', ['', 'a', '.hidden', ' '], []],
    ['**', ['', 'abc'], []],
    ['*.txt', ['.txt', 'a.txt', 'a.txt.txt'], ['txt', 'a.txt2']],
    ['a*b*c', ['abc', 'aXbYc', 'abbcc', 'abcbc'], ['ab', 'acb', 'abcd']],
    ['?', ['a', '😀', '\udcff', ' '], ['', 'ab']],
    ['a?c', ['abc', 'a😀c'], ['ac', 'abbc']],
    ['[abc]', ['a', 'c'], ['d', '', 'ab']],
    ['[a-c]x', ['ax', 'cx'], ['dx', '-x']],
    ['[!a-c]', ['d', 'A', '!'], ['a', '']],
    ['[^a-c]', ['d', '^'], ['b']],
    ['[]a]', [']', 'a'], ['[', '[]a]']],
    ['[!]a]', ['b', '!'], [']', 'a']],
    ['[-a]', ['-', 'a'], ['b']],
    ['[a-]', ['-', 'a'], ['b']],
    ['[z-a]', [], ['a', 'm', 'z']],
    ['[😀-😂]', ['😀', '😁'], ['😃', '\ud83d']],
    ['[*]', ['*'], ['a', '']],
    ['a[', ['a['], ['a']],
    ['a[]', ['a[]'], ['a']],
    ['[!]', ['[!]'], ['x']],
    ['[abc', ['[abc'], ['a']],
    ['\\*', ['\\', '\\x'], ['*']],
    ['*[0-9]?.b*n', ['file-10.bin', '1x.bn'], ['file-1.bin']],
  ] as const) {
    test(`${JSON.stringify(pattern)} means what it says`, () => {
      for (const name of yes) assert.ok(matches(pattern, name), `should match ${name}`);
      for (const name of no) assert.ok(!matches(pattern, name), `should not match ${name}`);
    });
  }

  test('agrees with the plain meaning of stars and question marks', () => {
    const patterns = fc.array(fc.constantFrom('a', 'b', '*', '?'), { maxLength: 8 }).map((parts) => parts.join(''));
    const names = fc.array(fc.constantFrom('a', 'b'), { maxLength: 8 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(patterns, names, (pattern, name) => assert.equal(matches(pattern, name), slowly(pattern, name))),
      { numRuns: 2000 },
    );
  });

  test('agrees with the platform on sets', () => {
    const set = fc.constantFrom('[ab]', '[a-c]', '[!b]', '[c]', 'a', '*', '?');
    const names = fc.stringMatching(/^[abcd]{1,6}$/);
    fc.assert(
      fc.property(fc.array(set, { minLength: 1, maxLength: 5 }), names, (parts, name) => {
        assert.equal(matches(parts.join(''), name), matchesGlob(name, parts.join('').replace(/\*+/g, '*')));
      }),
    );
  });

  test('a name without pattern characters matches itself', () => {
    fc.assert(
      fc.property(fc.string({ unit: nameUnit, maxLength: 100 }), (name) => {
        assert.equal(hasGlob(name), /[*?[]/.test(name));
        if (!hasGlob(name)) assert.ok(matches(name, name));
      }),
    );
  });

  test('never throws on random patterns', () => {
    const patterns = fc.array(fc.constantFrom('[', ']', '!', '^', '-', '*', '?', 'a'), { maxLength: 20 });
    fc.assert(fc.property(patterns, fc.string(), (parts, name) => void matches(parts.join(''), name)));
  });

  test('refuses patterns beyond the bound', () => {
    assert.ok(compileGlob('a'.repeat(maxGlobChars)));
    assert.equal(compileGlob('a'.repeat(maxGlobChars + 1)), undefined);
  });

  test('stays quick on patterns that make backtracking explode', () => {
    const started = performance.now();
    for (const pattern of [
      '*a'.repeat(256),
      `${'*a'.repeat(200)}b`,
      `*${'a'.repeat(500)}b`,
      '['.repeat(512),
      '*[!b]'.repeat(100),
    ]) {
      for (let run = 0; run < 10; run += 1) matches(pattern, 'a'.repeat(2000));
    }
    assert.ok(performance.now() - started < 10_000);
  });
});
