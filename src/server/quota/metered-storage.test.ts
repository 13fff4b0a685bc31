import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { array, assert as check, asyncProperty, constantFrom, nat, record } from 'fast-check';
import { StorageError } from '../../errors/index.ts';
import {
  createMemoryStorage,
  openView,
  storageContract,
  type StorageBackend,
  type WriteMode,
} from '../../storage/index.ts';
import { MeteredStorage } from './metered-storage.ts';
import { UsageBook } from './usage-book.ts';

const user = { name: 'anna' };
const replace: WriteMode = { kind: 'replace' };

/** A home with a quota inside a storage of others. */
async function setUp(quota: { bytes?: number; files?: number }, main = createMemoryStorage()) {
  await main.makeDirectory('/anna').catch(() => undefined);
  const book = new UsageBook();
  const ledger = book.ledger('/anna');
  const measure = () => main.usage('/anna');
  await ledger.hold(measure, 0);
  const bound = { ledger, bytes: quota.bytes, files: quota.files };
  const storage = new MeteredStorage(await openView(main, '/anna'), { book, folder: '/anna', quota: bound });
  const whole = new MeteredStorage(main, { book, folder: '/', quota: undefined });
  const assertTrue = async (): Promise<void> =>
    assert.deepEqual({ ...ledger.usage }, { ...(await main.usage('/anna')) }, 'what is counted against what is there');
  return { main, storage, whole, ledger, measure, assertTrue };
}

async function put(storage: StorageBackend, path: string, bytes: number, mode: WriteMode = replace): Promise<void> {
  const upload = await storage.openWrite(path, user, mode);
  try {
    await upload.write([Buffer.alloc(bytes)]);
    await upload.commit();
  } catch (error) {
    await upload.keep();
    throw error;
  }
}

async function refused(work: Promise<unknown>): Promise<void> {
  await assert.rejects(work, (error) => error instanceof StorageError && error.kind === 'quota-exceeded');
}

storageContract({
  name: 'a metered storage',
  test,
  createBackend: async () => {
    const { storage, main } = await setUp({ bytes: 2 ** 40, files: 2 ** 20 });
    return { backend: storage, dispose: () => main.close() };
  },
});

