import assert from 'node:assert/strict';
import fs from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { alice, begin, getText, names, put, refuses, replace } from '../contract/contract-case.ts';
import { createLocalStorage, createMemoryStorage, createMountedStorage, openView, storageContract } from '../index.ts';

storageContract({
  name: 'a folder of the storage in memory',
  test,
  createBackend: async () => {
    const storage = createMemoryStorage();
    await storage.makeDirectory('/home');
    await storage.makeDirectory('/home/anna');
    return { backend: await openView(storage, '/home/anna'), dispose: () => storage.close() };
  },
});

storageContract({
  name: 'a folder of the storage on disk',
  test,
  createBackend: async () => {
    const folder = await mkdtemp(join(tmpdir(), 'twinline-view-'));
    fs.mkdirSync(join(folder, 'home/anna'), { recursive: true });
    const storage = await createLocalStorage({ root: folder, durability: 'rename' });
    const dispose = async (): Promise<void> => {
      await storage.close();
      await rm(folder, { recursive: true });
    };
    return { backend: await openView(storage, '/home/anna'), dispose };
  },
});

storageContract({
  name: 'a tree of mounts, seen from one of them,',
  test,
  createBackend: async () => {
    const tree = createMountedStorage(createMemoryStorage(), [
      { path: '/a/b', storage: createMemoryStorage() },
      { path: '/a/c', storage: createMemoryStorage() },
    ]);
    return { backend: await openView(tree, '/a/b'), dispose: () => tree.close() };
  },
});

storageContract({
  name: 'a tree without mounts',
  test,
  createBackend: () =>
    Promise.resolve({ backend: createMountedStorage(createMemoryStorage(), []), dispose: () => Promise.resolve() }),
});

describe('a folder on disk as a storage of its own', () => {
  async function setUp() {
    const base = await mkdtemp(join(tmpdir(), 'twinline-view-'));
    for (const name of ['anna', 'bob']) fs.mkdirSync(join(base, name));
    fs.writeFileSync(join(base, 'bob/secret'), 'of bob');
    const storage = await createLocalStorage({ root: base, durability: 'rename' });
    const tearDown = async (): Promise<void> => {
      await storage.close();
      assert.equal(storage.openHandles(), 0);
      await rm(base, { recursive: true });
    };
    return { base, storage, tearDown };
  }

  test('reaches nothing outside through links, not even within the storage', async () => {
    const { base, storage, tearDown } = await setUp();
    fs.symlinkSync('../bob/secret', join(base, 'anna/file'));
    fs.symlinkSync('../bob', join(base, 'anna/folder'));
    assert.equal(await getText(storage, '/anna/file'), 'of bob');
    const view = await openView(storage, '/anna');
    assert.deepEqual(await names(view, '/'), []);
    for (const path of ['/file', '/folder', '/folder/secret']) {
      await refuses(view.openRead(path), 'not-found');
      await refuses(view.stat(path), 'not-found');
      await refuses(view.removeFile(path), 'not-found');
      await refuses(view.openWrite(path, alice, replace), 'not-found');
    }
    await refuses(view.rename('/file', '/mine'), 'not-found');
    await view.close();
    await tearDown();
  });

  test('follows a link only where it is told that it may', async () => {
    const { base, storage, tearDown } = await setUp();
    fs.symlinkSync('bob', join(base, 'link'));
    fs.symlinkSync('bob/secret', join(base, 'other'));
    const asked: string[] = [];
    let allowed = true;
    const view = await openView(storage, '/', {
      mayFollow: (path, real, use) => {
        asked.push(`${path} ${real} ${use}`);
        return allowed;
      },
    });
    assert.equal(await getText(view, '/link/secret'), 'of bob');
    assert.equal(await getText(view, '/other'), 'of bob');
    await put(view, '/link/new', 'x');
    assert.deepEqual(await names(view, '/link'), ['new', 'secret']);
    assert.deepEqual(
      new Set(asked),
      new Set(['/link/secret /bob/secret entry', '/other /bob/secret entry', '/link /bob folder']),
    );
    allowed = false;
    for (const path of ['/link/secret', '/other']) {
      await refuses(view.openRead(path), 'not-found');
      await refuses(view.stat(path), 'not-found');
      await refuses(view.openWrite(path, alice, replace), 'not-found');
    }
    await refuses(view.removeFile('/link/new'), 'not-found');
    await refuses(names(view, '/link'), 'not-found');
    assert.deepEqual(await names(view, '/'), ['anna', 'bob']);
    assert.equal(await getText(view, '/bob/secret'), 'of bob');
    await view.close();
    await tearDown();
  });

  test('is closed alone, and with its storage', async () => {
    const { storage, tearDown } = await setUp();
    const [one, other] = [await openView(storage, '/anna'), await openView(storage, '/anna')];
    const upload = await begin(one, '/f', 'half');
    const kept = await begin(other, '/g', 'half');
    assert.ok(storage.openHandles() > other.openHandles());
    await one.close();
    await refuses(upload.write([Buffer.from('x')]), 'aborted');
    await refuses(one.stat('/'), 'aborted');
    assert.equal(storage.openHandles(), other.openHandles());
    await kept.write([Buffer.from('x')]);
    assert.equal(await storage.partialSize('/anna/f', alice), 4);
    await storage.close();
    await refuses(kept.write([Buffer.from('x')]), 'aborted');
    await tearDown();
  });

  test('is there before its folder is', async () => {
    const { base, storage, tearDown } = await setUp();
    const view = await openView(storage, '/carl');
    await refuses(view.stat('/'), 'not-found');
    fs.mkdirSync(join(base, 'carl'));
    await put(view, '/f', 'x');
    assert.equal(await getText(storage, '/carl/f'), 'x');
    await view.close();
    await tearDown();
  });
});

