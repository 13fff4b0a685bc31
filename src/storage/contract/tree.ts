/** Contract: making, removing and renaming files and folders. */

import assert from 'node:assert/strict';

import type { StorageBackend } from '../storage-backend.ts';
import {
  assertPartial,
  begin,
  bob,
  type ContractCase,
  getText,
  interrupt,
  names,
  put,
  refuses,
} from './contract-case.ts';

export const treeCases: readonly ContractCase[] = [
  { id: 'make-folder', title: 'makes folders', run: makesFolders },
  { id: 'remove-folder', title: 'removes empty folders only', run: removesFolders },
  {
    id: 'remove-folder-parts',
    title: 'removes a folder that holds nothing but interrupted uploads',
    run: removesWithParts,
  },
  { id: 'remove-folder-live', title: 'does not remove a folder under an upload in progress', run: sparesFolderInUse },
  { id: 'remove-file', title: 'removes files only', run: removesFiles },
  { id: 'rename-file', title: 'renames files, within a folder and across, and replaces files', run: renamesFiles },
  { id: 'rename-folder', title: 'renames folders with what is in them', run: renamesFolders },
  { id: 'rename-refusals', title: 'refuses to rename onto folders, into itself and from nowhere', run: refusesRenames },
  {
    id: 'rename-under-upload',
    title: 'puts an upload into its folder wherever that was moved',
    run: followsMovedFolder,
  },
];

async function makesFolders(backend: StorageBackend): Promise<void> {
  await backend.makeDirectory('/a');
  await backend.makeDirectory('/a/b');
  assert.equal((await backend.stat('/a/b')).type, 'directory');
  await put(backend, '/f', 'x');
  await refuses(backend.makeDirectory('/a'), 'already-exists');
  await refuses(backend.makeDirectory('/f'), 'already-exists');
  await refuses(backend.makeDirectory('/'), 'already-exists');
  await refuses(backend.makeDirectory('/none/a'), 'not-found');
  await refuses(backend.makeDirectory('/f/a'), 'not-a-directory');
}

async function removesFolders(backend: StorageBackend): Promise<void> {
  await backend.makeDirectory('/a');
  await backend.makeDirectory('/a/b');
  await put(backend, '/f', 'x');
  await refuses(backend.removeDirectory('/a'), 'not-empty');
  await refuses(backend.removeDirectory('/f'), 'not-a-directory');
  await refuses(backend.removeDirectory('/none'), 'not-found');
  await refuses(backend.removeDirectory('/'), 'permission-denied');
  await backend.removeDirectory('/a/b');
  await backend.removeDirectory('/a');
  assert.deepEqual(await names(backend, '/'), ['f']);
}

async function removesWithParts(backend: StorageBackend): Promise<void> {
  await backend.makeDirectory('/a');
  await put(backend, '/a/f', 'x');
  await interrupt(backend, '/a/f', 'half');
  await interrupt(backend, '/a/g', 'half', bob);
  await refuses(backend.removeDirectory('/a'), 'not-empty');
  await assertPartial(backend, '/a/f', 4);
  await backend.removeFile('/a/f');
  await backend.removeDirectory('/a');
  await refuses(backend.stat('/a'), 'not-found');
  assert.deepEqual({ ...(await backend.sweep(0)) }, { kept: 0, removed: 0, bytesRemoved: 0 });
}

async function sparesFolderInUse(backend: StorageBackend): Promise<void> {
  await backend.makeDirectory('/a');
  const handle = await begin(backend, '/a/f', 'content');
  await refuses(backend.removeDirectory('/a'), 'busy');
  await handle.commit();
  assert.equal(await getText(backend, '/a/f'), 'content');
}

async function removesFiles(backend: StorageBackend): Promise<void> {
  await backend.makeDirectory('/a');
  await put(backend, '/a/f', 'x');
  await refuses(backend.removeFile('/a'), 'is-a-directory');
  await refuses(backend.removeFile('/'), 'is-a-directory');
  await refuses(backend.removeFile('/a/none'), 'not-found');
  await refuses(backend.removeFile('/a/f/g'), 'not-a-directory');
  await backend.removeFile('/a/f');
  assert.deepEqual(await names(backend, '/a'), []);
}

async function renamesFiles(backend: StorageBackend): Promise<void> {
  await backend.makeDirectory('/a');
  await put(backend, '/f', 'f');
  await put(backend, '/g', 'g');
  await backend.rename('/f', '/h');
  await backend.rename('/h', '/a/f');
  assert.deepEqual(await names(backend, '/'), ['a', 'g']);
  await backend.rename('/g', '/a/f');
  assert.equal(await getText(backend, '/a/f'), 'g');
  assert.deepEqual(await names(backend, '/'), ['a']);
  await backend.rename('/a/f', '/a/f');
  assert.equal(await getText(backend, '/a/f'), 'g');
}

async function renamesFolders(backend: StorageBackend): Promise<void> {
  await backend.makeDirectory('/a');
  await backend.makeDirectory('/a/b');
  await put(backend, '/a/b/f', 'f');
  await interrupt(backend, '/a/b/g', 'half');
  await backend.rename('/a/b', '/c');
  assert.deepEqual(await names(backend, '/a'), []);
  assert.equal(await getText(backend, '/c/f'), 'f');
  await assertPartial(backend, '/c/g', 4);
  await backend.rename('/c', '/c');
  assert.deepEqual(await names(backend, '/'), ['a', 'c']);
}

async function refusesRenames(backend: StorageBackend): Promise<void> {
  for (const path of ['/a', '/a/b', '/e']) await backend.makeDirectory(path);
  await put(backend, '/f', 'f');
  await refuses(backend.rename('/f', '/a'), 'is-a-directory', 'already-exists');
  await refuses(backend.rename('/a', '/e'), 'already-exists');
  await refuses(backend.rename('/a', '/f'), 'not-a-directory');
  await refuses(backend.rename('/a', '/a/b/c'), 'not-supported');
  await refuses(backend.rename('/', '/x'), 'permission-denied');
  await refuses(backend.rename('/f', '/'), 'is-a-directory', 'already-exists');
  await refuses(backend.rename('/none', '/x'), 'not-found');
  await refuses(backend.rename('/f', '/none/f'), 'not-found');
  await refuses(backend.rename('/f', '/f/g'), 'not-a-directory');
  assert.deepEqual(await names(backend, '/'), ['a', 'e', 'f']);
  assert.deepEqual(await names(backend, '/a'), ['b']);
}

async function followsMovedFolder(backend: StorageBackend): Promise<void> {
  await backend.makeDirectory('/a');
  const whole = await begin(backend, '/a/f', 'content');
  const half = await begin(backend, '/a/g', 'half');
  await backend.rename('/a', '/b');
  await whole.commit();
  await half.keep();
  assert.equal(await getText(backend, '/b/f'), 'content');
  await assertPartial(backend, '/b/g', 4);
  assert.deepEqual(await names(backend, '/'), ['b']);
}
