import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { Filters, type MirrorFilter } from './filters.ts';

/** `+pattern` includes, `-pattern` excludes. */
function filters(...rules: string[]): Filters {
  const parse = (rule: string): MirrorFilter => ({
    kind: rule.startsWith('+') ? 'include' : 'exclude',
    pattern: rule.slice(1),
  });
  return new Filters(rules.map(parse));
}

/** Which of the paths are taken; a `/` at the end makes a folder of a path. */
function taken(which: Filters, ...paths: string[]): string[] {
  return paths.filter((path) => which.takes(path.replace(/\/$/, ''), path.endsWith('/')));
}

describe('the filters of a mirror', () => {
  test('take everything when there is none', () => {
    assert.deepEqual(taken(filters(), 'a', 'b/', 'b/c'), ['a', 'b/', 'b/c']);
  });

  test('match a name in any folder, and from the top where the pattern has a slash', () => {
    assert.deepEqual(taken(filters('-*.tmp'), 'a.tmp', 'x/y/a.tmp', 'a.tmp.gz'), ['a.tmp.gz']);
    assert.deepEqual(taken(filters('-/a'), 'a', 'x/a'), ['x/a']);
    assert.deepEqual(taken(filters('-x/a'), 'x/a', 'y/x/a'), ['y/x/a']);
    assert.deepEqual(taken(filters('-x/*'), 'x/a', 'x/b/c'), ['x/b/c']);
  });

  test('know folders by the slash at the end', () => {
    assert.deepEqual(taken(filters('-cache/'), 'cache', 'cache/', 'a/cache/'), ['cache']);
    assert.deepEqual(taken(filters('-/cache/'), 'cache/', 'a/cache/'), ['a/cache/']);
  });

  test('take ** for any number of folders', () => {
    assert.deepEqual(taken(filters('-**/log/*.txt'), 'log/a.txt', 'x/y/log/a.txt', 'log/b/a.txt'), ['log/b/a.txt']);
    assert.deepEqual(taken(filters('-a/**'), 'a/', 'a/b', 'a/b/c', 'b'), ['a/', 'b']);
    assert.deepEqual(taken(filters('-a/**/z'), 'a/z', 'a/b/z', 'a/b/c/z', 'a/b'), ['a/b']);
    assert.deepEqual(taken(filters('-**'), 'a', 'b/c'), []);
  });

  test('go by the first rule that matches', () => {
    assert.deepEqual(taken(filters('+keep.tmp', '-*.tmp'), 'keep.tmp', 'a.tmp', 'b'), ['keep.tmp', 'b']);
    assert.deepEqual(taken(filters('-*.tmp', '+keep.tmp'), 'keep.tmp', 'a.tmp', 'b'), ['b']);
  });

  test('leave out what is not named when there are only includes, and enter every folder all the same', () => {
    assert.deepEqual(taken(filters('+*.jpg', '+*.png'), 'a.jpg', 'b/c.png', 'b/', 'b/c.txt'), [
      'a.jpg',
      'b/c.png',
      'b/',
    ]);
  });

  test('refuse patterns that mean nothing', () => {
    for (const pattern of ['', '/', 'a//b', '//', `a${'b'.repeat(600)}`]) {
      assert.throws(() => filters(`-${pattern}`), { code: 'ERR_TWINLINE_CONFIG' }, pattern);
    }
  });

  test('agree with a plain regular expression', () => {
    const name = fc.constantFrom('a', 'b', 'ab');
    const segment = fc.constantFrom('a', 'b', '*', '?', 'a*', '**');
    fc.assert(
      fc.property(
        fc.array(segment, { minLength: 1, maxLength: 5 }),
        fc.array(name, { minLength: 1, maxLength: 5 }),
        (segments, names) => {
          const pattern = `/${segments.join('/')}`;
          const expected = segments
            .map((part, index) => {
              if (part !== '**') return `${part.replaceAll('*', '[^/]*').replaceAll('?', '[^/]')}/`;
              return index === segments.length - 1 ? '(?:[^/]+/)+' : '(?:[^/]+/)*';
            })
            .join('');
          const path = names.join('/');
          assert.equal(
            !filters(`-${pattern}`).takes(path, false),
            new RegExp(`^${expected}$`).test(`${path}/`),
            pattern,
          );
        },
      ),
    );
  });
});
