/** Contract: facts, reading and listing. */

import assert from 'node:assert/strict';

import type { StorageBackend } from '../storage-backend.ts';
import { type ContractCase, entries, get, getText, makeMany, names, pattern, put, refuses } from './contract-case.ts';

export const readingCases: readonly ContractCase[] = [
  { id: 'stat-root', title: 'has a folder at / from the start, with nothing in it', run: hasRoot },
  { id: 'stat-file', title: 'tells name, type, size and time of a file', run: tellsFacts },
  { id: 'set-modified', title: 'sets modification times of files and folders', run: setsTimes },
  { id: 'read-positions', title: 'reads at any position, with several reads in flight', run: readsAnywhere },
  {
    id: 'read-old-content',
    title: 'goes on reading what was opened when the file is replaced or removed',
    run: keepsOpenContent,
  },
  { id: 'read-close', title: 'closes a reader once, after the reads in flight', run: closesReaders },
  { id: 'read-refusals', title: 'refuses to read what is no file', run: refusesToRead },
  { id: 'list', title: 'lists files and folders with their facts', run: listsFacts },
  { id: 'list-large', title: 'lists a large folder in several batches, each entry once', run: listsLargeFolder },
  { id: 'list-stop', title: 'stops listing when the consumer returns', run: stopsListing },
  { id: 'list-changes', title: 'survives changes of a folder while it is listed', run: listsWhileChanging },
  { id: 'list-refusals', title: 'refuses to list what is no folder', run: refusesToList },
];

async function hasRoot(backend: StorageBackend): Promise<void> {
  assert.equal((await backend.stat('/')).type, 'directory');
  assert.deepEqual(await names(backend, '/'), []);
}

async function tellsFacts(backend: StorageBackend): Promise<void> {
  const before = Date.now();
  await put(backend, '/a.txt', 'twelve bytes');
  const entry = await backend.stat('/a.txt');
  assert.equal(entry.name, 'a.txt');
  assert.equal(entry.type, 'file');
  assert.equal(entry.size, 12);
  assert.ok(Math.abs((entry.modifiedMs ?? 0) - before) < 60_000, `modified at ${entry.modifiedMs}`);
  assert.equal(Number.isInteger(entry.modifiedMs), true);
  await refuses(backend.stat('/b.txt'), 'not-found');
  await refuses(backend.stat('/a.txt/b'), 'not-a-directory');
}

async function setsTimes(backend: StorageBackend): Promise<void> {
  await put(backend, '/a', 'x');
  await backend.makeDirectory('/d');
  for (const path of ['/a', '/d']) {
    for (const modifiedMs of [0, 1_000, 1_352_752_415_000, 4_102_444_800_000]) {
      await backend.setModified(path, modifiedMs);
      assert.equal((await backend.stat(path)).modifiedMs, modifiedMs);
    }
  }
  await refuses(backend.setModified('/none', 0), 'not-found');
}

async function readsAnywhere(backend: StorageBackend): Promise<void> {
  const content = pattern(300_000, 1);
  await put(backend, '/f', content);
  const handle = await backend.openRead('/f');
  assert.equal(handle.size, content.length);
  const step = 70_000;
  const reads = [4, 0, 3, 1, 2].map(async (index) => {
    const buffer = Buffer.alloc(step);
    const count = await handle.read(buffer, index * step);
    assert.deepEqual(buffer.subarray(0, count), content.subarray(index * step, index * step + count));
    return count;
  });
  assert.deepEqual(await Promise.all(reads), [20_000, step, step, step, step]);
  assert.equal(await handle.read(Buffer.alloc(10), content.length), 0);
  assert.equal(await handle.read(Buffer.alloc(10), content.length + 5), 0);
  await handle.close();
}

async function keepsOpenContent(backend: StorageBackend): Promise<void> {
  await put(backend, '/f', 'old content');
  const handle = await backend.openRead('/f');
  await put(backend, '/f', 'new');
  const buffer = Buffer.alloc(11);
  assert.equal(await handle.read(buffer, 0), 11);
  assert.equal(buffer.toString(), 'old content');
  await backend.removeFile('/f');
  assert.equal(await handle.read(buffer, 4), 7);
  await handle.close();
}

async function closesReaders(backend: StorageBackend): Promise<void> {
  await put(backend, '/f', pattern(100_000, 2));
  const handle = await backend.openRead('/f');
  assert.equal(backend.openHandles() > 0, true);
  const read = handle.read(Buffer.alloc(100_000), 0);
  await Promise.all([handle.close(), handle.close()]);
  assert.equal(await read, 100_000);
  await handle.close();
  assert.equal(backend.openHandles(), 0);
  await refuses(handle.read(Buffer.alloc(1), 0), 'aborted');
}

async function refusesToRead(backend: StorageBackend): Promise<void> {
  await backend.makeDirectory('/d');
  await put(backend, '/f', 'x');
  await refuses(backend.openRead('/d'), 'is-a-directory');
  await refuses(backend.openRead('/'), 'is-a-directory');
  await refuses(backend.openRead('/none'), 'not-found');
  await refuses(backend.openRead('/none/f'), 'not-found');
  await refuses(backend.openRead('/f/g'), 'not-a-directory');
}

async function listsFacts(backend: StorageBackend): Promise<void> {
  await put(backend, '/file', 'content');
  await backend.makeDirectory('/folder');
  await put(backend, '/folder/inner', '');
  const found = new Map((await entries(backend, '/')).map((entry) => [entry.name, entry]));
  assert.deepEqual([...found.keys()].sort(), ['file', 'folder']);
  assert.deepEqual(found.get('file'), await backend.stat('/file'));
  assert.deepEqual(found.get('folder'), await backend.stat('/folder'));
  assert.deepEqual(await names(backend, '/folder'), ['inner']);
}

async function listsLargeFolder(backend: StorageBackend): Promise<void> {
  const count = 700;
  await makeMany(backend, count);
  let batches = 0;
  const found: string[] = [];
  for await (const batch of backend.list('/')) {
    assert.ok(batch.length > 0);
    batches += 1;
    found.push(...batch.map((entry) => entry.name));
  }
  assert.deepEqual(found.sort(), Array.from({ length: count }, (_, index) => String(index)).sort());
  assert.ok(batches > 1, `${batches} batches`);
}

async function stopsListing(backend: StorageBackend): Promise<void> {
  await makeMany(backend, 600);
  let seen = 0;
  for await (const batch of backend.list('/')) {
    seen += batch.length;
    break;
  }
  assert.ok(seen > 0 && seen < 600, `${seen} entries`);
  assert.equal(backend.openHandles(), 0);
}

async function listsWhileChanging(backend: StorageBackend): Promise<void> {
  await makeMany(backend, 600);
  const seen = new Set<string>();
  for await (const batch of backend.list('/')) {
    for (const { name } of batch) seen.add(name);
    for (let index = 0; index < 300; index += 1) {
      await backend.removeDirectory(`/${index}`).catch(() => undefined);
    }
  }
  for (let index = 300; index < 600; index += 1) assert.ok(seen.has(String(index)), `entry ${index} is missing`);
}

async function refusesToList(backend: StorageBackend): Promise<void> {
  await put(backend, '/f', 'x');
  await refuses(names(backend, '/f'), 'not-a-directory');
  await refuses(names(backend, '/none'), 'not-found');
  assert.equal(await getText(backend, '/f'), 'x');
  assert.equal((await get(backend, '/f')).length, 1);
}
