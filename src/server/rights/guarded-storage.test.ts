import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { StorageError } from '../../errors/index.ts';
import { createMemoryStorage, storageContract, type StorageBackend, type WriteMode } from '../../storage/index.ts';
import { parsePathRules } from '../../users/index.ts';
import { AccessRights } from './access-rights.ts';
import { GuardedStorage } from './guarded-storage.ts';

const user = { name: 'anna' };

storageContract({
  name: 'a guarded storage that allows everything',
  test,
  createBackend: () =>
    Promise.resolve({ backend: guard(createMemoryStorage(), '/=all'), dispose: () => Promise.resolve() }),
});

function guard(inner: StorageBackend, ...rules: readonly string[]): GuardedStorage {
  return new GuardedStorage(inner, { rights: new AccessRights({ rules: parsePathRules(rules), readOnly: false }) });
}

async function put(storage: StorageBackend, path: string, text: string, mode: WriteMode = { kind: 'replace' }) {
  const upload = await storage.openWrite(path, user, mode);
  await upload.write([Buffer.from(text)]);
  await upload.commit();
}

async function text(storage: StorageBackend, path: string): Promise<string> {
  const file = await storage.openRead(path);
  const buffer = Buffer.alloc(file.size);
  await file.read(buffer, 0);
  await file.close();
  return buffer.toString();
}

async function denied(work: Promise<unknown>, words = /./): Promise<string> {
  let told = '';
  await assert.rejects(work, (error) => {
    assert.ok(error instanceof StorageError, String(error));
    assert.equal(error.kind, 'permission-denied');
    told = error.words ?? '';
    assert.match(told, words);
    return true;
  });
  return told;
}

async function names(storage: StorageBackend, path: string): Promise<string[]> {
  const all: string[] = [];
  for await (const batch of storage.list(path)) all.push(...batch.map(({ name }) => name));
  return all.sort();
}

/** A storage with `/in/old`, `/pub/f`, `/secret/s`. */
async function filled(): Promise<StorageBackend> {
  const inner = createMemoryStorage();
  for (const folder of ['/in', '/pub', '/secret']) await inner.makeDirectory(folder);
  await put(inner, '/in/old', 'old');
  await put(inner, '/pub/f', 'public');
  await put(inner, '/secret/s', 'secret');
  return inner;
}

