/** Contract: uploads and their three ends. */

import assert from 'node:assert/strict';

import type { StorageBackend } from '../storage-backend.ts';
import {
  alice,
  assertPartial,
  begin,
  bob,
  type ContractCase,
  get,
  getText,
  interrupt,
  names,
  pattern,
  put,
  refuses,
  replace,
} from './contract-case.ts';

export const uploadingCases: readonly ContractCase[] = [
  { id: 'commit', title: 'shows an upload under its name at commit and not before', run: showsAtCommit },
  { id: 'overwrite', title: 'keeps the old content until the new one is complete', run: keepsOldContent },
  { id: 'chunks', title: 'takes chunks of any number and size', run: takesChunks },
  { id: 'empty-file', title: 'takes an empty file', run: takesEmptyFile },
  { id: 'buffers', title: 'is done with the buffers of a write when it resolves', run: copiesBuffers },
  { id: 'commit-asks', title: 'asks at the last moment of a commit whether it is wanted', run: asksBeforeTheName },
  { id: 'discard', title: 'leaves nothing of a discarded upload', run: discards },
  { id: 'keep', title: 'hides what it keeps of an interrupted upload', run: keepsHidden },
  { id: 'keep-empty', title: 'keeps nothing of an upload without a byte', run: keepsNothingOfEmpty },
  { id: 'one-end', title: 'ends an upload once: later ends have no effect', run: endsOnce },
  { id: 'end-waits', title: 'ends an upload behind the write that is under way', run: endWaitsForWrite },
  { id: 'concurrent', title: 'keeps uploads to one name apart: the last complete one wins', run: keepsUploadsApart },
  { id: 'concurrent-many', title: 'never mixes many uploads to one name', run: neverMixes },
  { id: 'upload-refusals', title: 'refuses uploads to folders and into nowhere', run: refusesUploads },
  { id: 'commit-refusal', title: 'keeps an upload whose name has become a folder', run: keepsWhenCommitFails },
];

async function showsAtCommit(backend: StorageBackend): Promise<void> {
  const handle = await begin(backend, '/f', 'content');
  assert.equal(handle.startOffset, 0);
  assert.deepEqual(await names(backend, '/'), []);
  await refuses(backend.stat('/f'), 'not-found');
  await refuses(backend.openRead('/f'), 'not-found');
  await handle.commit();
  assert.deepEqual(await names(backend, '/'), ['f']);
  assert.equal(await getText(backend, '/f'), 'content');
  assert.equal(backend.openHandles(), 0);
}

async function asksBeforeTheName(backend: StorageBackend): Promise<void> {
  await put(backend, '/f', 'old');
  const handle = await begin(backend, '/f', 'unwanted');
  await refuses(
    handle.commit(() => false),
    'aborted',
  );
  assert.equal(await getText(backend, '/f'), 'old');
  await assertPartial(backend, '/f', 8);
  await (await begin(backend, '/f', 'wanted')).commit(() => true);
  assert.equal(await getText(backend, '/f'), 'wanted');
  assert.equal(backend.openHandles(), 0);
}

async function keepsOldContent(backend: StorageBackend): Promise<void> {
  await put(backend, '/f', 'old');
  const handle = await begin(backend, '/f', 'longer and new');
  assert.equal(await getText(backend, '/f'), 'old');
  await handle.commit();
  assert.equal(await getText(backend, '/f'), 'longer and new');
  await put(backend, '/f', 's');
  assert.equal(await getText(backend, '/f'), 's');
}

async function takesChunks(backend: StorageBackend): Promise<void> {
  const content = pattern(200_000, 3);
  const handle = await backend.openWrite('/f', alice, replace);
  const many: Buffer[] = [];
  for (let index = 0; index < 3_000; index += 1) many.push(content.subarray(index * 7, index * 7 + 7));
  await handle.write(many);
  await handle.write([]);
  await handle.write([Buffer.alloc(0), content.subarray(21_000, 21_001), Buffer.alloc(0)]);
  await handle.write([content.subarray(21_001)]);
  await handle.commit();
  assert.deepEqual(await get(backend, '/f'), content);
}

async function takesEmptyFile(backend: StorageBackend): Promise<void> {
  const handle = await backend.openWrite('/f', alice, replace);
  await handle.commit();
  assert.equal((await backend.stat('/f')).size, 0);
}

async function copiesBuffers(backend: StorageBackend): Promise<void> {
  const buffer = Buffer.from('first ');
  const handle = await backend.openWrite('/f', alice, replace);
  await handle.write([buffer]);
  buffer.write('second');
  await handle.write([buffer]);
  buffer.fill(0);
  await handle.commit();
  assert.equal(await getText(backend, '/f'), 'first second');
}

