import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigError, UserStoreError } from '../errors/index.ts';
import { createAnonymousUserStore, Secret } from './index.ts';

const from = { remoteAddress: '192.0.2.1' };

void test('anonymous and ftp come in with any password, to read, and nobody else does', async () => {
  const store = createAnonymousUserStore();
  for (const name of ['anonymous', 'ftp', 'Anonymous', 'FTP']) {
    for (const password of ['', 'me@example.org']) {
      assert.deepEqual(await store.authenticate(name, new Secret(password), from), {
        name: 'anonymous',
        home: '/',
        readOnly: true,
        anonymous: true,
      });
    }
    assert.equal(await store.knows?.(name), true);
  }
  for (const name of ['', 'anonymous ', 'root']) {
    assert.equal(await store.authenticate(name, new Secret('me@example.org'), from), undefined);
    assert.equal(await store.knows?.(name), false);
  }
  await store.close();
  await assert.rejects(store.authenticate('ftp', new Secret(''), from), UserStoreError);
});

void test('uploads go to one folder, where nothing is read or changed', async () => {
  const store = createAnonymousUserStore({ home: '/pub', uploadFolder: '/incoming' });
  assert.deepEqual(await store.authenticate('ftp', new Secret(''), from), {
    name: 'anonymous',
    home: '/pub',
    readOnly: false,
    anonymous: true,
    rights: [
      { path: '/', allow: ['list', 'read'] },
      { path: '/incoming', allow: ['list', 'write'] },
    ],
  });
  for (const options of [{ home: 'pub' }, { uploadFolder: '/a/../b' }]) {
    assert.throws(() => createAnonymousUserStore(options), ConfigError);
  }
});
