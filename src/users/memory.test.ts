import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ConfigError } from '../errors/index.ts';
import { Secret, createMemoryUserStore, hashPassword, userStoreContract, type MemoryUser } from './index.ts';

const context = { remoteAddress: '127.0.0.1' };
const cheap = { memoryKiB: 8_192, passes: 1, parallelism: 1 };

userStoreContract({
  name: 'the store in memory with plain passwords',
  test,
  createStore: async (users) => ({ store: createMemoryUserStore({ users }), dispose: async () => {} }),
});

userStoreContract({
  name: 'the store in memory with hashed passwords',
  test,
  createStore: async (users) => {
    const hashed = users.map(async (user) => ({ ...user, password: await hashPassword(user.password, cheap) }));
    return { store: createMemoryUserStore({ users: await Promise.all(hashed) }), dispose: async () => {} };
  },
});

userStoreContract({
  name: 'the store in memory with one hashed password among plain ones',
  test,
  createStore: async (users) => {
    const extra = { name: 'hashed', password: await hashPassword(new Secret('h'), cheap) };
    return { store: createMemoryUserStore({ users: [...users, extra] }), dispose: async () => {} };
  },
});

test('home and readOnly default to the whole storage and to writing', async () => {
  const store = createMemoryUserStore({ users: [{ name: 'a', password: new Secret('b') }] });
  const account = await store.authenticate('a', new Secret('b'), context);
  assert.deepEqual(account, { name: 'a', home: '/', readOnly: false });
});

test('wrong settings are refused with a ConfigError that does not repeat the password', () => {
  const password = new Secret('s3cret');
  const wrong: readonly (readonly MemoryUser[])[] = [
    [{ name: '', password }],
    [{ name: 'a', password: new Secret('') }],
    [
      { name: 'a', password },
      { name: 'a', password },
    ],
    [{ name: 'a', password: 's3cret' }],
    [{ name: 'a', password: '$argon2id$v=19$m=99999999,t=2,p=1$c29tZXNhbHQxMjM0NTY$c29tZXNhbHQxMjM0NTY3ODkwMTI' }],
    [{ name: 'a', password, home: 'relative' }],
    [{ name: 'a', password, home: '/a/../b' }],
  ];
  for (const users of wrong) {
    assert.throws(
      () => createMemoryUserStore({ users }),
      (error) => error instanceof ConfigError && !error.message.includes('s3cret'),
    );
  }
});
