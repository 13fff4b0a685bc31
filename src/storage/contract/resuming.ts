/** Contract: interrupted uploads, their resumption and their end by age. */

import assert from 'node:assert/strict';

import type { StorageBackend } from '../storage-backend.ts';
import {
  alice,
  append,
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
  resumeAt,
} from './contract-case.ts';

export const resumingCases: readonly ContractCase[] = [
  { id: 'partial-size', title: 'tells the length of an interrupted upload to its user only', run: tellsPartialSize },
  { id: 'resume', title: 'resumes an interrupted upload at its end', run: resumesAtEnd },
  { id: 'resume-within', title: 'resumes within an interrupted upload and drops what is behind', run: resumesWithin },
  {
    id: 'resume-beyond',
    title: 'refuses an offset behind the end and keeps the interrupted upload',
    run: refusesBeyond,
  },
  { id: 'resume-nonsense', title: 'refuses offsets that are no whole number of bytes', run: refusesNonsense },
  { id: 'resume-file', title: 'resumes on a complete file where no upload was interrupted', run: resumesOnFile },
  { id: 'resume-twice', title: 'gives an interrupted upload to one of two resumes', run: givesPartOnce },
  { id: 'resume-interrupted', title: 'keeps a resumed upload that is interrupted again', run: keepsResumed },
  { id: 'resume-others', title: "continues nobody else's upload", run: continuesOwnOnly },
  { id: 'append', title: 'appends to a file, to an interrupted upload and to nothing', run: appends },
  { id: 'append-hidden', title: 'shows nothing of an append before its commit', run: appendsInHiding },
  { id: 'newest-part', title: 'keeps the newest interrupted upload of a user and name', run: keepsNewest },
  {
    id: 'commit-clears',
    title: "forgets a user's interrupted upload when a new one is complete",
    run: commitClearsPart,
  },
  { id: 'sweep', title: 'sweeps interrupted uploads by their age', run: sweepsByAge },
  { id: 'sweep-live', title: 'does not sweep uploads in progress', run: sparesLiveUploads },
];

async function tellsPartialSize(backend: StorageBackend): Promise<void> {
  await backend.makeDirectory('/d');
  await assertPartial(backend, '/f', undefined);
  await interrupt(backend, '/f', '12345');
  await assertPartial(backend, '/f', 5);
  await assertPartial(backend, '/f', undefined, bob);
  await assertPartial(backend, '/d/f', undefined);
  await assertPartial(backend, '/d', undefined);
  await assertPartial(backend, '/', undefined);
  await assertPartial(backend, '/F', undefined);
}

async function resumesAtEnd(backend: StorageBackend): Promise<void> {
  const content = pattern(150_000, 5);
  await interrupt(backend, '/f', content.subarray(0, 90_001));
  const handle = await begin(backend, '/f', content.subarray(90_001), resumeAt(90_001));
  assert.equal(handle.startOffset, 90_001);
  await handle.commit();
  assert.deepEqual(await get(backend, '/f'), content);
  await assertPartial(backend, '/f', undefined);
}

async function resumesWithin(backend: StorageBackend): Promise<void> {
  await interrupt(backend, '/f', '0123456789');
  const handle = await begin(backend, '/f', 'x', resumeAt(4));
  assert.equal(handle.startOffset, 4);
  await handle.commit();
  assert.equal(await getText(backend, '/f'), '0123x');
}

async function refusesBeyond(backend: StorageBackend): Promise<void> {
  await refuses(backend.openWrite('/f', alice, resumeAt(1)), 'bad-offset');
  await interrupt(backend, '/f', '01234');
  await refuses(backend.openWrite('/f', alice, resumeAt(6)), 'bad-offset');
  await assertPartial(backend, '/f', 5);
  await put(backend, '/g', 'abc');
  await refuses(backend.openWrite('/g', alice, resumeAt(4)), 'bad-offset');
  assert.equal(await getText(backend, '/g'), 'abc');
  assert.equal(backend.openHandles(), 0);
}

async function refusesNonsense(backend: StorageBackend): Promise<void> {
  await interrupt(backend, '/f', '01234');
  for (const offset of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 60]) {
    await refuses(backend.openWrite('/f', alice, resumeAt(offset)), 'bad-offset');
  }
  await assertPartial(backend, '/f', 5);
}

async function resumesOnFile(backend: StorageBackend): Promise<void> {
  const content = pattern(3_000_000, 6);
  await put(backend, '/f', content);
  const handle = await begin(backend, '/f', 'tail', resumeAt(2_500_000));
  assert.equal(handle.startOffset, 2_500_000);
  assert.deepEqual(await get(backend, '/f'), content);
  await handle.commit();
  assert.deepEqual(await get(backend, '/f'), Buffer.concat([content.subarray(0, 2_500_000), Buffer.from('tail')]));
  const fromStart = await begin(backend, '/f', 'new', resumeAt(0));
  await fromStart.commit();
  assert.equal(await getText(backend, '/f'), 'new');
}

