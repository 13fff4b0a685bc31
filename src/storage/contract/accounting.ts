/** Contract: what things hold, what their removal frees, and uploads that replace nothing. */

import assert from 'node:assert/strict';

import type { StorageBackend } from '../storage-backend.ts';
import {
  alice,
  append,
  assertPartial,
  begin,
  type ContractCase,
  getText,
  interrupt,
  names,
  put,
  refuses,
  resumeAt,
} from './contract-case.ts';

export const accountingCases: readonly ContractCase[] = [
  { id: 'usage', title: 'adds up what a folder holds, interrupted uploads included', run: addsUp },
  { id: 'freed-bytes', title: 'tells how many bytes were removed or replaced', run: tellsFreedBytes },
  { id: 'must-be-new', title: 'replaces nothing where it must not', run: replacesNothing },
  { id: 'must-be-new-late', title: 'replaces nothing that came while it was uploading', run: replacesNothingLate },
];

async function addsUp(backend: StorageBackend): Promise<void> {
  assert.deepEqual({ ...(await backend.usage('/')) }, { bytes: 0, files: 0 });
  await backend.makeDirectory('/a');
  await backend.makeDirectory('/a/b');
  await put(backend, '/a/b/f', 'four');
  await put(backend, '/g', 'seven..');
  await put(backend, '/empty', '');
  await interrupt(backend, '/a/part', '12345');
  assert.deepEqual({ ...(await backend.usage('/')) }, { bytes: 16, files: 5 });
  assert.deepEqual({ ...(await backend.usage('/a')) }, { bytes: 9, files: 2 });
  assert.deepEqual({ ...(await backend.usage('/g')) }, { bytes: 7, files: 1 });
  await refuses(backend.usage('/none'), 'not-found');
  const upload = await begin(backend, '/a/new', 'under way');
  assert.equal((await backend.usage('/a')).bytes, 18);
  await upload.discard();
  assert.deepEqual({ ...(await backend.usage('/a')) }, { bytes: 9, files: 2 });
}

async function tellsFreedBytes(backend: StorageBackend): Promise<void> {
  await put(backend, '/f', 'content');
  await put(backend, '/g', 'four');
  assert.equal(await backend.rename('/f', '/h'), undefined);
  assert.equal(await backend.rename('/h', '/g'), 4);
  assert.equal(await backend.rename('/g', '/g'), undefined);
  assert.equal(await backend.removeFile('/g'), 7);
}

async function replacesNothing(backend: StorageBackend): Promise<void> {
  await put(backend, '/f', 'old');
  await interrupt(backend, '/f', 'half');
  for (const mode of [{ kind: 'replace' } as const, append, resumeAt(2)]) {
    await refuses(backend.openWrite('/f', alice, { ...mode, mustBeNew: true }), 'already-exists');
  }
  assert.equal(await getText(backend, '/f'), 'old');
  await assertPartial(backend, '/f', 4);
  await interrupt(backend, '/g', 'half');
  const resumed = await backend.openWrite('/g', alice, { ...append, mustBeNew: true });
  assert.equal(resumed.startOffset, 4);
  await resumed.write([Buffer.from(' whole')]);
  await resumed.commit();
  assert.equal(await getText(backend, '/g'), 'half whole');
  await assertPartial(backend, '/g', undefined);
}

async function replacesNothingLate(backend: StorageBackend): Promise<void> {
  const mode = { kind: 'replace', mustBeNew: true } as const;
  const [first, second] = [await begin(backend, '/f', 'first', mode), await begin(backend, '/f', 'second', mode)];
  await first.commit();
  await refuses(second.commit(), 'already-exists');
  assert.equal(await getText(backend, '/f'), 'first');
  await assertPartial(backend, '/f', 6);
  assert.deepEqual(await names(backend, '/'), ['f']);
}
