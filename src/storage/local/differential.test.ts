import assert from 'node:assert/strict';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import * as fc from 'fast-check';

import { StorageError } from '../../errors/index.ts';
import { createLocalStorage, createMemoryStorage, type StorageBackend, type WriteHandle } from '../index.ts';

const users = [{ name: 'alice' }, { name: 'bob' }] as const;

type Ending = 'commit' | 'keep' | 'discard';

/** One step of a history: what is done and to which path; `slot` numbers the uploads that are open side by side. */
type Step =
  | {
      readonly do: 'makeDirectory' | 'removeDirectory' | 'removeFile' | 'stat' | 'read' | 'list';
      readonly path: string;
    }
  | { readonly do: 'rename'; readonly path: string; readonly to: string }
  | { readonly do: 'partialSize'; readonly path: string; readonly user: 0 | 1 }
  | {
      readonly do: 'begin';
      readonly path: string;
      readonly user: 0 | 1;
      readonly slot: number;
      readonly offset: Offset;
    }
  | { readonly do: 'write'; readonly slot: number; readonly text: string }
  | { readonly do: 'end'; readonly slot: number; readonly how: Ending }
  | { readonly do: 'sweep' };

/** Undefined: replace; `append`; else where to resume. */
type Offset = number | 'append' | undefined;

const path = fc.array(fc.constantFrom('a', 'b'), { maxLength: 3 }).map((names) => `/${names.join('/')}`);
const slot = fc.constantFrom(0, 1);
const userIndex = fc.constantFrom(0 as const, 1 as const);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constantFrom('makeDirectory', 'removeDirectory', 'removeFile', 'stat', 'read', 'list'),
    path,
  }),
  fc.record({ do: fc.constant('rename'), path, to: path }),
  fc.record({ do: fc.constant('partialSize'), path, user: userIndex }),
  fc.record({
    do: fc.constant('begin'),
    path,
    user: userIndex,
    slot,
    offset: fc.constantFrom(undefined, undefined, 'append' as const, 0, 1, 3, 6),
  }),
  fc.record({ do: fc.constant('write'), slot, text: fc.constantFrom('x', 'yy', 'zzz') }),
  fc.record({ do: fc.constant('end'), slot, how: fc.constantFrom('commit', 'commit', 'keep', 'discard') }),
  fc.record({ do: fc.constant('sweep') }),
) as fc.Arbitrary<Step>;

/** So that most steps find something. */
const beginning: readonly Step[] = [
  { do: 'makeDirectory', path: '/a' },
  { do: 'makeDirectory', path: '/a/b' },
  { do: 'begin', path: '/b', user: 0, slot: 0, offset: undefined },
  { do: 'write', slot: 0, text: 'begin' },
  { do: 'end', slot: 0, how: 'commit' },
];

/** Runs steps on one backend and notes what each came to. */
class Player {
  readonly #backend: StorageBackend;
  readonly #open = new Map<number, WriteHandle>();

  constructor(backend: StorageBackend) {
    this.#backend = backend;
  }

  async play(step: Step): Promise<unknown> {
    try {
      return (await this.#do(step)) ?? 'done';
    } catch (error) {
      // A rename may be wrong in two ways at once; which is told first is nobody's business.
      if (error instanceof StorageError) return step.do === 'rename' ? 'refused' : `refused: ${error.kind}`;
      throw error;
    }
  }

  async #do(step: Step): Promise<unknown> {
    switch (step.do) {
      case 'begin':
        return this.#begin(step);
      case 'write':
        return this.#open.get(step.slot)?.write([Buffer.from(step.text)]);
      case 'end': {
        const handle = this.#open.get(step.slot);
        this.#open.delete(step.slot);
        return handle?.[step.how]();
      }
      case 'rename':
        return this.#backend.rename(step.path, step.to);
      case 'partialSize':
        return this.#backend.partialSize(step.path, users[step.user]);
      case 'sweep':
        return { ...(await this.#backend.sweep(3_600_000)) };
      case 'stat': {
        const { name, type, size } = await this.#backend.stat(step.path);
        return { name, type, size };
      }
      case 'read':
        return readText(this.#backend, step.path);
      case 'list':
        return listNames(this.#backend, step.path);
      case 'makeDirectory':
      case 'removeDirectory':
      case 'removeFile':
        return this.#backend[step.do](step.path);
      default:
        return step satisfies never;
    }
  }

  async #begin({ slot, path, user, offset }: Extract<Step, { do: 'begin' }>): Promise<unknown> {
    if (this.#open.has(slot)) return 'taken';
    const mode = typeof offset === 'number' ? ({ kind: 'resume', offset } as const) : undefined;
    const other = { kind: offset === 'append' ? 'append' : 'replace' } as const;
    const handle = await this.#backend.openWrite(path, users[user], mode ?? other);
    this.#open.set(slot, handle);
    return handle.startOffset;
  }
}

async function readText(backend: StorageBackend, path: string): Promise<string> {
  const handle = await backend.openRead(path);
  const buffer = Buffer.alloc(handle.size);
  await handle.read(buffer, 0);
  await handle.close();
  return buffer.toString();
}

async function listNames(backend: StorageBackend, path: string): Promise<string[]> {
  const all: string[] = [];
  for await (const batch of backend.list(path))
    all.push(...batch.map(({ name, type, size }) => `${name} ${type} ${size}`));
  return all.sort();
}

/** The whole tree with contents. */
async function snapshot(backend: StorageBackend, path = '/'): Promise<Record<string, string>> {
  const all: Record<string, string> = {};
  for (const line of await listNames(backend, path)) {
    const [name, type] = line.split(' ');
    const child = path === '/' ? `/${name}` : `${path}/${name}`;
    all[child] = type === 'directory' ? 'directory' : await readText(backend, child);
    if (type === 'directory') Object.assign(all, await snapshot(backend, child));
  }
  return all;
}

test('any history comes to the same on disk and in memory', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40, size: 'max' }), async (steps) => {
      const root = fs.mkdtempSync(join(tmpdir(), 'twinline-history-'));
      const disk = await createLocalStorage({ root, durability: 'rename' });
      const memory = createMemoryStorage();
      try {
        const [onDisk, inMemory] = [new Player(disk), new Player(memory)];
        for (const one of [...beginning, ...steps]) {
          assert.deepEqual(await onDisk.play(one), await inMemory.play(one), JSON.stringify(one));
        }
        assert.deepEqual(await snapshot(disk), await snapshot(memory));
      } finally {
        await Promise.all([disk.close(), memory.close()]);
        fs.rmSync(root, { recursive: true });
      }
      assert.equal(disk.openHandles(), 0);
    }),
    { numRuns: 120 },
  );
});
