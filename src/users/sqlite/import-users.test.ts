import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { Secret } from '../user-store.ts';
import type { ImportedUser } from './import-users.ts';
import { openSqliteUserStore, type UserDirectory } from './sqlite-user-store.ts';

const from = { remoteAddress: '192.0.2.1' };
const secret = new Secret('pässwörd ✓');
const hash = '$5$saltstring$q2EDqpyXWJHcuzw7jZl412w1rwrFlqWx4UlBzy.AJF2';
const weak = '$1$saltsalt$WAwO/FqFlP1FzuCVsHzeT1';

function imported(name: string, more: Partial<ImportedUser> = {}): ImportedUser {
  return { name, hash, settings: {}, existing: 'refuse', source: `f:${name}`, ...more };
}

async function storeWith(t: TestContext, ...names: readonly string[]): Promise<UserDirectory> {
  const store = openSqliteUserStore(':memory:');
  t.after(() => store.close());
  for (const name of names) {
    const record = { name, home: '/old', readOnly: true, admin: false, disabled: false, allowedNetworks: [] };
    await store.add(record, new Secret('old'));
  }
  return store;
}

void test('users are taken over with their settings, and log in with their passwords', async (t) => {
  const store = await storeWith(t);
  const outcome = store.importUsers([imported('anna', { settings: { home: '/anna' } }), imported('bob')], {
    dryRun: false,
  });
  assert.deepEqual(outcome, { added: ['anna', 'bob'], updated: [], skipped: [], problems: [] });
  assert.equal((await store.authenticate('anna', secret, from))?.home, '/anna');
  assert.equal((await store.authenticate('bob', secret, from))?.home, '/');
});

void test('one that cannot be taken keeps all of them out, and every one is named', async (t) => {
  const store = await storeWith(t, 'old');
  const outcome = store.importUsers(
    [
      imported('anna'),
      imported('weak', { hash: weak }),
      imported('old'),
      imported('no secret', { hash: undefined }),
      imported('odd\nname'),
      imported('odd home', { settings: { home: 'x' } }),
    ],
    { dryRun: false },
  );
  assert.deepEqual(
    outcome.problems.map(({ source }) => source),
    ['f:weak', 'f:old', 'f:no secret', 'f:odd\nname', 'f:odd home'],
  );
  assert.deepEqual(
    store.list().map(({ name }) => name),
    ['old'],
  );
});

void test('users who are there are changed in what the source says, or left as they are', async (t) => {
  const store = await storeWith(t, 'one', 'two', 'three');
  const outcome = store.importUsers(
    [
      imported('one', { existing: 'update', settings: { home: '/new' } }),
      imported('two', { existing: 'skip' }),
      imported('three', { existing: 'update', hash: undefined, settings: { disabled: true } }),
    ],
    { dryRun: false },
  );
  assert.deepEqual(outcome, { added: [], updated: ['one', 'three'], skipped: ['two'], problems: [] });
  assert.deepEqual(await store.authenticate('one', secret, from), { name: 'one', home: '/new', readOnly: true });
  assert.ok(await store.authenticate('two', new Secret('old'), from));
  store.update({ ...(store.get('three') ?? assert.fail()), disabled: false });
  assert.ok(await store.authenticate('three', new Secret('old'), from), 'the password stays where none is given');
});

void test('a trial tells what would be and changes nothing', async (t) => {
  const store = await storeWith(t);
  assert.deepEqual(store.importUsers([imported('anna')], { dryRun: true }).added, ['anna']);
  assert.deepEqual(store.list(), []);
});
