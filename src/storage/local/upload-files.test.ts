import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';

import { StorageError } from '../../errors/index.ts';
import { createLocalStorage, type Durability, type StorageBackend, type WriteMode } from '../index.ts';

const user = { name: 'alice' };
const hour = 3_600_000;

async function setUp(t: TestContext, durability: Durability = 'fsync') {
  const root = fs.mkdtempSync(join(tmpdir(), 'twinline-uploads-'));
  const storage = await createLocalStorage({ root, durability });
  t.after(async () => {
    await storage.close();
    assert.equal(storage.openHandles(), 0);
    fs.rmSync(root, { recursive: true });
  });
  return { root, storage };
}

async function begin(storage: StorageBackend, path: string, content: string, mode: WriteMode = { kind: 'replace' }) {
  const handle = await storage.openWrite(path, user, mode);
  await handle.write([Buffer.from(content)]);
  return handle;
}

function refuses(work: Promise<unknown>, kind: string): Promise<void> {
  return assert.rejects(work, (error) => error instanceof StorageError && error.kind === kind);
}

/** Runs this source in a process of its own, with `storage` open on `root`, and resolves at its first line of output. */
async function runElsewhere(root: string, source: string) {
  const program = `
    import { createLocalStorage } from ${JSON.stringify(new URL('../index.ts', import.meta.url).href)};
    const storage = await createLocalStorage({ root: ${JSON.stringify(root)} });
    const user = { name: 'alice' };
    ${source}`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [line] = await once(child.stdout, 'data');
  return { child, line: String(line).trim() };
}

test('226 means on disk: the file is synced, then renamed, then its folder is synced', async (t) => {
  const { root, storage } = await setUp(t);
  const calls: string[] = [];
  const handle = await begin(storage, '/f', 'content');
  for (const name of ['fdatasync', 'fsync', 'rename'] as const) {
    const original = fs[name] as (...parameters: unknown[]) => void;
    t.mock.method(fs, name, (...parameters: unknown[]) => {
      const [subject] = parameters;
      const isFolder = typeof subject === 'number' && fs.fstatSync(subject).isDirectory();
      calls.push(`${name}${typeof subject === 'number' ? (isFolder ? ' folder' : ' file') : ''}`);
      original(...parameters);
    });
  }
  await handle.commit();
  assert.deepEqual(calls, ['fdatasync file', 'rename', 'fsync folder']);
  calls.length = 0;
  await storage.makeDirectory('/d');
  await storage.rename('/f', '/d/f');
  assert.deepEqual(calls, ['fsync folder', 'rename', 'fsync folder', 'fsync folder']);
  assert.deepEqual(fs.readdirSync(root), ['d']);
});

test('with durability rename nothing is synced', async (t) => {
  const { storage } = await setUp(t, 'rename');
  const [data, all] = [t.mock.method(fs, 'fdatasync'), t.mock.method(fs, 'fsync')];
  await (await begin(storage, '/f', 'content')).commit();
  await (await begin(storage, '/f', 'content')).keep();
  await storage.makeDirectory('/d');
  assert.equal(data.mock.callCount() + all.mock.callCount(), 0);
});

