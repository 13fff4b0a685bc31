/** A clause of the storage contract as a test, and what such tests do with a backend. */

import assert from 'node:assert/strict';

import { StorageError, type StorageErrorKind } from '../../errors/index.ts';
import type { Entry } from '../../protocol/index.ts';
import type { StorageBackend, StorageUser, WriteHandle, WriteMode } from '../storage-backend.ts';

export interface ContractCase {
  /** Stable, for skipping with a reason. */
  readonly id: string;
  /** Reads on behind the name of the backend. */
  readonly title: string;
  /** A method that a backend may leave out; the case is skipped then, and says so. */
  readonly needs?: 'openPart' | 'setCreated' | 'setMode' | 'makeLink' | 'freeBytes';
  /** Gets an empty backend of its own. */
  readonly run: (backend: StorageBackend) => Promise<void>;
}

export const alice: StorageUser = { name: 'alice' };
export const bob: StorageUser = { name: 'bob' };
export const replace: WriteMode = { kind: 'replace' };
export const append: WriteMode = { kind: 'append' };

export function resumeAt(offset: number): WriteMode {
  return { kind: 'resume', offset };
}

/** Begins an upload and writes `content`; the test ends it. */
export async function begin(
  backend: StorageBackend,
  path: string,
  content: string | Buffer,
  mode: WriteMode = replace,
  user: StorageUser = alice,
): Promise<WriteHandle> {
  const handle = await backend.openWrite(path, user, mode);
  await handle.write([Buffer.from(content)]);
  return handle;
}

/** Uploads a whole file. */
export async function put(backend: StorageBackend, path: string, content: string | Buffer): Promise<void> {
  await (await begin(backend, path, content)).commit();
}

/** Makes folders with the names 0, 1, … in the root, several at a time. */
export async function makeMany(backend: StorageBackend, count: number): Promise<void> {
  for (let start = 0; start < count; start += 50) {
    const group = Array.from({ length: Math.min(50, count - start) }, (_, index) => `/${start + index}`);
    await Promise.all(group.map((path) => backend.makeDirectory(path)));
  }
}

/** Leaves an interrupted upload. */
export async function interrupt(
  backend: StorageBackend,
  path: string,
  content: string | Buffer,
  user: StorageUser = alice,
): Promise<void> {
  await (await begin(backend, path, content, replace, user)).keep();
}

/** The content of a file. */
export async function get(backend: StorageBackend, path: string): Promise<Buffer> {
  const handle = await backend.openRead(path);
  try {
    const content = Buffer.alloc(handle.size);
    for (let position = 0; position < content.length;) {
      const count = await handle.read(content.subarray(position), position);
      assert.ok(count > 0, `${path} ended at ${position} of ${content.length} bytes`);
      position += count;
    }
    return content;
  } finally {
    await handle.close();
  }
}

export async function getText(backend: StorageBackend, path: string): Promise<string> {
  return (await get(backend, path)).toString('utf8');
}

export async function entries(backend: StorageBackend, path: string): Promise<readonly Entry[]> {
  const all: Entry[] = [];
  for await (const batch of backend.list(path)) all.push(...batch);
  return all;
}

/** Sorted. */
export async function names(backend: StorageBackend, path: string): Promise<readonly string[]> {
  return (await entries(backend, path)).map((entry) => entry.name).sort();
}

/** The operation is refused with one of the kinds. */
export async function refuses(work: Promise<unknown>, ...kinds: readonly StorageErrorKind[]): Promise<void> {
  await assert.rejects(work, (error) => {
    assert.ok(error instanceof StorageError, `not a StorageError: ${String(error)}`);
    assert.ok(kinds.includes(error.kind), `${error.kind}, not ${kinds.join(' or ')}: ${error.message}`);
    return true;
  });
}

/** A part is there with this length, or none. */
export async function assertPartial(
  backend: StorageBackend,
  path: string,
  expected: number | undefined,
  user: StorageUser = alice,
): Promise<void> {
  assert.equal(await backend.partialSize(path, user), expected, `interrupted upload of ${path} by ${user.name}`);
}

/** Bytes that differ from place to place and from seed to seed. */
export function pattern(length: number, seed: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  let state = (seed * 2_654_435_761) >>> 0 || 1;
  for (let index = 0; index < length; index += 1) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[index] = state & 0xff;
  }
  return bytes;
}
