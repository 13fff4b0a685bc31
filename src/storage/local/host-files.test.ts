import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';

import { ConfigError, StorageError } from '../../errors/index.ts';
import type { Entry } from '../../protocol/index.ts';
import { createLocalStorage, type StorageBackend } from '../index.ts';

const user = { name: 'alice' };

async function setUp(t: TestContext) {
  const root = fs.mkdtempSync(join(tmpdir(), 'twinline-files-'));
  const storage = await createLocalStorage({ root, durability: 'rename' });
  t.after(async () => {
    await storage.close();
    assert.equal(storage.openHandles(), 0);
    fs.rmSync(root, { recursive: true });
  });
  return { root, storage };
}

async function entries(storage: StorageBackend, path: string): Promise<Entry[]> {
  const all: Entry[] = [];
  for await (const batch of storage.list(path)) all.push(...batch);
  return all.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function refuses(work: Promise<unknown>, ...kinds: string[]): Promise<void> {
  return assert.rejects(work, (error) => {
    assert.ok(error instanceof StorageError && kinds.includes(error.kind), String(error));
    return true;
  });
}

test('FIFOs, sockets and devices are listed as other and refused at once, never opened to wait', async (t) => {
  const { root, storage } = await setUp(t);
  assert.equal(spawnSync('mkfifo', [join(root, 'fifo')]).status, 0);
  const server = createServer().listen(join(root, 'socket'));
  await once(server, 'listening');
  const names = ['fifo', 'socket'];
  if (spawnSync('mknod', [join(root, 'zero'), 'c', '1', '5']).status === 0) names.push('zero');
  else t.diagnostic('no device: making one is not permitted here');
  assert.deepEqual(
    (await entries(storage, '/')).map(({ name, type, size }) => ({ name, type, size })),
    names.map((name) => ({ name, type: 'other', size: undefined })),
  );
  for (const name of names) {
    await refuses(storage.openRead(`/${name}`), 'permission-denied', 'not-supported');
    for (const mode of [{ kind: 'replace' }, { kind: 'append' }, { kind: 'resume', offset: 0 }] as const) {
      await refuses(storage.openWrite(`/${name}`, user, mode), 'permission-denied');
    }
    await refuses(storage.openRead(`/${name}/x`), 'not-a-directory');
  }
  server.close();
  await once(server, 'close');
  await storage.removeFile('/fifo');
});

test('names that are no UTF-8 keep their bytes on disk and in listings', async (t) => {
  const { root, storage } = await setUp(t);
  const bytes = Buffer.from([0x63, 0x61, 0x66, 0xe9, 0xff]);
  fs.writeFileSync(Buffer.concat([Buffer.from(`${root}/`), bytes]), 'found');
  assert.deepEqual(
    (await entries(storage, '/')).map((entry) => entry.name),
    ['caf\udce9\udcff'],
  );
  const handle = await storage.openWrite('/new\udcfe', user, { kind: 'replace' });
  await handle.commit();
  await storage.rename('/caf\udce9\udcff', '/\udce9');
  const found = fs.readdirSync(root, { encoding: 'buffer' }).map((name) => name.toString('hex'));
  assert.deepEqual(found.sort(), ['6e6577fe', 'e9']);
});

test('names with control characters that others made are listed as they are', async (t) => {
  const { root, storage } = await setUp(t);
  fs.writeFileSync(join(root, 'a\r\nb'), 'x');
  assert.deepEqual(
    (await entries(storage, '/')).map((entry) => entry.name),
    ['a\r\nb'],
  );
  await refuses(storage.openRead('/a\r\nb'), 'name-not-allowed');
});

test('a folder whose name is no UTF-8 can be the root', async (t) => {
  const { root } = await setUp(t);
  const real = Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0xff, 0xe9])]);
  fs.mkdirSync(real);
  fs.symlinkSync(real, join(root, 'link'));
  const storage = await createLocalStorage({ root: join(root, 'link'), durability: 'rename' });
  const handle = await storage.openWrite('/f', user, { kind: 'replace' });
  await handle.commit();
  assert.equal((await entries(storage, '/')).length, 1);
  await storage.close();
});

test('the root may be the root of the machine', async () => {
  const storage = await createLocalStorage({ root: '/' });
  assert.equal((await storage.stat('/')).type, 'directory');
  assert.equal((await storage.stat('/proc/self')).type, 'directory');
  const handle = await storage.openRead('/proc/self/status');
  assert.ok((await handle.read(Buffer.alloc(100), 0)) > 0);
  await handle.close();
  await refuses(storage.openRead('/no/such/file'), 'not-found');
  await storage.close();
});

test('errors name the virtual path and never one of the host', async (t) => {
  const { root, storage } = await setUp(t);
  fs.mkdirSync(join(root, 'd/e'), { recursive: true });
  fs.writeFileSync(join(root, 'f'), 'x');
  const failures = [
    storage.stat('/none'),
    storage.openRead('/d'),
    storage.openRead('/f/g'),
    storage.openWrite('/d', user, { kind: 'replace' }),
    storage.openWrite('/none/f', user, { kind: 'append' }),
    storage.makeDirectory('/d'),
    storage.removeDirectory('/d'),
    storage.removeFile('/d'),
    storage.rename('/none', '/x'),
    storage.rename('/f', '/d'),
    storage.setModified('/none', 0),
    storage.stat('/bad\nname'),
    entries(storage, '/f'),
  ];
  for (const result of await Promise.allSettled(failures)) {
    assert.equal(result.status, 'rejected');
    const error: unknown = result.reason;
    assert.ok(error instanceof StorageError);
    assert.ok(!error.message.includes(root) && !error.message.includes('/proc'), error.message);
    assert.match(error.message, /^[A-Z][a-z -]+: \//);
    assert.doesNotMatch(error.message, /\n/);
  }
});

test('a root that cannot be served is a ConfigError that says why', async (t) => {
  const { root } = await setUp(t);
  fs.writeFileSync(join(root, 'file'), 'x');
  fs.symlinkSync('loop', join(root, 'loop'));
  for (const [path, reason] of [
    ['none', 'does not exist'],
    ['file', 'not a folder'],
    ['loop', 'lead nowhere'],
  ] as const) {
    await assert.rejects(createLocalStorage({ root: join(root, path) }), (error) => {
      assert.ok(error instanceof ConfigError);
      assert.ok(error.message.includes(path) && error.message.includes(reason), error.message);
      return true;
    });
  }
});

test('rights of the host are told as permission-denied', async (t) => {
  if (process.getuid?.() === 0) {
    t.skip('root may do everything');
    return;
  }
  const { root, storage } = await setUp(t);
  fs.writeFileSync(join(root, 'f'), 'x', { mode: 0o400 });
  fs.mkdirSync(join(root, 'd'), { mode: 0o500 });
  await refuses(storage.openWrite('/f', user, { kind: 'replace' }), 'permission-denied');
  await refuses(storage.openWrite('/d/f', user, { kind: 'replace' }), 'permission-denied');
  await refuses(storage.makeDirectory('/d/e'), 'permission-denied');
  assert.equal(await storage.partialSize('/f', user), undefined);
  fs.chmodSync(join(root, 'f'), 0);
  await refuses(storage.openRead('/f'), 'permission-denied');
  assert.equal((await storage.stat('/f')).size, 1);
});