test('an upload that the disk did not take is refused at commit, nothing of it is kept, the old content stands', async (t) => {
  const { root, storage } = await setUp(t);
  await (await begin(storage, '/f', 'old')).commit();
  const handle = await begin(storage, '/f', 'new');
  t.mock.method(fs, 'fdatasync', (_fd: number, done: (error: Error) => void) =>
    done(Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO', syscall: 'fdatasync' })),
  );
  await refuses(handle.commit(), 'io');
  assert.deepEqual(fs.readdirSync(root), ['f']);
  assert.equal(fs.readFileSync(join(root, 'f'), 'utf8'), 'old');
  const interrupted = await begin(storage, '/f', 'new');
  await interrupted.keep();
  assert.equal(await storage.partialSize('/f', user), undefined);
});

test('an upload is never committed behind a write that failed', async (t) => {
  const { root, storage } = await setUp(t);
  const handle = await begin(storage, '/f', 'one');
  const failure = t.mock.method(fs, 'write', (...parameters: unknown[]) =>
    (parameters.at(-1) as (error: Error) => void)(
      Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', syscall: 'write' }),
    ),
  );
  await refuses(handle.write([Buffer.from('two')]), 'no-space');
  failure.mock.restore();
  await refuses(handle.commit(), 'io');
  assert.equal(fs.existsSync(join(root, 'f')), false);
  assert.equal(await storage.partialSize('/f', user), 3);
});

test('a new file gets mode 644, a replaced one keeps its own, and the hidden file is not more open', async (t) => {
  const { root, storage } = await setUp(t);
  const mode = (name: string) => fs.statSync(join(root, name)).mode & 0o7777;
  const before = process.umask(0o022);
  t.after(() => process.umask(before));
  await (await begin(storage, '/new', 'x')).commit();
  assert.equal(mode('new'), 0o644);
  fs.writeFileSync(join(root, 'private'), 'old');
  fs.chmodSync(join(root, 'private'), 0o4600);
  const handle = await begin(storage, '/private', 'x');
  const [hidden = ''] = fs.readdirSync(root).filter((name) => name.startsWith('.twinline-'));
  assert.equal(mode(hidden), 0o600);
  await handle.commit();
  assert.equal(mode('private'), 0o600);
  fs.chmodSync(join(root, 'new'), 0o664);
  await (await begin(storage, '/new', 'y', { kind: 'append' })).commit();
  assert.equal(mode('new'), 0o664);
  process.umask(0o027);
  await (await begin(storage, '/strict', 'x')).commit();
  assert.equal(mode('strict'), 0o640);
});

test('an upload that a killed process left is found by a sweep and resumed by its user', async (t) => {
  const { root, storage } = await setUp(t);
  await storage.makeDirectory('/d');
  await (await begin(storage, '/d/f', 'old')).commit();
  const { child } = await runElsewhere(
    root,
    `const handle = await storage.openWrite('/d/f', user, { kind: 'replace' });
     await handle.write([Buffer.from('half a fi')]);
     const empty = await storage.openWrite('/d/g', user, { kind: 'replace' });
     console.log('written');
     setInterval(() => {}, 1000);`,
  );
  assert.deepEqual(
    { ...(await storage.sweep(hour)) },
    { kept: 0, removed: 0, bytesRemoved: 0 },
    'a live upload was swept',
  );
  assert.equal(await storage.partialSize('/d/f', user), undefined);
  child.kill('SIGKILL');
  await once(child, 'exit');
  assert.equal(fs.readFileSync(join(root, 'd/f'), 'utf8'), 'old');
  assert.deepEqual({ ...(await storage.sweep(hour)) }, { kept: 1, removed: 1, bytesRemoved: 0 });
  assert.equal(await storage.partialSize('/d/f', user), 9);
  assert.equal(await storage.partialSize('/d/f', { name: 'bob' }), undefined);
  await (await begin(storage, '/d/f', 'le', { kind: 'resume', offset: 9 })).commit();
  assert.equal(fs.readFileSync(join(root, 'd/f'), 'utf8'), 'half a file');
  assert.deepEqual(fs.readdirSync(join(root, 'd')), ['f']);
});

/** Leaves an upload of `/f` with this content behind a dead process of an earlier boot, with so many bytes noted as synced. */
async function leaveFromBeforeRestart(root: string, content: string, syncedBytes: number): Promise<void> {
  const { child } = await runElsewhere(
    root,
    `const handle = await storage.openWrite('/f', user, { kind: 'replace' });
     await handle.write([Buffer.from(${JSON.stringify(content)})]);
     console.log('written');
     process.kill(process.pid, 'SIGKILL');`,
  );
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  const name = fs.readdirSync(root).find((entry) => entry.startsWith('.twinline-up-')) ?? '';
  const other = name.replace(/\.[0-9a-f]+-([0-9a-f]{16})-[0-9a-z]+$/, `.00000001-$1-${syncedBytes.toString(36)}`);
  assert.notEqual(other, name);
  fs.renameSync(join(root, name), join(root, other));
}

test('after a restart of the machine an upload is worth what is known to be on disk, and its age stays', async (t) => {
  const { root, storage } = await setUp(t);
  await leaveFromBeforeRestart(root, 'half a \0\0\0', 7);
  const [name = ''] = fs.readdirSync(root);
  fs.utimesSync(join(root, name), 1_000, 1_000);
  assert.deepEqual({ ...(await storage.sweep(Date.now())) }, { kept: 1, removed: 0, bytesRemoved: 0 });
  assert.equal(await storage.partialSize('/f', user), 7);
  const [part = ''] = fs.readdirSync(root);
  assert.equal(fs.statSync(join(root, part)).mtimeMs, 1_000_000);
  await (await begin(storage, '/f', 'file', { kind: 'resume', offset: 7 })).commit();
  assert.equal(fs.readFileSync(join(root, 'f'), 'utf8'), 'half a file');
});

test('after a restart of the machine nothing is kept of an upload that was never synced', async (t) => {
  const { root, storage } = await setUp(t);
  await leaveFromBeforeRestart(root, 'half', 0);
  assert.deepEqual({ ...(await storage.sweep(hour)) }, { kept: 0, removed: 1, bytesRemoved: 4 });
  assert.deepEqual(fs.readdirSync(root), []);
});

test('an upload says in its name what is synced of it: what it resumes at once, the rest as it is written back', async (t) => {
  const { root, storage } = await setUp(t);
  const synced = () =>
    Number.parseInt(/^\.twinline-up-.*-([0-9a-z]+)$/.exec(fs.readdirSync(root)[0] ?? '')?.[1] ?? '', 36);
  const first = await begin(storage, '/f', '0123456789');
  assert.equal(synced(), 0);
  await first.keep();
  const handle = await storage.openWrite('/f', user, { kind: 'resume', offset: 4 });
  assert.equal(synced(), 4);
  const chunk = Buffer.alloc(1024 * 1024, 1);
  const sync = t.mock.method(fs, 'fdatasync');
  for (let i = 0; i < 33; i += 1) await handle.write([chunk]);
  assert.equal(sync.mock.callCount(), 1);
  const step = 4 + 32 * 1024 * 1024;
  while (synced() < step) await new Promise(setImmediate);
  assert.equal(synced(), step);
  await handle.commit();
  assert.deepEqual(fs.readdirSync(root), ['f']);
  assert.equal(fs.statSync(join(root, 'f')).size, 4 + 33 * chunk.length);
});

test('an upload that ends while its bytes are written back leaves no second name', async (t) => {
  const { root, storage } = await setUp(t);
  const chunk = Buffer.alloc(33 * 1024 * 1024, 1);
  for (const end of ['commit', 'keep', 'discard'] as const) {
    const handle = await storage.openWrite(`/${end}`, user, { kind: 'replace' });
    await handle.write([chunk]);
    await handle[end]();
  }
  const [part, ...rest] = fs.readdirSync(root).toSorted();
  assert.deepEqual([part?.slice(0, 15), ...rest], ['.twinline-part-', 'commit']);
});

test('a sweep leaves the uploads of other live processes and of other storages of this process alone', async (t) => {
  const { root, storage } = await setUp(t);
  const other = await createLocalStorage({ root });
  const handle = await begin(storage, '/f', 'half');
  const { child, line } = await runElsewhere(root, `console.log(JSON.stringify(await storage.sweep(-1e9)));`);
  await once(child, 'exit');
  assert.equal(line, '{"kept":0,"removed":0,"bytesRemoved":0}');
  assert.equal((await other.sweep(-1e9)).removed, 0);
  await other.close();
  await handle.commit();
  assert.equal(fs.readFileSync(join(root, 'f'), 'utf8'), 'half');
});

test('of two interrupted uploads of one user and name, a sweep keeps the newer', async (t) => {
  const { root, storage } = await setUp(t);
  for (const [content, seconds] of [
    ['older', 1_000],
    ['newest of all', 3_000],
    ['newer', 2_000],
  ] as const) {
    const { child } = await runElsewhere(
      root,
      `const handle = await storage.openWrite('/f', user, { kind: 'replace' });
       await handle.write([Buffer.from(${JSON.stringify(content)})]);
       console.log('written');
       process.kill(process.pid, 'SIGKILL');`,
    );
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    const dead = fs.readdirSync(root).find((name) => name.startsWith('.twinline-up-')) ?? '';
    fs.utimesSync(join(root, dead), seconds, seconds);
    const rescued = await storage.sweep(Date.now());
    assert.equal(rescued.kept, 1);
  }
  assert.equal(await storage.partialSize('/f', user), 'newest of all'.length);
  assert.deepEqual({ ...(await storage.sweep(hour)) }, { kept: 0, removed: 1, bytesRemoved: 13 });
  assert.deepEqual(fs.readdirSync(root), []);
});

test('a sweep leaves hidden files alone that it does not know', async (t) => {
  const { root, storage } = await setUp(t);
  fs.mkdirSync(join(root, 'd'));
  for (const name of ['.twinline-future', '.twinline-part-x', 'd/.twinline-up-1-2-3-4'])
    fs.writeFileSync(join(root, name), 'x');
  assert.deepEqual({ ...(await storage.sweep(-hour)) }, { kept: 0, removed: 0, bytesRemoved: 0 });
  assert.equal(fs.existsSync(join(root, '.twinline-part-x')), true);
  await refuses(storage.removeDirectory('/d'), 'not-empty');
});

test('a full disk is told as no-space, the old content stands, and the upload can be resumed when there is space', async (t) => {
  const root = fs.mkdtempSync(join(tmpdir(), 'twinline-full-'));
  t.after(() => fs.rmSync(root, { recursive: true }));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', root]);
  if (mounted.status !== 0) {
    t.skip('a small file system cannot be mounted here');
    return;
  }
  try {
    const storage = await createLocalStorage({ root });
    await (await begin(storage, '/f', 'old')).commit();
    await (await begin(storage, '/ballast', 'x'.repeat(500_000))).commit();
    const handle = await storage.openWrite('/f', user, { kind: 'replace' });
    const content = Buffer.alloc(900_000, 7);
    await refuses(handle.write([content]), 'no-space');
    await handle.keep();
    assert.equal(fs.readFileSync(join(root, 'f'), 'utf8'), 'old');
    const arrived = (await storage.partialSize('/f', user)) ?? 0;
    assert.ok(arrived > 0 && arrived < content.length, `${arrived} bytes`);
    await storage.removeFile('/ballast');
    const resumed = await storage.openWrite('/f', user, { kind: 'resume', offset: arrived });
    await resumed.write([content.subarray(arrived)]);
    await resumed.commit();
    assert.deepEqual(fs.readFileSync(join(root, 'f')), content);
    await refuses(begin(storage, '/g', 'x'.repeat(400_000)), 'no-space');
    await storage.close();
    assert.equal(storage.openHandles(), 0);
  } finally {
    assert.equal(spawnSync('umount', [root]).status, 0);
  }
});

test('a sweep goes on where folders are closed to it, moved away or links out of the root', async (t) => {
  const { root, storage } = await setUp(t);
  for (const name of ['a', 'b', 'c']) {
    fs.mkdirSync(join(root, name));
    await (await begin(storage, `/${name}/f`, 'half')).keep();
  }
  const original = fs.opendir as unknown as (...parameters: unknown[]) => void;
  let calls = 0;
  t.mock.method(fs, 'opendir', (...parameters: unknown[]) => {
    calls += 1;
    if (calls !== 2) return original(...parameters);
    const error = Object.assign(new Error('EACCES: permission denied, opendir'), {
      code: 'EACCES',
      syscall: 'opendir',
    });
    return (parameters.at(-1) as (error: Error) => void)(error);
  });
  fs.symlinkSync(tmpdir(), join(root, 'out'));
  assert.deepEqual({ ...(await storage.sweep(hour)) }, { kept: 2, removed: 0, bytesRemoved: 0 });
});

test('a resumed file starts as a clone where the file system shares blocks', async (t) => {
  const { root, storage } = await setUp(t);
  await (await begin(storage, '/f', '0123456789')).commit();
  const original = fs.copyFile as unknown as (...parameters: unknown[]) => void;
  const clone = t.mock.method(fs, 'copyFile', (from: string, to: string, _flags: number, done: unknown) =>
    original(from, to, fs.constants.COPYFILE_EXCL, done),
  );
  const handle = await begin(storage, '/f', 'x', { kind: 'resume', offset: 4 });
  assert.equal(clone.mock.callCount(), 1);
  assert.equal(handle.startOffset, 4);
  await handle.commit();
  assert.equal(fs.readFileSync(join(root, 'f'), 'utf8'), '0123x');
  assert.deepEqual(fs.readdirSync(root), ['f']);
});
