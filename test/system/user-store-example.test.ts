/** The user store of the how-to page passes the suite for user stores, and serves. */

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { hashPassword, UserStoreError, Secret } from '../../src/server/index.ts';
import { createTempFolder, runCommand, userStoreContract } from '../../src/testing/index.ts';
import { createHtpasswdUserStore, serveHtpasswd } from '../../examples/htpasswd-user-store.ts';

userStoreContract({
  name: 'the example of a user store',
  test,
  createStore: async (users) => {
    const folder = await createTempFolder();
    const lines = users.map(async ({ name, password }) => `${name}:${await hashPassword(password)}\n`);
    await writeFile(folder.join('htpasswd'), (await Promise.all(lines)).join(''));
    const store = createHtpasswdUserStore(folder.join('htpasswd'), (name) => {
      const { home, readOnly } = users.find((user) => user.name === name) ?? assert.fail(name);
      return { home, readOnly };
    });
    return { store, dispose: async () => folder[Symbol.asyncDispose]() };
  },
});

void test('the example serves the users of an htpasswd file, each in a folder of their own', async () => {
  await using folder = await createTempFolder();
  await mkdir(folder.join('root', 'anna'), { recursive: true });
  await writeFile(folder.join('root', 'anna', 'hers.txt'), 'hers');
  // As "htpasswd -B" writes it, for the password "pässwörd ✓".
  const line = 'anna:$2y$05$abcdefghijklmnopqrstuucXzl.EdFiYZ8M9ef3QFcQ5vnOe67Nqe\n';
  await writeFile(folder.join('htpasswd'), line);
  const { server, storage, users, port } = await serveHtpasswd(folder.join('htpasswd'), folder.join('root'), 0);
  try {
    const list = async (login: string) =>
      await runCommand('curl', ['-s', '-u', login, '-l', `ftp://127.0.0.1:${port}/`]);
    assert.equal((await list('anna:pässwörd ✓')).stdout.toString().trim(), 'hers.txt');
    assert.equal((await list('anna:wrong')).exitCode, 67);
  } finally {
    await server.close();
    await storage.close();
    await users.close();
  }
});

void test('the example tells a file that cannot be read from a wrong password', async () => {
  const store = createHtpasswdUserStore('/nowhere/htpasswd', () => ({ home: '/', readOnly: true }));
  await assert.rejects(store.authenticate('anna', new Secret('x'), { remoteAddress: '192.0.2.1' }), UserStoreError);
  await store.close();
});
