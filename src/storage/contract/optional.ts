/** Contract: what a backend may leave out. Where it has a method, the method keeps its promise. */

import assert from 'node:assert/strict';

import type { StorageBackend } from '../storage-backend.ts';
import { alice, bob, type ContractCase, getText, interrupt, put, refuses } from './contract-case.ts';

export const optionalCases: readonly ContractCase[] = [
  { id: 'open-part', title: 'reads an interrupted upload for its owner', needs: 'openPart', run: readsParts },
  { id: 'set-created', title: 'sets the time of creation', needs: 'setCreated', run: setsCreation },
  { id: 'set-mode', title: 'sets permission bits', needs: 'setMode', run: setsMode },
  { id: 'make-link', title: 'makes links to what is there', needs: 'makeLink', run: makesLinks },
  {
    id: 'link-moved',
    title: 'makes links that lead to the same place when they are moved',
    needs: 'makeLink',
    run: movesLinks,
  },
  { id: 'free-bytes', title: 'tells how much can be written', needs: 'freeBytes', run: tellsFreeBytes },
];

async function readsParts(backend: StorageBackend): Promise<void> {
  await put(backend, '/f', 'whole');
  assert.equal(await backend.openPart?.('/f', alice), undefined);
  await interrupt(backend, '/f', 'half of it');
  assert.equal(await backend.openPart?.('/f', bob), undefined);
  assert.equal(await backend.openPart?.('/none', alice), undefined);
  assert.equal(await backend.openPart?.('/', alice), undefined);
  const part = await backend.openPart?.('/f', alice);
  assert.ok(part !== undefined);
  assert.equal(part.size, 10);
  const buffer = Buffer.alloc(20);
  assert.equal(await part.read(buffer, 5), 5);
  assert.equal(buffer.toString('utf8', 0, 5), 'of it');
  await part.close();
  await refuses(backend.openPart?.('/f/g', alice) ?? Promise.resolve(), 'not-a-directory');
}

async function setsCreation(backend: StorageBackend): Promise<void> {
  await put(backend, '/f', 'x');
  const { modifiedMs } = await backend.stat('/f');
  await backend.setCreated?.('/f', 86_400_000);
  const entry = await backend.stat('/f');
  assert.deepEqual([entry.createdMs, entry.modifiedMs], [86_400_000, modifiedMs]);
  await refuses(backend.setCreated?.('/none', 0) ?? Promise.resolve(), 'not-found');
}

async function setsMode(backend: StorageBackend): Promise<void> {
  await backend.makeDirectory('/d');
  await put(backend, '/d/f', 'x');
  await backend.setMode?.('/d/f', 0o640);
  await backend.setMode?.('/d', 0o700);
  assert.equal((await backend.stat('/d/f')).mode, 0o640);
  assert.equal((await backend.stat('/d')).mode, 0o700);
  await put(backend, '/d/f', 'y');
  assert.equal((await backend.stat('/d/f')).mode, 0o640, 'a file that replaces another has its mode');
  await refuses(backend.setMode?.('/none', 0o644) ?? Promise.resolve(), 'not-found');
}

async function makesLinks(backend: StorageBackend): Promise<void> {
  const link = (path: string, target: string): Promise<void> => backend.makeLink?.(path, target) ?? Promise.resolve();
  await backend.makeDirectory('/d');
  await put(backend, '/d/f', 'content');
  await link('/l', '/d/f');
  assert.equal(await getText(backend, '/l'), 'content');
  await link('/d/up', '/d');
  assert.equal(await getText(backend, '/d/up/up/f'), 'content');
  await refuses(link('/l', '/d'), 'already-exists');
  await refuses(link('/m', '/none'), 'not-found');
  await refuses(link('/none/m', '/d'), 'not-found');
  await refuses(link('/', '/d'), 'already-exists');
  await refuses(link('/m', '/../d'), 'name-not-allowed');
  await backend.removeFile('/l');
  assert.equal(await getText(backend, '/d/f'), 'content', 'the end of a link is not that of its target');
}

async function movesLinks(backend: StorageBackend): Promise<void> {
  for (const path of ['/home', '/home/d', '/home/d/e']) await backend.makeDirectory(path);
  await put(backend, '/home/f', 'mine');
  await put(backend, '/f', 'of somebody else');
  await backend.makeLink?.('/home/d/e/l', '/home/f');
  await backend.rename('/home/d/e/l', '/home/l');
  assert.equal(await getText(backend, '/home/l'), 'mine');
}

async function tellsFreeBytes(backend: StorageBackend): Promise<void> {
  await put(backend, '/f', 'x');
  const bytes = await backend.freeBytes?.('/');
  assert.ok(bytes !== undefined && Number.isSafeInteger(bytes) && bytes > 0, String(bytes));
  await refuses(backend.freeBytes?.('/none') ?? Promise.resolve(0), 'not-found');
  await refuses(backend.freeBytes?.('/f') ?? Promise.resolve(0), 'not-a-directory');
}
