import assert from 'node:assert/strict';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { Worker } from 'node:worker_threads';

import { StorageError } from '../../errors/index.ts';
import { createLocalStorage, type LocalStorage, type PathCheck, type WriteMode } from '../index.ts';

const user = { name: 'alice' };
const secret = 'the secret outside';

/** A root beside a folder that nobody may reach. */
async function setUp(pathCheck?: PathCheck) {
  const base = fs.mkdtempSync(join(tmpdir(), 'twinline-escape-'));
  const [root, outside] = [join(base, 'root'), join(base, 'root-outside')];
  fs.mkdirSync(root);
  fs.mkdirSync(join(outside, 'empty'), { recursive: true });
  fs.writeFileSync(join(outside, 'file'), secret);
  const storage = await createLocalStorage({ root, durability: 'rename', ...(pathCheck && { pathCheck }) });
  const tearDown = async () => {
    await storage.close();
    assert.equal(storage.openHandles(), 0);
    fs.rmSync(base, { recursive: true });
  };
  return { root, outside, storage, tearDown };
}

function assertUntouched(outside: string): void {
  assert.deepEqual(fs.readdirSync(outside).sort(), ['empty', 'file']);
  assert.deepEqual(fs.readdirSync(join(outside, 'empty')), []);
  assert.equal(fs.readFileSync(join(outside, 'file'), 'utf8'), secret);
  assert.notEqual(fs.statSync(join(outside, 'file')).mtimeMs, 0);
}

async function text(storage: LocalStorage, path: string): Promise<string> {
  const handle = await storage.openRead(path);
  try {
    const buffer = Buffer.alloc(handle.size);
    await handle.read(buffer, 0);
    return buffer.toString();
  } finally {
    await handle.close();
  }
}

async function names(storage: LocalStorage, path: string): Promise<string[]> {
  const all: string[] = [];
  for await (const batch of storage.list(path)) all.push(...batch.map((entry) => entry.name));
  return all.sort();
}

async function put(storage: LocalStorage, path: string, content: string, mode: WriteMode = { kind: 'replace' }) {
  const handle = await storage.openWrite(path, user, mode);
  await handle.write([Buffer.from(content)]);
  await handle.commit();
}

/** Every operation with a path, by name. */
function operations(storage: LocalStorage, path: string): Record<string, () => Promise<unknown>> {
  return {
    stat: () => storage.stat(path),
    list: () => names(storage, path),
    read: () => text(storage, path),
    replace: () => put(storage, path, 'written'),
    resume: () => put(storage, path, 'written', { kind: 'resume', offset: 3 }),
    append: () => put(storage, path, 'written', { kind: 'append' }),
    partialSize: () => storage.partialSize(path, user),
    removeFile: () => storage.removeFile(path),
    removeDirectory: () => storage.removeDirectory(path),
    renameFrom: () => storage.rename(path, '/moved'),
    renameTo: () => storage.rename('/own', path),
    setModified: () => storage.setModified(path, 0),
    setMode: async () => storage.setMode?.(path, 0o600),
    freeBytes: async () => storage.freeBytes?.(path),
    linkTo: async () => storage.makeLink?.('/new-link', path),
  };
}

async function assertRefused(work: () => Promise<unknown>, what: string, kinds: readonly string[]): Promise<void> {
  await assert.rejects(work(), (error) => {
    assert.ok(error instanceof StorageError, `${what}: ${String(error)}`);
    assert.ok(kinds.includes(error.kind), `${what}: ${error.kind}`);
    return true;
  });
}

