import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { baseName, parentPath, quotePath, resolvePath } from './virtual-path.ts';

describe('resolvePath', () => {
  const examples: readonly (readonly [base: string, argument: string, expected: string])[] = [
    ['/', '', '/'],
    ['/a/b', '', '/a/b'],
    ['/a/b', 'c', '/a/b/c'],
    ['/a/b', 'c/', '/a/b/c'],
    ['/a/b', '/c', '/c'],
    ['/a/b', '//c///d', '/c/d'],
    ['/a/b', '.', '/a/b'],
    ['/a/b', './c/./d', '/a/b/c/d'],
    ['/a/b', '..', '/a'],
    ['/a/b', '../..', '/'],
    ['/a/b', '../../../../etc/passwd', '/etc/passwd'],
    ['/a/b', '/../../x', '/x'],
    ['/a/b', 'c/../d', '/a/b/d'],
    ['/a', '...', '/a/...'],
    ['/a', '..b', '/a/..b'],
    ['/a', ' ', '/a/ '],
    ['/a', '..\\..', '/a/..\\..'],
    ['/a', '-x', '/a/-x'],
  ];
  for (const [base, argument, expected] of examples) {
    test(`takes ${JSON.stringify(argument)} in ${base} to ${expected}`, () => {
      assert.equal(resolvePath(base, argument), expected);
    });
  }

  const wild = fc
    .array(fc.constantFrom('/', '//', '.', '..', 'a', '...', ' ', '\udce9', '\\'), { maxLength: 20 })
    .map((parts) => parts.join(''));

  test('always gives a normalised absolute path, and the same one again', () => {
    fc.assert(
      fc.property(wild, wild, (first, second) => {
        const path = resolvePath(resolvePath('/', first), second);
        assert.ok(path.startsWith('/'));
        const names = path.slice(1).split('/');
        assert.ok(path === '/' || names.every((name) => name !== '' && name !== '.' && name !== '..'));
        assert.equal(resolvePath('/', path), path);
        assert.equal(resolvePath('/elsewhere', path), path);
      }),
    );
  });

  test('is put together again from its parent and its last name', () => {
    fc.assert(
      fc.property(wild, (argument) => {
        const path = resolvePath('/', argument);
        assert.equal(resolvePath(parentPath(path), baseName(path)), path);
      }),
    );
  });
});

test('parentPath and baseName take a path apart, and the root is its own parent', () => {
  assert.deepEqual(['/', '/a', '/a/b'].map(parentPath), ['/', '/', '/a']);
  assert.deepEqual(['/', '/a', '/a/b c'].map(baseName), ['', 'a', 'b c']);
});

test('quotePath doubles the quotes within', () => {
  assert.equal(quotePath('/a "b"'), '"/a ""b"""');
  assert.equal(quotePath('/'), '"/"');
});