describe('a quota', () => {
  test('ends an upload at the byte that does not fit, and nothing of it is left', async () => {
    const { storage, assertTrue, ledger } = await setUp({ bytes: 100 });
    await put(storage, '/a', 100);
    await refused(put(storage, '/b', 1));
    await storage.removeFile('/a');
    const upload = await storage.openWrite('/b', user, replace);
    await upload.write([Buffer.alloc(60), Buffer.alloc(40)]);
    await refused(upload.write([Buffer.alloc(1)]));
    await upload.keep();
    assert.equal(await storage.partialSize('/b', user), undefined);
    assert.deepEqual({ ...ledger.usage }, { bytes: 0, files: 0 });
    await assertTrue();
  });

  test('counts what goes on behind REST and APPE, and gives back what is replaced', async () => {
    const { storage, assertTrue } = await setUp({ bytes: 100 });
    await put(storage, '/a', 60);
    await put(storage, '/a', 90);
    await put(storage, '/a', 10, { kind: 'append' });
    await assertTrue();
    await refused(put(storage, '/a', 1, { kind: 'append' }));
    await put(storage, '/a', 5, { kind: 'resume', offset: 95 });
    await refused(put(storage, '/a', 6, { kind: 'resume', offset: 95 }));
    await assertTrue();
    const half = await storage.openWrite('/a', user, replace);
    await half.write([Buffer.alloc(40)]);
    await half.keep();
    await assertTrue();
    // The part counts until it is continued or given up.
    await refused(put(storage, '/b', 1));
    await put(storage, '/a', 1, { kind: 'resume', offset: 30 });
    await assertTrue();
    await put(storage, '/b', 69);
    await refused(put(storage, '/c', 1));
    await assertTrue();
  });

  test('is told before the first byte where the size is known', async () => {
    const { storage } = await setUp({ bytes: 100 });
    await put(storage, '/a', 60);
    await refused(storage.openWrite('/b', user, { kind: 'replace', expectedBytes: 41 }));
    const fits = await storage.openWrite('/a', user, { kind: 'replace', expectedBytes: 100 });
    await fits.discard();
    assert.equal(await storage.freeBytes?.('/'), 40);
  });

  test('holds for parallel uploads together, byte for byte', async () => {
    const { storage, assertTrue, ledger } = await setUp({ bytes: 1_000 });
    const uploads = await Promise.all(Array.from({ length: 10 }, (_, i) => storage.openWrite(`/${i}`, user, replace)));
    const results = await Promise.allSettled(
      uploads.map(async (upload) => {
        for (let i = 0; i < 20; i += 1) await upload.write([Buffer.alloc(10)]);
      }),
    );
    assert.ok(results.some(({ status }) => status === 'rejected'));
    assert.ok(ledger.usage.bytes <= 1_000);
    await Promise.all(uploads.map((upload) => upload.keep()));
    await assertTrue();
  });

  test('bounds files and folders, too', async () => {
    const { storage, assertTrue } = await setUp({ files: 3 });
    await storage.makeDirectory('/d');
    await put(storage, '/d/a', 1);
    const [one, other] = await Promise.allSettled([put(storage, '/b', 1), put(storage, '/c', 1)]);
    assert.deepEqual([one?.status, other?.status].sort(), ['fulfilled', 'rejected']);
    await refused(storage.makeDirectory('/e'));
    await put(storage, '/d/a', 2);
    await storage.removeFile('/d/a');
    await storage.removeDirectory('/d');
    await storage.makeDirectory('/e');
    await assertTrue();
  });

  test('counts what others do in the folder, and what is moved in and out', async () => {
    const { storage, whole, assertTrue, ledger } = await setUp({ bytes: 100 });
    await put(whole, '/big', 200);
    await whole.rename('/big', '/anna/big');
    assert.equal(ledger.usage.bytes, 200);
    await refused(put(storage, '/a', 1));
    await whole.makeDirectory('/out');
    await whole.rename('/anna/big', '/out/big');
    await assertTrue();
    await put(storage, '/a', 50);
    await put(whole, '/b', 7);
    await whole.rename('/b', '/anna/a');
    await assertTrue();
    await whole.rename('/out', '/anna/in');
    await assertTrue();
    assert.deepEqual({ ...ledger.usage }, { bytes: 207, files: 3 });
  });

  test('is measured anew after a break, and not while somebody works', async () => {
    const { main, ledger, measure } = await setUp({ bytes: 100 });
    await put(main, '/anna/behind-our-back', 9);
    await ledger.hold(measure, 3_600_000);
    assert.equal(ledger.usage.bytes, 0);
    ledger.release();
    ledger.release();
    await ledger.hold(measure, 60_000);
    assert.equal(ledger.usage.bytes, 0);
    ledger.release();
    await ledger.hold(measure, 3_600_000);
    assert.equal(ledger.usage.bytes, 9);
  });

  test('lets changes wait for a measurement, and a measurement for changes', async () => {
    const main = createMemoryStorage();
    const { storage, ledger, assertTrue } = await setUp({ bytes: 1_000 }, main);
    const upload = await storage.openWrite('/a', user, replace);
    ledger.release();
    const writing = upload.write([Buffer.alloc(10)]);
    const { promise, resolve } = Promise.withResolvers<void>();
    const held = ledger.hold(async () => {
      const usage = await main.usage('/anna');
      await promise;
      return usage;
    }, 3_600_000);
    const later = upload.write([Buffer.alloc(5)]);
    resolve();
    await Promise.all([writing, held, later]);
    assert.equal(ledger.usage.bytes, 15);
    await upload.commit();
    await assertTrue();
  });

  test('agrees with what is there after any operations', async () => {
    const path = constantFrom('/a', '/b', '/d', '/d/x', '/d/y', '/e');
    const step = record({
      what: constantFrom('put', 'append', 'resume', 'interrupt', 'remove', 'rmdir', 'mkdir', 'rename', 'discard'),
      path,
      to: path,
      bytes: nat(60),
    });
    await check(
      asyncProperty(array(step, { maxLength: 40 }), async (steps) => {
        const { storage, whole, assertTrue, ledger } = await setUp({ bytes: 150, files: 5 });
        const write = async (target: string, bytes: number, mode: WriteMode, end: 'commit' | 'keep' | 'discard') => {
          const upload = await storage.openWrite(target, user, mode);
          try {
            await upload.write([Buffer.alloc(bytes)]);
            await upload[end]();
          } catch (error) {
            await upload.keep();
            throw error;
          }
        };
        for (const { what, path: at, to, bytes } of steps) {
          const work = {
            put: () => write(at, bytes, replace, 'commit'),
            append: () => write(at, bytes, { kind: 'append' }, 'commit'),
            resume: () => write(at, bytes, { kind: 'resume', offset: bytes }, 'commit'),
            interrupt: () => write(at, bytes, replace, 'keep'),
            discard: () => write(at, bytes, { kind: 'append' }, 'discard'),
            remove: () => storage.removeFile(at),
            rmdir: () => storage.removeDirectory(at),
            mkdir: () => storage.makeDirectory(at),
            rename: () => whole.rename(`/anna${at}`, bytes % 3 === 0 ? to : `/anna${to}`),
          }[what] as () => Promise<unknown>;
          await work().catch((error: unknown) => assert.ok(error instanceof StorageError, String(error)));
          await assertTrue();
          assert.ok(ledger.usage.bytes <= 150 + 60, 'over the quota');
        }
      }),
      { numRuns: 150 },
    );
  });
});