async function discards(backend: StorageBackend): Promise<void> {
  await put(backend, '/f', 'old');
  const handle = await begin(backend, '/f', 'new');
  await handle.discard();
  assert.equal(await getText(backend, '/f'), 'old');
  await assertPartial(backend, '/f', undefined);
  assert.equal(backend.openHandles(), 0);
}

async function keepsHidden(backend: StorageBackend): Promise<void> {
  await put(backend, '/f', 'old');
  await interrupt(backend, '/f', 'half');
  assert.deepEqual(await names(backend, '/'), ['f']);
  assert.equal(await getText(backend, '/f'), 'old');
  assert.equal((await backend.stat('/f')).size, 3);
  assert.equal(backend.openHandles(), 0);
}

async function keepsNothingOfEmpty(backend: StorageBackend): Promise<void> {
  await interrupt(backend, '/f', 'half');
  const handle = await backend.openWrite('/f', alice, replace);
  await handle.keep();
  await assertPartial(backend, '/f', 4);
  const other = await backend.openWrite('/g', alice, replace);
  await other.keep();
  await assertPartial(backend, '/g', undefined);
}

async function endsOnce(backend: StorageBackend): Promise<void> {
  const committed = await begin(backend, '/a', 'a');
  await Promise.all([committed.commit(), committed.discard(), committed.keep()]);
  await committed.discard();
  assert.equal(await getText(backend, '/a'), 'a');
  const kept = await begin(backend, '/b', 'b');
  await Promise.all([kept.keep(), kept.commit()]);
  await refuses(backend.stat('/b'), 'not-found');
  await assertPartial(backend, '/b', 1);
  const discarded = await begin(backend, '/c', 'c');
  await Promise.all([discarded.discard(), discarded.commit()]);
  await refuses(backend.stat('/c'), 'not-found');
  for (const handle of [committed, kept, discarded]) await refuses(handle.write([Buffer.from('x')]), 'aborted');
  assert.equal(backend.openHandles(), 0);
}

async function endWaitsForWrite(backend: StorageBackend): Promise<void> {
  const content = pattern(2_000_000, 4);
  const handle = await backend.openWrite('/f', alice, replace);
  const write = handle.write([content]);
  await Promise.all([handle.commit(), write]);
  assert.deepEqual(await get(backend, '/f'), content);
}

async function keepsUploadsApart(backend: StorageBackend): Promise<void> {
  const first = await begin(backend, '/f', 'first ');
  const second = await begin(backend, '/f', 'second ', replace, bob);
  const third = await begin(backend, '/f', 'third ');
  await first.write([Buffer.from('one')]);
  await second.write([Buffer.from('two')]);
  await third.write([Buffer.from('three')]);
  await second.commit();
  assert.equal(await getText(backend, '/f'), 'second two');
  await first.commit();
  assert.equal(await getText(backend, '/f'), 'first one');
  await third.keep();
  assert.equal(await getText(backend, '/f'), 'first one');
  await assertPartial(backend, '/f', 11);
  await assertPartial(backend, '/f', undefined, bob);
}

async function neverMixes(backend: StorageBackend): Promise<void> {
  const contents = Array.from({ length: 12 }, (_, index) => pattern(50_000 + index, index + 10));
  await Promise.all(
    contents.map(async (content, index) => {
      const handle = await backend.openWrite('/f', index % 2 === 0 ? alice : bob, replace);
      for (let at = 0; at < content.length; at += 9_973) await handle.write([content.subarray(at, at + 9_973)]);
      await handle.commit();
    }),
  );
  const found = await get(backend, '/f');
  assert.ok(contents.some((content) => content.equals(found)));
  assert.deepEqual(await names(backend, '/'), ['f']);
}

async function refusesUploads(backend: StorageBackend): Promise<void> {
  await backend.makeDirectory('/d');
  await put(backend, '/f', 'x');
  for (const mode of [replace, { kind: 'append' }, { kind: 'resume', offset: 0 }] as const) {
    await refuses(backend.openWrite('/d', alice, mode), 'is-a-directory');
    await refuses(backend.openWrite('/', alice, mode), 'is-a-directory');
    await refuses(backend.openWrite('/none/f', alice, mode), 'not-found');
    await refuses(backend.openWrite('/f/g', alice, mode), 'not-a-directory');
  }
  assert.equal(backend.openHandles(), 0);
}

async function keepsWhenCommitFails(backend: StorageBackend): Promise<void> {
  const handle = await begin(backend, '/f', 'content');
  await backend.makeDirectory('/f');
  await refuses(handle.commit(), 'is-a-directory');
  assert.equal((await backend.stat('/f')).type, 'directory');
  await handle.keep();
  await handle.discard();
  await assertPartial(backend, '/f', 7);
  assert.equal(backend.openHandles(), 0);
}
