import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UserStoreError } from '../errors/index.ts';
import { chainUserStores, createMemoryUserStore, Secret, userStoreContract, type UserStore } from './index.ts';

const from = { remoteAddress: '192.0.2.1' };

userStoreContract({
  name: 'a chain of stores',
  test,
  createStore: async ([first, ...others]) => {
    assert.ok(first);
    const stores = [createMemoryUserStore({ users: [first] }), createMemoryUserStore({ users: others })] as const;
    return { store: chainUserStores(stores), dispose: async () => {} };
  },
});

function memory(name: string, password: string, home: string): UserStore {
  return createMemoryUserStore({ users: [{ name, password: new Secret(password), home }] });
}

/** A store that cannot tell whom it knows, and counts who is asked about. */
function hook() {
  const asked: string[] = [];
  const store: UserStore = {
    authenticate: async (name) => {
      asked.push(name);
      return { name, home: '/hook', readOnly: false };
    },
    close: async () => undefined,
  };
  return { store, asked };
}

void test('the first store that knows a name answers alone, and the last for everybody else', async () => {
  const { store: last, asked } = hook();
  const store = chainUserStores([memory('ada', 'one', '/first'), memory('ada', 'two', '/second'), last]);
  assert.equal((await store.authenticate('ada', new Secret('one'), from))?.home, '/first');
  assert.equal(await store.authenticate('ada', new Secret('two'), from), undefined);
  assert.deepEqual(asked, [], 'a wrong password goes nowhere else');
  assert.equal((await store.authenticate('bob', new Secret('x'), from))?.home, '/hook');
  assert.deepEqual(asked, ['bob']);
  assert.equal(await store.knows?.('ada'), true);
  assert.equal(await store.knows?.('bob'), false);
  assert.equal(await store.findAccount?.('bob', from), undefined);
  await store.close();
});

void test('a store that fails to tell fails the login, and is not passed over', async () => {
  const broken: UserStore = {
    authenticate: () => Promise.reject(new Error('not asked')),
    knows: () => Promise.reject(new UserStoreError('ERR_TWINLINE_USER_STORE', 'broken')),
    close: async () => undefined,
  };
  const { store: last, asked } = hook();
  const store = chainUserStores([broken, last]);
  await assert.rejects(store.authenticate('ada', new Secret('x'), from), /broken/);
  assert.deepEqual(asked, []);
});