describe('a guarded storage', () => {
  test('refuses each operation without its own right, and with every other', async () => {
    const operations: [string, (storage: StorageBackend) => Promise<unknown>][] = [
      ['read', (storage) => storage.openRead('/pub/f')],
      ['delete', (storage) => storage.removeFile('/pub/f')],
      ['mkdir', (storage) => storage.makeDirectory('/pub/new')],
      ['rmdir', (storage) => storage.removeDirectory('/pub')],
      ['rename', (storage) => storage.rename('/pub/f', '/pub/g')],
      ['attributes', (storage) => storage.setModified('/pub/f', 0)],
      ['attributes', async (storage) => storage.setMode?.('/pub/f', 0o600)],
      ['list', (storage) => names(storage, '/pub')],
      ['overwrite', (storage) => put(storage, '/pub/f', 'x')],
      ['write', (storage) => put(storage, '/pub/new', 'x')],
    ];
    for (const [right, work] of operations) {
      const inner = await filled();
      await denied(work(guard(inner, `/=all,-${right}`)), /Permission denied: you may not/);
      await denied(work(guard(inner, '/=none')));
      assert.equal(await text(inner, '/pub/f'), 'public');
      assert.deepEqual(await names(inner, '/pub'), ['f']);
    }
  });

  test('says the same of what is there and what is not, where it may not be seen', async () => {
    const storage = guard(await filled(), '/=all', '/secret=none');
    const operations = (name: string): Promise<unknown>[] => [
      storage.stat(`/secret/${name}`),
      storage.openRead(`/secret/${name}`),
      storage.openWrite(`/secret/${name}`, user, { kind: 'replace' }),
      storage.removeFile(`/secret/${name}`),
      storage.rename(`/secret/${name}`, '/x'),
      storage.rename('/pub/f', `/secret/${name}`),
      storage.setModified(`/secret/${name}`, 0),
      names(storage, `/secret/${name}`),
      storage.makeDirectory(`/secret/${name}`),
    ];
    const there = await Promise.all(operations('s').map((work) => denied(work)));
    const missing = await Promise.all(operations('t').map((work) => denied(work)));
    assert.deepEqual(there, missing);
    assert.deepEqual(await names(storage, '/'), ['in', 'pub']);
    assert.equal(await storage.partialSize('/secret/s', user), undefined);
  });

  test('lets a folder for uploads alone be entered, filled and resumed, and not be looked into', async () => {
    const storage = guard(await filled(), '/=read-only', '/in=write');
    assert.equal((await storage.stat('/in')).type, 'directory');
    await denied(names(storage, '/in'));
    await denied(storage.stat('/in/old'));
    await denied(storage.stat('/in/none'));
    await put(storage, '/in/new', 'x');
    await denied(put(storage, '/in/old', 'x'), /replace/);
    await denied(put(storage, '/in/old', 'x', { kind: 'append' }), /append/);
    const upload = await storage.openWrite('/in/half', user, { kind: 'replace' });
    await upload.write([Buffer.from('half')]);
    await upload.keep();
    assert.equal(await storage.partialSize('/in/half', user), 4);
    await put(storage, '/in/half', ' whole', { kind: 'resume', offset: 4 });
  });

  test('replaces nothing that came during an upload that may only make new files', async () => {
    const inner = await filled();
    const storage = guard(inner, '/=list,read,write');
    const upload = await storage.openWrite('/in/new', user, { kind: 'replace' });
    await put(inner, '/in/new', 'first');
    await upload.write([Buffer.from('second')]);
    await assert.rejects(upload.commit(), (error) => error instanceof StorageError && error.kind === 'already-exists');
    assert.equal(await text(inner, '/in/new'), 'first');
  });

  test('lets a log grow, and neither be cut nor replaced', async () => {
    const inner = await filled();
    const storage = guard(inner, '/=list,append');
    await put(storage, '/in/old', ' and new', { kind: 'append' });
    await put(storage, '/in/old', '!', { kind: 'resume', offset: 11 });
    assert.equal(await text(inner, '/in/old'), 'old and new!');
    await denied(put(storage, '/in/old', 'x', { kind: 'resume', offset: 3 }), /replace/);
    await denied(put(storage, '/in/old', 'x'), /replace/);
    await denied(put(storage, '/in/none', 'x', { kind: 'append' }), /upload new/);
    // What is left of an upload would replace the file.
    const part = await inner.openWrite('/in/old', user, { kind: 'replace' });
    await part.write([Buffer.from('other')]);
    await part.keep();
    await denied(put(storage, '/in/old', 'x', { kind: 'append' }));
  });

  test('wins nothing by renaming', async () => {
    const inner = await filled();
    await inner.makeDirectory('/pub/d');
    await put(inner, '/pub/d/x.key', 'key');
    const storage = guard(inner, '/=all', '/in=list,write,rename', '/secret=none', '/pub/d=all,-read');
    await denied(storage.rename('/in/old', '/old'), /gives rights that you do not have/);
    await denied(storage.rename('/secret', '/open'));
    await denied(storage.rename('/pub', '/open'), /gives rights/);
    await denied(storage.rename('/pub/f', '/secret/f'));
    await storage.rename('/pub/f', '/in/f');
    await denied(storage.rename('/in/f', '/in/old'), /replace/);
    await storage.rename('/in/f', '/in/g');
    assert.equal(await text(inner, '/secret/s'), 'secret');
  });

  test('makes links only to what may be seen', async () => {
    const made: string[] = [];
    const inner = createMemoryStorage();
    inner.makeLink = (path, target) => {
      made.push(`${path} ${target}`);
      return Promise.resolve();
    };
    const storage = guard(inner, '/=all', '/secret=none', '/pub=all,-symlink');
    await storage.makeLink?.('/l', '/pub/f');
    await denied(storage.makeLink?.('/l', '/secret/s') ?? Promise.resolve());
    await denied(storage.makeLink?.('/pub/l', '/x') ?? Promise.resolve());
    assert.deepEqual(made, ['/l /pub/f']);
  });
});

describe('the perm fact', () => {
  async function permOf(path: string, rules: readonly string[], mountPaths: readonly string[] = []): Promise<string> {
    const rights = new AccessRights({ rules: parsePathRules(rules), readOnly: false });
    const storage = new GuardedStorage(await filled(), { rights, mountPaths });
    return (await storage.stat(path)).perm ?? '';
  }

  test('has the letter of each right and no other', async () => {
    assert.equal(await permOf('/pub/f', ['/=all']), 'adfrw');
    assert.equal(await permOf('/pub/f', ['/=read-only']), 'r');
    assert.equal(await permOf('/pub/f', ['/=list,append,delete']), 'ad');
    assert.equal(await permOf('/pub', ['/=all']), 'cdeflmp');
    assert.equal(await permOf('/pub', ['/=read-only']), 'el');
    assert.equal(await permOf('/in', ['/=read-only', '/in=write']), 'ce');
    assert.equal(await permOf('/pub', ['/=all', '/pub/*=none']), 'defl');
  });

  test('does not offer to move or remove the root and mount points', async () => {
    assert.equal(await permOf('/', ['/=all']), 'celmp');
    assert.equal(await permOf('/pub', ['/=all'], ['/pub/x/y']), 'celmp');
    assert.equal(await permOf('/in', ['/=all'], ['/pub/x/y']), 'cdeflmp');
  });

  test('stands in listings, too', async () => {
    const storage = guard(await filled(), '/=read-only', '/in=write,list');
    const perms: Record<string, string | undefined> = {};
    for await (const batch of storage.list('/')) for (const { name, perm } of batch) perms[name] = perm;
    assert.deepEqual(perms, { in: 'cel', pub: 'el', secret: 'el' });
  });
});
