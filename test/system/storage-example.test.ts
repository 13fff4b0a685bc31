/** The storage backend of the how-to page passes the suite for storages, and serves. */

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { createMemoryStorage } from '../../src/server/index.ts';
import { storageContract } from '../../src/testing/index.ts';
import { JournalStorage } from '../../examples/journal-storage.ts';
import { upload } from '../fixtures/clear-transfers.ts';
import { startServer } from '../fixtures/start-server.ts';

storageContract({
  name: 'the example of a storage',
  test,
  createBackend: () =>
    Promise.resolve({
      backend: new JournalStorage(createMemoryStorage(), () => undefined),
      dispose: () => Promise.resolve(),
    }),
});

void test('the example notes what clients change, also in a home of their own', async () => {
  const lines: string[] = [];
  const storage = new JournalStorage(createMemoryStorage(), (line) => lines.push(line));
  await storage.makeDirectory('/home');
  await storage.makeDirectory('/home/guest');
  await using server = await startServer({ tls: 'optional', files: storage });
  await using client = await server.session({ user: 'guest', protection: 'plain' });
  assert.match(await upload(client, 'STOR a', 'content'), /^226/);
  await client.expect(350, 'RNFR a');
  await client.expect(250, 'RNTO b');
  await client.expect(250, 'DELE b');
  assert.deepEqual(lines.slice(2), [
    'guest wrote "/home/guest/a"',
    'renamed "/home/guest/a" to "/home/guest/b"',
    'removed "/home/guest/b", 7 bytes',
  ]);
});
