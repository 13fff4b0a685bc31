import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test, type TestContext } from 'node:test';
import { ConfigError, UserStoreError } from '../../errors/index.ts';
import { parseMounts } from '../account/mounts.ts';
import { parsePathRules } from '../account/rights.ts';
import { userStoreContract } from '../contract.ts';
import { hashPassword } from '../hashes/index.ts';
import { Secret } from '../user-store.ts';
import { openSqliteUserStore, type UserDirectory } from './sqlite-user-store.ts';
import type { UserRecord } from './user-record.ts';

const from = { remoteAddress: '192.0.2.1' };
const secret = new Secret('a good password');

function record(name: string, more: Partial<UserRecord> = {}): UserRecord {
  return { name, home: '/', readOnly: false, admin: false, disabled: false, allowedNetworks: [], ...more };
}

async function createFile(): Promise<{ file: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'twinline-users-'));
  return { file: join(folder, 'users.db'), remove: () => rm(folder, { recursive: true }) };
}

async function open(t: TestContext): Promise<{ store: UserDirectory; file: string }> {
  const { file, remove } = await createFile();
  const store = openSqliteUserStore(file);
  t.after(async () => {
    await store.close();
    await remove();
  });
  return { store, file };
}

userStoreContract({
  name: 'the SQLite user store',
  test,
  createStore: async (users) => {
    const { file, remove } = await createFile();
    const store = openSqliteUserStore(file);
    for (const { name, password, home, readOnly } of users) await store.add(record(name, { home, readOnly }), password);
    return { store, dispose: remove };
  },
});

void test('a user is found again after the file was closed and opened', async (t) => {
  const { store, file } = await open(t);
  await store.add(
    record('ada', { home: '/ada', onControlLoss: { graceMs: 5_000 }, missingCloseNotify: 'tolerate' }),
    secret,
  );
  await store.close();
  const again = openSqliteUserStore(file);
  t.after(() => again.close());
  assert.deepEqual(await again.authenticate('ada', secret, from), {
    name: 'ada',
    home: '/ada',
    readOnly: false,
    onControlLoss: { graceMs: 5_000 },
    missingCloseNotify: 'tolerate',
  });
});

void test('a changed password ends the old one at once, though its login was remembered', async (t) => {
  const { store } = await open(t);
  await store.add(record('ada'), secret);
  assert.ok(await store.authenticate('ada', secret, from));
  assert.ok(await store.authenticate('ada', secret, from));
  await store.setPassword('ada', new Secret('another'));
  assert.equal(await store.authenticate('ada', secret, from), undefined);
  assert.ok(await store.authenticate('ada', new Secret('another'), from));
});

void test('disabled, expired and foreign logins are refused with the right password', async (t) => {
  const { store } = await open(t);
  await store.add(record('ada'), secret);
  assert.ok(await store.authenticate('ada', secret, from));
  for (const change of [
    { disabled: true },
    { expiresMs: Date.now() - 1 },
    { allowedNetworks: ['198.51.100.0/24', '2001:db8::/32'] },
  ]) {
    store.update(record('ada', change));
    assert.equal(await store.authenticate('ada', secret, from), undefined, JSON.stringify(change));
  }
  store.update(record('ada', { allowedNetworks: ['192.0.2.0/24'], expiresMs: Date.now() + 60_000 }));
  assert.ok(await store.authenticate('ada', secret, from));
});

void test('a hash made elsewhere is taken when it is one', async (t) => {
  const { store } = await open(t);
  await store.add(record('ada'), secret);
  store.setPasswordHash('ada', await hashPassword(new Secret('imported')));
  assert.ok(await store.authenticate('ada', new Secret('imported'), from));
  assert.throws(() => store.setPasswordHash('ada', 'plain text'), ConfigError);
});

void test('wrong records, unknown names and empty passwords are refused with a reason', async (t) => {
  const { store } = await open(t);
  await store.add(record('ada'), secret);
  await assert.rejects(store.add(record('ada'), secret), /already/);
  await assert.rejects(store.add(record('b', { home: '/../etc' }), secret), /absolute path/);
  await assert.rejects(store.add(record('b', { allowedNetworks: ['10.0.0.0/99'] }), secret), /network such as/);
  await assert.rejects(store.add(record('b'), new Secret('')), /empty/);
  assert.throws(() => store.update(record('nobody')), /no user/);
  assert.throws(() => store.remove('nobody'), /no user/);
  store.remove('ada');
  assert.deepEqual(store.list(), []);
});

void test('a file that is no database, or of a newer schema, is refused with a sentence', async (t) => {
  const { store, file } = await open(t);
  await store.close();
  const database = new DatabaseSync(file);
  database.exec('PRAGMA user_version = 999');
  database.close();
  assert.throws(() => openSqliteUserStore(file), /newer Twinline/);
  await writeFile(file, 'this is not a database, and it is long enough to be looked at as one. '.repeat(20));
  assert.throws(() => openSqliteUserStore(file), UserStoreError);
});

void test('rights, mounts and limits are kept with the user', async (t) => {
  const { store, file } = await open(t);
  const settings = {
    rights: parsePathRules(['/=read-only', '/in=list,write']),
    mounts: parseMounts(['/shared=tapes:/x,read-only']),
    quotaBytes: 2 ** 40,
    quotaFiles: 1_000,
    rateUp: 1_000,
    rateDown: 2_000,
    maxSessions: 2,
    idleTimeoutMs: 60_000,
  };
  await store.add(record('ada', settings), secret);
  await store.close();
  const again = openSqliteUserStore(file);
  t.after(() => again.close());
  assert.deepEqual(await again.authenticate('ada', secret, from), {
    name: 'ada',
    home: '/',
    readOnly: false,
    ...settings,
  });
  again.update(record('ada'));
  assert.deepEqual(await again.authenticate('ada', secret, from), { name: 'ada', home: '/', readOnly: false });
});

void test('a user who was removed, disabled or has expired is not admitted any more', async (t) => {
  const { store } = await open(t);
  await store.add(record('ada'), secret);
  const admits = async () => (await store.findAccount?.('ada', from)) !== undefined;
  assert.equal(await admits(), true);
  for (const change of [{ disabled: true }, { expiresMs: Date.now() - 1 }, { allowedNetworks: ['198.51.100.0/24'] }]) {
    store.update(record('ada', change));
    assert.equal(await admits(), false, JSON.stringify(change));
    store.update(record('ada'));
    assert.equal(await admits(), true);
  }
  store.remove('ada');
  assert.equal(await admits(), false);
});
