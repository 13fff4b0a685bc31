/** Contract: the end of a backend and what is open until then. */

import assert from 'node:assert/strict';

import type { StorageBackend } from '../storage-backend.ts';
import { alice, begin, type ContractCase, makeMany, names, put, refuses, replace, resumeAt } from './contract-case.ts';

export const lifetimeCases: readonly ContractCase[] = [
  { id: 'open-handles', title: 'counts what is open', run: countsHandles },
  { id: 'close', title: 'closes what is open, at the first call of close', run: closesEverything },
  { id: 'close-running', title: 'waits at close for what is under way', run: closeWaits },
  { id: 'after-close', title: 'refuses everything after close', run: refusesAfterClose },
];

async function countsHandles(backend: StorageBackend): Promise<void> {
  await put(backend, '/f', 'x');
  assert.equal(backend.openHandles(), 0);
  const reader = await backend.openRead('/f');
  const afterReader = backend.openHandles();
  const writer = await begin(backend, '/g', 'y');
  assert.ok(afterReader > 0 && backend.openHandles() > afterReader);
  await reader.close();
  await writer.keep();
  assert.equal(backend.openHandles(), 0);
  await refuses(backend.openRead('/none'), 'not-found');
  await refuses(backend.openRead('/'), 'is-a-directory');
  await refuses(backend.openWrite('/', alice, replace), 'is-a-directory');
  await refuses(backend.openWrite('/f', alice, resumeAt(2)), 'bad-offset');
  await refuses(backend.stat('/none'), 'not-found');
  assert.equal(backend.openHandles(), 0);
}

async function closesEverything(backend: StorageBackend): Promise<void> {
  await makeMany(backend, 600);
  await put(backend, '/f', 'content');
  const reader = await backend.openRead('/f');
  const writer = await begin(backend, '/f', 'half');
  const listing = backend.list('/')[Symbol.asyncIterator]();
  assert.equal((await listing.next()).done, false);
  await Promise.all([backend.close(), backend.close()]);
  await backend.close();
  assert.equal(backend.openHandles(), 0);
  await refuses(reader.read(Buffer.alloc(1), 0), 'aborted');
  await refuses(writer.write([Buffer.from('x')]), 'aborted');
  await refuses(listing.next(), 'aborted');
  await reader.close();
  await writer.commit();
}

async function closeWaits(backend: StorageBackend): Promise<void> {
  await put(backend, '/f', 'content');
  const running = [
    backend.stat('/f'),
    backend.openRead('/f'),
    backend.openWrite('/f', alice, replace),
    names(backend, '/'),
    backend.makeDirectory('/d'),
    backend.sweep(0),
  ];
  const settled = Promise.allSettled(running);
  await backend.close();
  assert.equal(backend.openHandles(), 0);
  await settled;
  assert.equal(backend.openHandles(), 0);
}

async function refusesAfterClose(backend: StorageBackend): Promise<void> {
  await put(backend, '/f', 'x');
  await backend.close();
  const kind = 'aborted';
  await refuses(backend.stat('/f'), kind);
  await refuses(names(backend, '/'), kind);
  await refuses(backend.openRead('/f'), kind);
  await refuses(backend.openWrite('/g', alice, replace), kind);
  await refuses(backend.partialSize('/f', alice), kind);
  await refuses(backend.makeDirectory('/d'), kind);
  await refuses(backend.removeDirectory('/d'), kind);
  await refuses(backend.removeFile('/f'), kind);
  await refuses(backend.rename('/f', '/g'), kind);
  await refuses(backend.setModified('/f', 0), kind);
  await refuses(backend.sweep(0), kind);
}