async function givesPartOnce(backend: StorageBackend): Promise<void> {
  await interrupt(backend, '/f', '01234');
  const resumes = await Promise.allSettled([
    backend.openWrite('/f', alice, resumeAt(5)),
    backend.openWrite('/f', alice, resumeAt(5)),
  ]);
  const [winner, second] = resumes.filter((resume) => resume.status === 'fulfilled').map((resume) => resume.value);
  assert.ok(winner !== undefined && second === undefined);
  await winner.write([Buffer.from('56')]);
  await winner.commit();
  assert.equal(await getText(backend, '/f'), '0123456');
}

async function keepsResumed(backend: StorageBackend): Promise<void> {
  await interrupt(backend, '/f', '0');
  for (let length = 1; length < 6; length += 1) {
    const handle = await begin(backend, '/f', String(length), resumeAt(length));
    await handle.keep();
    await assertPartial(backend, '/f', length + 1);
  }
  const untouched = await backend.openWrite('/f', alice, resumeAt(6));
  await untouched.keep();
  await assertPartial(backend, '/f', 6);
  await (await backend.openWrite('/f', alice, resumeAt(6))).commit();
  assert.equal(await getText(backend, '/f'), '012345');
}

async function continuesOwnOnly(backend: StorageBackend): Promise<void> {
  await interrupt(backend, '/f', 'alice');
  await interrupt(backend, '/f', 'bob', bob);
  await refuses(backend.openWrite('/f', bob, resumeAt(5)), 'bad-offset');
  await (await begin(backend, '/f', '!', resumeAt(3), bob)).commit();
  assert.equal(await getText(backend, '/f'), 'bob!');
  await assertPartial(backend, '/f', 5);
  await (await begin(backend, '/f', '!', resumeAt(5))).commit();
  assert.equal(await getText(backend, '/f'), 'alice!');
}

async function appends(backend: StorageBackend): Promise<void> {
  const fresh = await begin(backend, '/f', 'one', append);
  assert.equal(fresh.startOffset, 0);
  await fresh.commit();
  const behindFile = await begin(backend, '/f', ' two', append);
  assert.equal(behindFile.startOffset, 3);
  await behindFile.commit();
  assert.equal(await getText(backend, '/f'), 'one two');
  await interrupt(backend, '/f', 'part');
  const behindPart = await begin(backend, '/f', ' done', append);
  assert.equal(behindPart.startOffset, 4);
  await behindPart.commit();
  assert.equal(await getText(backend, '/f'), 'part done');
}

async function appendsInHiding(backend: StorageBackend): Promise<void> {
  await put(backend, '/f', 'one');
  const handle = await begin(backend, '/f', ' two', append);
  assert.equal(await getText(backend, '/f'), 'one');
  assert.deepEqual(await names(backend, '/'), ['f']);
  await handle.discard();
  assert.equal(await getText(backend, '/f'), 'one');
  const kept = await begin(backend, '/f', ' three', append);
  await kept.keep();
  assert.equal(await getText(backend, '/f'), 'one');
  await assertPartial(backend, '/f', 9);
}

async function keepsNewest(backend: StorageBackend): Promise<void> {
  const older = await begin(backend, '/f', 'older and longer');
  const newer = await begin(backend, '/f', 'newer');
  await older.keep();
  await assertPartial(backend, '/f', 16);
  await newer.keep();
  await assertPartial(backend, '/f', 5);
}

async function commitClearsPart(backend: StorageBackend): Promise<void> {
  await interrupt(backend, '/f', 'half');
  await interrupt(backend, '/f', 'theirs', bob);
  await put(backend, '/f', 'whole');
  await assertPartial(backend, '/f', undefined);
  await assertPartial(backend, '/f', 6, bob);
}

async function sweepsByAge(backend: StorageBackend): Promise<void> {
  await backend.makeDirectory('/d');
  await backend.makeDirectory('/d/e');
  await put(backend, '/d/whole', 'whole');
  await interrupt(backend, '/f', '1');
  await interrupt(backend, '/d/f', '22', bob);
  await interrupt(backend, '/d/e/f', '333');
  assert.deepEqual({ ...(await backend.sweep(3_600_000)) }, { kept: 3, removed: 0, bytesRemoved: 0 });
  await assertPartial(backend, '/d/f', 2, bob);
  assert.deepEqual({ ...(await backend.sweep(-3_600_000)) }, { kept: 0, removed: 3, bytesRemoved: 6 });
  await assertPartial(backend, '/f', undefined);
  await assertPartial(backend, '/d/f', undefined, bob);
  assert.equal(await getText(backend, '/d/whole'), 'whole');
  assert.deepEqual({ ...(await backend.sweep(0)) }, { kept: 0, removed: 0, bytesRemoved: 0 });
}

async function sparesLiveUploads(backend: StorageBackend): Promise<void> {
  await interrupt(backend, '/g', '01');
  const fresh = await begin(backend, '/f', 'some');
  const resumed = await begin(backend, '/g', '2', resumeAt(2));
  assert.deepEqual({ ...(await backend.sweep(-3_600_000)) }, { kept: 0, removed: 0, bytesRemoved: 0 });
  await fresh.commit();
  await resumed.commit();
  assert.equal(await getText(backend, '/f'), 'some');
  assert.equal(await getText(backend, '/g'), '012');
  const last = await backend.openWrite('/h', alice, replace);
  await last.discard();
}