describe('a tree of mounts', () => {
  function setUp() {
    const parts = { root: createMemoryStorage(), shared: createMemoryStorage(), deep: createMemoryStorage() };
    const tree = createMountedStorage(parts.root, [
      { path: '/shared', storage: parts.shared },
      { path: '/x/y/deep', storage: parts.deep },
    ]);
    return { ...parts, tree };
  }

  test('shows mounts, and the folders on the way to them, among what else is there', async () => {
    const { tree, root, shared } = setUp();
    await put(root, '/own', 'x');
    await root.makeDirectory('/shared');
    await put(root, '/shared/covered', 'out of sight');
    await put(shared, '/f', 'shared');
    assert.deepEqual(await names(tree, '/'), ['own', 'shared', 'x']);
    assert.deepEqual(await names(tree, '/shared'), ['f']);
    assert.deepEqual(await names(tree, '/x'), ['y']);
    assert.deepEqual(await names(tree, '/x/y'), ['deep']);
    assert.deepEqual(await names(tree, '/x/y/deep'), []);
    assert.equal((await tree.stat('/x')).type, 'directory');
    assert.equal((await tree.stat('/shared')).name, 'shared');
    await root.makeDirectory('/x');
    await put(tree, '/x/f', 'in the root');
    assert.deepEqual(await names(tree, '/x'), ['f', 'y']);
    assert.equal(await getText(root, '/x/f'), 'in the root');
    await put(tree, '/x/y/deep/g', 'deep');
    await refuses(root.stat('/x/y'), 'not-found');
    await tree.close();
  });

  test('keeps its mount points where they are', async () => {
    const { tree, root } = setUp();
    await put(root, '/f', 'x');
    for (const path of ['/shared', '/x', '/x/y', '/x/y/deep']) {
      await refuses(tree.removeDirectory(path), 'permission-denied');
      await refuses(tree.rename(path, '/elsewhere'), 'permission-denied');
      await refuses(tree.rename('/f', path), 'already-exists');
      await refuses(tree.makeDirectory(path), 'already-exists');
      await refuses(tree.removeFile(path), 'is-a-directory');
      await refuses(tree.openRead(path), 'is-a-directory');
      await refuses(tree.openWrite(path, alice, replace), 'is-a-directory');
      assert.equal(await tree.partialSize(path, alice), undefined);
    }
    await tree.close();
  });

  test('renames within a storage, and not from one to another', async () => {
    const { tree, shared } = setUp();
    await put(tree, '/shared/f', 'x');
    await tree.rename('/shared/f', '/shared/g');
    assert.equal(await getText(shared, '/g'), 'x');
    await refuses(tree.rename('/shared/g', '/g'), 'not-supported');
    await refuses(tree.rename('/shared/g', '/x/y/deep/g'), 'not-supported');
    await refuses(tree.rename('/shared/none', '/g'), 'not-found');
    assert.deepEqual(await names(tree, '/shared'), ['g']);
    await tree.close();
  });
});
