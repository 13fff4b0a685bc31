import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ConfigError } from '../errors/index.ts';
import { accountJson, parseAccount } from './account-settings.ts';
import { parseMount, parseMounts, serialiseMount } from './account/mounts.ts';
import { parsePathRule, parsePathRules, rightNames, serialisePathRule } from './account/rights.ts';

function refused(work: () => unknown, words: RegExp): void {
  assert.throws(work, (error) => {
    assert.ok(error instanceof ConfigError);
    assert.match(error.message, words);
    return true;
  });
}

describe('a rule as text', () => {
  test('is read and written back', () => {
    assert.deepEqual(parsePathRule('/incoming=write,list'), { path: '/incoming', allow: ['list', 'write'] });
    assert.deepEqual(parsePathRule('/=all').allow, rightNames);
    assert.deepEqual(parsePathRule('/a=b=none'), { path: '/a=b', allow: [] });
    for (const text of ['/=all', '/a=none', '/a/**/*.key=read-only', '/in=list,write']) {
      assert.equal(serialisePathRule(parsePathRule(text)), text);
    }
  });

  test('takes rights away with a minus', () => {
    assert.deepEqual(
      parsePathRule('/=all,-delete,-rmdir').allow,
      rightNames.filter((right) => right !== 'delete' && right !== 'rmdir'),
    );
    assert.deepEqual(parsePathRule('/=read-only,-list').allow, ['read']);
  });

  test('is refused with what to write instead', () => {
    refused(() => parsePathRule('/a'), /must have the form PATH=RIGHT,RIGHT/);
    refused(() => parsePathRule('a=all'), /absolute path/);
    refused(() => parsePathRule('/a/../b=all'), /absolute path/);
    refused(() => parsePathRule('/a\n=all'), /absolute path/);
    refused(() => parsePathRule('/a=reed'), /names "reed"; the rights are list, read/);
    refused(() => parsePathRule('/a='), /names ""/);
    refused(() => parsePathRule(`/${'a'.repeat(600)}=all`), /512 characters/);
    refused(() => parsePathRules(['/a=all', '/b=all', '/a=none']), /two rules for \/a/);
    refused(() => parsePathRules(Array.from({ length: 101 }, (_, i) => `/${i}=all`)), /100 rules/);
  });
});

describe('a mount as text', () => {
  test('is read and written back', () => {
    assert.deepEqual(parseMount('/shared=/public'), { path: '/shared', folder: '/public' });
    assert.deepEqual(parseMount('/a/b=tapes:/2026,read-only'), {
      path: '/a/b',
      storage: 'tapes',
      folder: '/2026',
      readOnly: true,
    });
    for (const text of ['/a=/', '/a=b:/', '/a=/c=d', '/a=/c,read-only'])
      assert.equal(serialiseMount(parseMount(text)), text);
  });

  test('is refused with what to write instead', () => {
    for (const text of ['/a', '/a=b', 'a=/b', '/a=b:c', '/a=/../b', '/a=b c:/d']) {
      refused(() => parseMount(text), /must have the form PATH=FOLDER/);
    }
    refused(() => parseMount('/=/b'), /set the home/);
    refused(() => parseMounts(['/a=/b', '/a=/c']), /Two mounts stand at \/a/);
  });
});

describe('an account from outside', () => {
  const json = {
    home: '/anna',
    readOnly: false,
    admin: true,
    onControlLoss: 'grace:5',
    missingCloseNotify: 'tolerate',
    rights: ['/=read-only', '/in=list,write'],
    mounts: ['/shared=tapes:/x,read-only'],
    quotaBytes: 1_000_000,
    quotaFiles: 10,
    rateUp: 1_000,
    rateDown: 2_000,
    maxSessions: 3,
    idleTimeout: 300,
  };

  test('has everything that was given, and is written back the same', async () => {
    const account = await parseAccount('anna', json, 'The hook');
    assert.equal(account.name, 'anna');
    assert.deepEqual(account.onControlLoss, { graceMs: 5_000 });
    assert.equal(account.idleTimeoutMs, 300_000);
    assert.deepEqual(account.rights?.[1], { path: '/in', allow: ['list', 'write'] });
    assert.deepEqual(accountJson(account), json);
  });

  test('has defaults for what was not given, and nothing else', async () => {
    assert.deepEqual(await parseAccount('anna', {}, 'The hook'), { name: 'anna', home: '/', readOnly: false });
  });

  test('is refused with the key that is wrong', async () => {
    const cases: [unknown, RegExp][] = [
      [{ quotaByte: 1 }, /^The hook: "quotaByte" is no setting of a user\.$/],
      [{ quotaBytes: -1 }, /^The hook: "quotaBytes": /],
      [{ quotaBytes: 2 ** 53 }, /"quotaBytes"/],
      [{ quotaBytes: 1.5 }, /"quotaBytes"/],
      [{ quotaBytes: '1' }, /"quotaBytes"/],
      [{ rateUp: 0 }, /"rateUp"/],
      [{ home: '/../etc' }, /"home": must be an absolute path/],
      [{ rights: ['/=everything'] }, /names "everything"/],
      [{ mounts: ['/a'] }, /must have the form PATH=FOLDER/],
      [{ onControlLoss: 'maybe' }, /not abort, finish/],
      [null, /^The hook: /],
    ];
    for (const [value, words] of cases) {
      await assert.rejects(parseAccount('anna', value, 'The hook'), (error) => {
        assert.ok(error instanceof ConfigError);
        assert.match(error.message, words);
        return true;
      });
    }
  });
});