for (const pathCheck of ['descriptor', 'realpath'] as const) {
  describe(`links, with paths checked by ${pathCheck}`, () => {
    test('links out of the root are not there for any operation, nor in listings', async () => {
      const { root, outside, storage, tearDown } = await setUp(pathCheck);
      await put(storage, '/own', 'own');
      fs.mkdirSync(join(root, 'sub'));
      const links: Record<string, string> = {
        absolute: join(outside, 'file'),
        relative: '../root-outside/file',
        folder: outside,
        'sub/up': '../../root-outside',
        parent: '..',
        chain: 'relative',
        'slash-root': '/',
        nowhere: 'no-such-name',
        loop: 'loop',
        process: '/proc/self/cwd',
      };
      for (const [name, target] of Object.entries(links)) fs.symlinkSync(target, join(root, name));
      assert.deepEqual(await names(storage, '/'), ['own', 'sub']);
      assert.deepEqual(await names(storage, '/sub'), []);
      for (const name of Object.keys(links)) {
        for (const [operation, work] of Object.entries(operations(storage, `/${name}`))) {
          await assertRefused(work, `${operation} ${name}`, ['not-found']);
        }
      }
      assert.equal(await text(storage, '/own'), 'own');
      assertUntouched(outside);
      await tearDown();
    });

    test('nothing is reached through a folder that is a link out of the root', async () => {
      const { root, outside, storage, tearDown } = await setUp(pathCheck);
      await put(storage, '/own', 'own');
      fs.symlinkSync(outside, join(root, 'link'));
      for (const path of ['/link/file', '/link/empty', '/link/new', '/link/empty/new']) {
        for (const [operation, work] of Object.entries(operations(storage, path))) {
          await assertRefused(work, `${operation} ${path}`, ['not-found']);
        }
        await assertRefused(() => storage.makeDirectory(path), `makeDirectory ${path}`, ['not-found']);
        await assertRefused(async () => storage.makeLink?.(path, '/own'), `makeLink ${path}`, ['not-found']);
      }
      assertUntouched(outside);
      await tearDown();
    });

    test('links that stay inside are followed', async () => {
      const { root, storage, tearDown } = await setUp(pathCheck);
      fs.mkdirSync(join(root, 'folder'));
      await put(storage, '/folder/file', 'content');
      fs.symlinkSync('folder', join(root, 'to-folder'));
      fs.symlinkSync(join(root, 'folder/file'), join(root, 'to-file'));
      assert.equal(await text(storage, '/to-folder/file'), 'content');
      assert.equal(await text(storage, '/to-file'), 'content');
      assert.deepEqual(await names(storage, '/to-folder'), ['file']);
      const types: Record<string, string> = {};
      for await (const batch of storage.list('/')) for (const { name, type } of batch) types[name] = type;
      assert.deepEqual(types, { folder: 'directory', 'to-folder': 'directory', 'to-file': 'file' });
      await put(storage, '/to-file', ' and more', { kind: 'append' });
      assert.equal(fs.readFileSync(join(root, 'folder/file'), 'utf8'), 'content and more');
      assert.ok(fs.lstatSync(join(root, 'to-file')).isSymbolicLink());
      await storage.removeFile('/to-file');
      await storage.rename('/to-folder', '/renamed');
      assert.equal(await text(storage, '/renamed/file'), 'content and more');
      await tearDown();
    });

    test('a link does not show the hidden files of the storage', async () => {
      const { root, storage, tearDown } = await setUp(pathCheck);
      const upload = await storage.openWrite('/f', user, { kind: 'replace' });
      await upload.write([Buffer.from('half')]);
      await upload.keep();
      const [hidden = ''] = fs.readdirSync(root);
      fs.symlinkSync(hidden, join(root, 'link'));
      assert.deepEqual(await names(storage, '/'), []);
      await assertRefused(() => text(storage, '/link'), 'read', ['not-found']);
      await tearDown();
    });
  });
}

/**
 * Swaps `/d` between a folder and a link to the outside in a thread of its own, as fast as it can, while every operation
 * runs on names below it.
 */
test('a folder that is swapped for a link out of the root at any moment lets nothing in or out', async (t) => {
  const { root, outside, storage, tearDown } = await setUp();
  if (storage.pathCheck !== 'descriptor') {
    t.skip('only the check on descriptors withstands this');
    return tearDown();
  }
  fs.mkdirSync(join(root, 'd'));
  fs.writeFileSync(join(root, 'd/file'), 'inside');
  fs.symlinkSync(outside, join(root, 'out'));
  const flag = new Int32Array(new SharedArrayBuffer(4));
  const swapper = new Worker(
    `const { workerData: { root, flag }, parentPort } = require('node:worker_threads');
     const fs = require('node:fs');
     let swaps = 0;
     const swap = () => {
       for (let i = 0; i < 200; i += 1) {
         fs.renameSync(root + '/d', root + '/inside'); fs.renameSync(root + '/out', root + '/d');
         fs.renameSync(root + '/d', root + '/out'); fs.renameSync(root + '/inside', root + '/d');
         swaps += 2;
       }
       if (Atomics.load(flag, 0) === 0) setImmediate(swap); else { parentPort.postMessage(swaps); parentPort.close(); }
     };
     swap();`,
    { eval: true, workerData: { root, flag } },
  );
  const stopped = new Promise<number>((resolve, reject) => {
    swapper.once('message', resolve);
    swapper.once('error', reject);
  });
  const seed = 20_260_101;
  const outcomes = await hammer(storage, seed, performance.now() + 1_000).finally(() => Atomics.store(flag, 0, 1));
  const swaps = await stopped;
  assertUntouched(outside);
  t.diagnostic(`seed ${seed}, ${swaps} swaps, ${JSON.stringify(outcomes)}`);
  assert.ok(outcomes.done > 0 && outcomes.refused > 0, 'the race was not run');
  await tearDown();
});

async function hammer(storage: LocalStorage, seed: number, untilMs: number) {
  const outcomes = { done: 0, refused: 0 };
  let state = seed;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const work: readonly (() => Promise<unknown>)[] = [
    async () => assert.equal(await text(storage, '/d/file'), 'inside'),
    async () => assert.ok(!(await names(storage, '/d')).includes('empty'), 'the outside was listed'),
    async () => assert.equal((await storage.stat('/d/file')).size, 'inside'.length),
    () => put(storage, '/d/file', 'inside'),
    () => put(storage, `/d/new${random(5)}`, 'x'),
    () => put(storage, '/d/file', '', { kind: 'append' }),
    () => storage.makeDirectory(`/d/folder${random(5)}`),
    () => storage.removeDirectory('/d/empty'),
    () => storage.removeDirectory(`/d/folder${random(5)}`),
    () => storage.removeFile(`/d/new${random(5)}`),
    () => storage.rename(`/d/new${random(5)}`, `/d/new${random(5)}`),
    () => storage.rename('/d/empty', '/d/folder'),
    () => storage.setModified('/d/file', 0),
  ];
  const attempt = async (): Promise<void> => {
    try {
      await work[random(work.length)]?.();
      outcomes.done += 1;
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      outcomes.refused += 1;
    }
  };
  while (performance.now() < untilMs) await Promise.all([attempt(), attempt(), attempt(), attempt()]);
  return outcomes;
}
