import assert from 'node:assert/strict';
import { pbkdf2Sync } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test, type TestContext } from 'node:test';
import { UserStoreError } from '../../errors/index.ts';
import { userStoreContract } from '../contract.ts';
import { costClassOf, hashPassword, parsePasswordHash, type PasswordHash, verifyPassword } from '../hashes/index.ts';
import { Secret } from '../user-store.ts';
import { openSqliteUserStore, type UserDirectory } from './sqlite-user-store.ts';

const from = { remoteAddress: '192.0.2.1' };
const secret = new Secret('a good password');

/** The hash that passlib would make, cheap enough for tests. */
function pbkdf2(password: string, iterations = 1_000): string {
  const ab64 = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '').replaceAll('+', '.');
  const salt = Buffer.from(`salt of ${password}`.slice(0, 16));
  return `$pbkdf2-sha256$${iterations}$${ab64(salt)}$${ab64(pbkdf2Sync(password, salt, iterations, 32, 'sha256'))}`;
}

function record(name: string) {
  return { name, home: '/', readOnly: false, admin: false, disabled: false, allowedNetworks: [] };
}

/** A store that counts what it checks, by kind of work. */
async function open(t: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), 'twinline-logins-'));
  const file = join(folder, 'users.db');
  const work: string[] = [];
  const verify = (password: Secret, hash: string | PasswordHash, signal?: AbortSignal): Promise<boolean> => {
    work.push(costClassOf(typeof hash === 'string' ? parsePasswordHash(hash) : hash));
    return verifyPassword(password, hash, signal);
  };
  const store = openSqliteUserStore(file, { verify });
  t.after(async () => {
    await store.close();
    await rm(folder, { recursive: true });
  });
  return { store, file, work };
}

function storedHash(file: string, name: string): string {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    const row = database.prepare('SELECT password_hash FROM users WHERE name = ?').get(name);
    return (row as { password_hash: string }).password_hash;
  } finally {
    database.close();
  }
}

/** The kind of work that a refused login does. */
async function workOf(store: UserDirectory, work: string[], name: string): Promise<string> {
  work.length = 0;
  assert.equal(await store.authenticate(name, new Secret('wrong'), from), undefined);
  assert.equal(work.length, 1, `${name}: ${work.join(', ')}`);
  return work[0] ?? '';
}

userStoreContract({
  name: 'the SQLite user store with hashes of another program',
  test,
  createStore: async (users) => {
    const folder = await mkdtemp(join(tmpdir(), 'twinline-logins-'));
    const store = openSqliteUserStore(join(folder, 'users.db'));
    for (const { name, password, home, readOnly } of users) {
      await store.add({ ...record(name), home, readOnly }, pbkdf2(password.reveal(), 20_000));
    }
    return { store, dispose: () => rm(folder, { recursive: true }) };
  },
});

void test('the hash of another program becomes Argon2id at the first login, and the password stays', async (t) => {
  const { store, file, work } = await open(t);
  await store.add(record('ada'), pbkdf2('a good password'));
  assert.equal(await store.authenticate('ada', new Secret('wrong'), from), undefined);
  assert.match(storedHash(file, 'ada'), /^\$pbkdf2/);
  assert.ok(await store.authenticate('ada', secret, from));
  assert.match(storedHash(file, 'ada'), /^\$argon2id\$/);
  work.length = 0;
  assert.ok(await store.authenticate('ada', secret, from));
  assert.deepEqual(work, [], 'the login is remembered under the new hash');
  const other = openSqliteUserStore(file);
  t.after(() => other.close());
  assert.ok(await other.authenticate('ada', secret, from));
  assert.equal(await other.authenticate('ada', new Secret('wrong'), from), undefined);
});

void test('a password that is changed while the old one is checked is not overwritten by the upgrade', async (t) => {
  const { store, file } = await open(t);
  await store.add(record('ada'), pbkdf2('a good password', 200_000));
  const login = store.authenticate('ada', secret, from);
  const changed = await hashPassword(new Secret('another'), { memoryKiB: 64, passes: 1, parallelism: 1 });
  store.setPasswordHash('ada', changed);
  await login;
  assert.equal(storedHash(file, 'ada'), changed);
});

