import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ConfigError } from '../../errors/index.ts';
import { Secret } from '../user-store.ts';
import { hashPassword, parsePasswordHash, verifyPassword } from './index.ts';

/** A test vector of the reference implementation: password "password", salt "somesalt". */
const foreign = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc';

test('a hash made by the reference implementation is verified', async () => {
  assert.equal(await verifyPassword(new Secret('password'), foreign), true);
  assert.equal(await verifyPassword(new Secret('Password'), foreign), false);
});

test('a new hash is a PHC string with the documented cost and verifies its password only', async () => {
  const hash = await hashPassword(new Secret('corrèct'));
  assert.match(hash, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  assert.equal(await verifyPassword(new Secret('corrèct'), hash), true);
  assert.equal(await verifyPassword(new Secret('correct'), hash), false);
});

test('the same password gives another hash each time', async () => {
  const cost = { memoryKiB: 64, passes: 1, parallelism: 1 };
  assert.notEqual(await hashPassword(new Secret('x'), cost), await hashPassword(new Secret('x'), cost));
});

test('an empty password is not hashed', async () => {
  await assert.rejects(hashPassword(new Secret('')), ConfigError);
});

test('hashing does not block the event loop', async () => {
  let turns = 0;
  const timer = setInterval(() => (turns += 1), 1);
  await Promise.all([1, 2, 3, 4].map(() => hashPassword(new Secret('x'))));
  clearInterval(timer);
  assert.ok(turns > 2, `${turns} turns`);
});

test('text that is not an allowed Argon2id hash is refused', () => {
  const salt = 'c29tZXNhbHQ';
  const tag = 'CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc';
  for (const text of [
    '',
    'password',
    foreign.replace('argon2id', 'argon2i'),
    foreign.replace('v=19', 'v=16'),
    `${foreign}\n`,
    `$argon2id$v=19$m=7,t=1,p=1$${salt}$${tag}`,
    `$argon2id$v=19$m=65536,t=0,p=1$${salt}$${tag}`,
    `$argon2id$v=19$m=65536,t=1,p=0$${salt}$${tag}`,
    `$argon2id$v=19$m=65536,t=65,p=1$${salt}$${tag}`,
    `$argon2id$v=19$m=2000000,t=1,p=1$${salt}$${tag}`,
    `$argon2id$v=19$m=65536,t=1,p=1$$${tag}`,
  ]) {
    assert.throws(() => parsePasswordHash(text), ConfigError, JSON.stringify(text));
  }
});
