import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { array, assert as check, constantFrom, property } from 'fast-check';
import { parsePathRules } from '../../users/index.ts';
import { AccessRights } from './access-rights.ts';
import { namesOf, PathPattern } from './path-pattern.ts';

function rights(...rules: readonly string[]): AccessRights {
  return new AccessRights({ rules: parsePathRules(rules), readOnly: false });
}

describe('a pattern of paths', () => {
  const fits = (pattern: string, path: string): boolean => new PathPattern(pattern).fits(namesOf(path));

  test('fits the path that it names and everything below', () => {
    assert.ok(fits('/', '/'));
    assert.ok(fits('/', '/a/b'));
    assert.ok(fits('/a', '/a'));
    assert.ok(fits('/a', '/a/b/c'));
    assert.ok(!fits('/a', '/'));
    assert.ok(!fits('/a', '/ab'));
    assert.ok(!fits('/a/b', '/a'));
  });

  test('has wildcards within names, and ** for any number of them', () => {
    assert.ok(fits('/*/private', '/anna/private/key'));
    assert.ok(!fits('/*/private', '/private'));
    assert.ok(!fits('/*/private', '/a/b/private'));
    assert.ok(fits('/**/private', '/private'));
    assert.ok(fits('/**/private', '/a/b/private/c'));
    assert.ok(fits('/**/*.key', '/x.key'));
    assert.ok(fits('/a/**/b/**/c', '/a/x/b/b/y/c/z'));
    assert.ok(!fits('/a/**/b/**/c', '/a/x/c/b'));
    assert.ok(fits('/log-[0-9]?', '/log-1x/f'));
  });

  test('says whether it can name something below', () => {
    const below = (pattern: string, path: string): boolean => new PathPattern(pattern).fitsBelow(namesOf(path));
    assert.ok(below('/a/b', '/a'));
    assert.ok(below('/a/b', '/'));
    assert.ok(!below('/a/b', '/a/b'));
    assert.ok(!below('/a/b', '/c'));
    assert.ok(below('/**/*.key', '/c/d'));
    assert.ok(!below('/*/x', '/a/b'));
    assert.ok(below('/*/x', '/a'));
  });

  test('agrees with a regular expression', () => {
    const name = constantFrom('a', 'b', 'ab');
    const part = constantFrom('a', 'b', '*', 'a*', '?', '**');
    check(
      property(array(part, { maxLength: 5 }), array(name, { maxLength: 6 }), (parts, names) => {
        const source = parts
          .map((one) => (one === '**' ? '(/[^/]+)*' : `/${one.replace('*', '[^/]*').replace('?', '[^/]')}`))
          .join('');
        const expected = new RegExp(`^${source}(/|$)`).test(names.map((one) => `/${one}`).join(''));
        const isRoot = parts.length === 0;
        assert.equal(
          new PathPattern(`/${parts.join('/')}`).fits(names),
          isRoot || expected,
          `${parts.join('/')} on ${names.join('/')}`,
        );
      }),
    );
  });

  test('takes no longer for patterns made to be slow', () => {
    const pattern = new PathPattern(`/${'**/a*a*a*b/'.repeat(40)}c`.slice(0, 512));
    const names = Array.from({ length: 600 }, () => 'aaaaaaaa');
    const start = performance.now();
    for (let i = 0; i < 100; i += 1) {
      assert.equal(pattern.fits(names), false);
      pattern.fitsBelow(names);
    }
    assert.ok(performance.now() - start < 5_000, 'a pattern took seconds');
  });
});

describe('the rights at a path', () => {
  test('are all of them without rules, and reading for who may only read', () => {
    assert.ok(rights().may('/a', 'write', 'delete', 'list', 'rmdir'));
    const reader = new AccessRights({ rules: parsePathRules(['/in=all']), readOnly: true });
    assert.ok(reader.may('/in/x', 'list', 'read'));
    assert.ok(!reader.may('/in/x', 'write'));
  });

  test('are those of the most specific rule, in whatever order the rules stand', () => {
    const rules = ['/=read-only', '/in=list,write', '/in/done=none', '/**/*.key=none', '/in/*.tmp=delete'];
    for (const order of [rules, rules.toReversed()]) {
      const own = rights(...order);
      assert.ok(own.may('/x', 'list', 'read') && !own.may('/x', 'write'));
      assert.ok(own.may('/in', 'write') && own.may('/in/a/b', 'write') && !own.may('/in/a', 'read'));
      assert.ok(!own.mayAny('/in/done/x', 'list', 'read', 'write'));
      assert.ok(!own.may('/a/x.key', 'read'));
      // A rule that begins with names goes before one that begins with a wildcard.
      assert.ok(own.may('/in/x.key', 'write'));
      assert.ok(own.may('/in/x.tmp', 'delete') && !own.may('/in/x.tmp', 'write'));
    }
  });

  test('are those of the later of two rules that are equally specific', () => {
    assert.ok(!rights('/*a=read', '/a*=none').may('/aa', 'read'));
    assert.ok(rights('/a*=none', '/*a=read').may('/aa', 'read'));
  });

  test('are reading alone below a read-only place', () => {
    const own = new AccessRights({ rules: [], readOnly: false, readOnlyBelow: ['/tapes'] });
    assert.ok(own.may('/tapesx', 'write') && !own.may('/tapes', 'write') && !own.may('/tapes/x', 'delete'));
    assert.ok(own.may('/tapes/x', 'read', 'list'));
  });

  test('tell folders that lead to something from those that do not', () => {
    const own = rights('/=none', '/a/b=read-only');
    assert.ok(own.mayEnter('/') && own.mayEnter('/a') && own.mayEnter('/a/b/c'));
    assert.ok(!own.mayEnter('/c') && !own.mayEnter('/a/c'));
  });
});

describe('a move', () => {
  test('of a file gains nothing where it comes to the same rights or fewer', () => {
    const own = rights('/=all', '/in=list,write,rename', '/pub=all,-delete');
    assert.ok(own.gainsNothing('/a', '/b', false));
    assert.ok(own.gainsNothing('/a', '/in/a', false));
    assert.ok(own.gainsNothing('/in/a', '/in/b', false));
    assert.ok(!own.gainsNothing('/in/a', '/a', false));
    assert.ok(!own.gainsNothing('/pub/a', '/a', false));
  });

  test('of a folder takes no restricted thing in it along', () => {
    const own = rights('/=all', '/a/secret=none', '/b/c=all');
    assert.ok(!own.gainsNothing('/a', '/z', true));
    assert.ok(own.gainsNothing('/a/x', '/z', true));
    assert.ok(own.gainsNothing('/z', '/b', true));
    const inbox = rights('/=read-only,rename', '/b/open=all');
    assert.ok(!inbox.gainsNothing('/a', '/b', true));
    assert.ok(inbox.gainsNothing('/a', '/c', true));
  });

  test('of a folder is free where rules go by names alone', () => {
    const own = rights('/=all', '/**/*.key=none', '/x=all');
    assert.ok(own.gainsNothing('/a', '/b', true));
    // Under /x the rule by names does not count.
    assert.ok(!own.gainsNothing('/a', '/x/b', true));
    assert.ok(!own.gainsNothing('/a.key', '/a.txt', false));
  });
});
