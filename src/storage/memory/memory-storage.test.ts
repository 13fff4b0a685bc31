import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createMemoryStorage, storageContract } from '../index.ts';

storageContract({
  name: 'the storage in memory',
  test,
  createBackend: async () => ({ backend: createMemoryStorage(), dispose: async () => {} }),
});

test('the storage in memory takes its time from the given clock', async () => {
  let now = 5_000;
  const backend = createMemoryStorage({ now: () => now });
  const handle = await backend.openWrite('/f', { name: 'a' }, { kind: 'replace' });
  await handle.write([Buffer.from('half')]);
  await handle.keep();
  now += 10_000;
  assert.equal((await backend.sweep(10_000)).kept, 1);
  assert.equal((await backend.sweep(9_999)).removed, 1);
  await backend.makeDirectory('/d');
  assert.equal((await backend.stat('/d')).modifiedMs, 15_000);
  await backend.close();
});