void test('a login does not wait for another process that writes, and its hash is made anew the next time', async (t) => {
  const { store, file } = await open(t);
  await store.add(record('ada'), pbkdf2('a good password'));
  const other = new DatabaseSync(file);
  other.exec('BEGIN IMMEDIATE');
  const before = performance.now();
  assert.ok(await store.authenticate('ada', secret, from));
  assert.ok(performance.now() - before < 4_000, 'the wait for a writer would be five seconds');
  other.exec('COMMIT');
  other.close();
  assert.match(storedHash(file, 'ada'), /^\$pbkdf2/);
  assert.ok(await store.authenticate('ada', secret, from));
  assert.match(storedHash(file, 'ada'), /^\$argon2id/);
});

void test('a user who is disabled while the password is checked stays out', async (t) => {
  const { store } = await open(t);
  await store.add(record('ada'), secret);
  const login = store.authenticate('ada', secret, from);
  store.update({ ...record('ada'), disabled: true });
  assert.equal(await login, undefined);
});

void test('an empty password never opens, even where another program has hashed it', async (t) => {
  const { store } = await open(t);
  await store.add(record('ada'), pbkdf2(''));
  assert.equal(await store.authenticate('ada', new Secret(''), from), undefined);
});

void test('a login is worked on once, however many ask for it at once, and then remembered', async (t) => {
  const { store, work } = await open(t);
  await store.add(record('ada'), secret);
  const logins = await Promise.all(Array.from({ length: 5 }, () => store.authenticate('ada', secret, from)));
  assert.deepEqual(
    logins.map((account) => account?.name),
    Array.from({ length: 5 }, () => 'ada'),
  );
  assert.equal(work.length, 1);
  await store.authenticate('ada', secret, { remoteAddress: '2001:db8::1' });
  assert.equal(work.length, 1);
});

void test('a password that another process changes ends a remembered login at once', async (t) => {
  const { store, file } = await open(t);
  await store.add(record('ada'), secret);
  assert.ok(await store.authenticate('ada', secret, from));
  const other = openSqliteUserStore(file);
  await other.setPassword('ada', new Secret('another'));
  await other.close();
  assert.equal(await store.authenticate('ada', secret, from), undefined);
});

void test('an unknown name costs the same work as a known one: Argon2id where all have that', async (t) => {
  const { store, work } = await open(t);
  const ofNobody = await workOf(store, work, 'nobody');
  await store.add(record('ada'), secret);
  assert.equal(await workOf(store, work, 'ada'), ofNobody);
  assert.match(ofNobody, /^\$argon2id\$19456,2,1/);
});

void test('unknown names are spread over the kinds of work as the known ones are, each always the same way', async (t) => {
  const { store, file, work } = await open(t);
  for (const index of [1, 2, 3]) await store.add(record(`old-${index}`), pbkdf2('x'));
  await store.add(record('new'), secret);
  const known = await workOf(store, work, 'old-1');
  const names = Array.from({ length: 60 }, (_, index) => `nobody-${index}`);
  const before = await Promise.all(names.map((name) => workOfNobody(store, work, name)));
  const share = before.filter((kind) => kind === known).length / names.length;
  assert.ok(share > 0.5 && share < 0.95, `${share} of the unknown names cost what three of four known ones cost`);
  const again = openSqliteUserStore(file, { verify: countingInto(work) });
  t.after(() => again.close());
  const after = await Promise.all(names.map((name) => workOfNobody(again, work, name)));
  assert.deepEqual(after, before, 'also after a restart');
});

function countingInto(work: string[]): typeof verifyPassword {
  return async (_password, hash) => {
    work.push(costClassOf(typeof hash === 'string' ? parsePasswordHash(hash) : hash));
    return false;
  };
}

/** The work is named before the first wait, so that names can be asked about at once. */
async function workOfNobody(store: UserDirectory, work: string[], name: string): Promise<string> {
  const index = work.length;
  const login = store.authenticate(name, new Secret('wrong'), from);
  const kind = work[index] ?? assert.fail('no work');
  assert.equal(await login, undefined);
  return kind;
}

void test('a name that nobody has is not let in with the password of the user whose hash stands in', async (t) => {
  const { store } = await open(t);
  await store.add(record('ada'), secret);
  for (let round = 0; round < 2; round += 1) {
    assert.equal(await store.authenticate('nobody', secret, from), undefined);
  }
});

void test('a stored hash that cannot be checked is an error of the store, not a wrong password', async (t) => {
  const { store, file } = await open(t);
  await store.add(record('ada'), secret);
  const database = new DatabaseSync(file);
  database.exec("UPDATE users SET password_hash = '$1$saltsalt$WAwO/FqFlP1FzuCVsHzeT1'");
  database.close();
  await assert.rejects(store.authenticate('ada', secret, from), UserStoreError);
});
