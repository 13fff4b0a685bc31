import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, describe, test } from 'node:test';
import { crc32 } from 'node:zlib';
import type { ReadHandle } from '../../storage/index.ts';
import { seededBytes } from '../../testing/index.ts';
import { hashAlgorithms, parseHashAlgorithm } from './algorithms.ts';
import { hashFile, type HashWatch } from './hash-file.ts';
import { HashPool } from './hash-pool.ts';

const content = seededBytes(1_300_001, 3);
const pool = new HashPool({ atOnce: 2, threads: 2, idleThreadMs: 50 });

function fileOf(bytes: Buffer, read?: (position: number) => Promise<void>): ReadHandle {
  return {
    size: bytes.length,
    read: async (buffer, position) => {
      await read?.(position);
      // Short reads: a storage may give less than was asked for.
      return bytes.copy(buffer, 0, position, Math.min(bytes.length, position + 100_000));
    },
    close: async () => {},
  };
}

interface TestWatch extends HashWatch {
  bytes: number;
  cancel(): void;
}

function watch(): TestWatch {
  let wanted = true;
  const callbacks: (() => void)[] = [];
  return {
    bytes: 0,
    advanced(bytes) {
      this.bytes += bytes;
    },
    isWanted: () => wanted,
    whenUnwanted: (callback) => void callbacks.push(callback),
    cancel: () => {
      wanted = false;
      for (const callback of callbacks) callback();
    },
  };
}

describe('the digest of a file', () => {
  after(() => assert.deepEqual({ ...pool.load, threads: 0 }, { running: 0, waiting: 0, threads: 0 }));

  for (const algorithm of hashAlgorithms) {
    test(`is that of its bytes by ${algorithm}, for any range and length`, async () => {
      const ranges = [
        [0, content.length],
        [0, 0],
        [5, 9],
        [0, 262_144],
        [0, 262_145],
        [1, 524_289],
        [700_000, 1_300_001],
      ] as const;
      for (const [start, end] of ranges) {
        const part = content.subarray(start, end);
        const expected =
          algorithm === 'CRC32'
            ? crc32(part).toString(16).padStart(8, '0')
            : createHash(algorithm.replace('-', '')).update(part).digest('hex');
        const told = watch();
        assert.equal(
          await hashFile(fileOf(content), { algorithm, start, end, user: 'anna' }, told, pool),
          expected,
          `${start}-${end}`,
        );
        assert.equal(told.bytes, end - start);
      }
    });
  }

  test('writes CRC32 with eight digits, also where it begins with zeros', async () => {
    let bytes = Buffer.from('0');
    for (let n = 0; crc32(bytes) >= 2 ** 24; n += 1) bytes = Buffer.from(String(n));
    const range = { user: 'anna', algorithm: 'CRC32', start: 0, end: bytes.length } as const;
    assert.match((await hashFile(fileOf(bytes), range, watch(), pool)) ?? '', /^00[0-9a-f]{6}$/);
  });

  test('is given up at the next step when it is not wanted any more', async () => {
    const told = watch();
    let reads = 0;
    const file = fileOf(content, async () => {
      reads += 1;
      if (reads === 4) told.cancel();
    });
    const range = { user: 'anna', algorithm: 'SHA-256', start: 0, end: content.length } as const;
    assert.equal(await hashFile(file, range, told, pool), undefined);
    assert.ok(reads < 8, `${reads} reads`);
  });

  test('fails with the error of the storage, and where the file is cut meanwhile', async () => {
    const range = { user: 'anna', algorithm: 'MD5', start: 0, end: content.length } as const;
    const broken = fileOf(content, async (position) => {
      if (position > 600_000) throw new Error('the disk is gone');
    });
    await assert.rejects(hashFile(broken, range, watch(), pool), /the disk is gone/);
    const cut = fileOf(content.subarray(0, 900_000));
    await assert.rejects(hashFile(cut, range, watch(), pool), { kind: 'io' });
  });

  test('waits for a place where as many as may are under way, and can be taken back', async () => {
    const hold = Promise.withResolvers<void>();
    const range = { user: 'anna', algorithm: 'MD5', start: 0, end: content.length } as const;
    const held = fileOf(content, () => hold.promise);
    const running = [1, 2].map(() => hashFile(held, range, watch(), pool));
    const told = watch();
    const third = hashFile(fileOf(content), range, told, pool);
    const fourth = hashFile(fileOf(content), range, watch(), pool);
    assert.deepEqual({ ...pool.load, threads: 0 }, { running: 2, waiting: 2, threads: 0 });
    told.cancel();
    assert.equal(await third, undefined);
    assert.equal(pool.load.waiting, 1);
    hold.resolve();
    const expected = createHash('md5').update(content).digest('hex');
    assert.deepEqual(await Promise.all([...running, fourth]), [expected, expected, expected]);
  });

  test('lets no user make the others wait', async () => {
    const small = new HashPool({ atOnce: 3, ofOneUser: 2, threads: 1, idleThreadMs: 50 });
    const hold = Promise.withResolvers<void>();
    const range = { algorithm: 'MD5', start: 0, end: content.length } as const;
    const held = fileOf(content, () => hold.promise);
    const greedy = [1, 2, 3, 4].map(() => hashFile(held, { ...range, user: 'greedy' }, watch(), small));
    assert.deepEqual({ ...small.load, threads: 0 }, { running: 2, waiting: 2, threads: 0 });
    const expected = createHash('md5').update(content).digest('hex');
    for (let i = 0; i < 3; i += 1) {
      assert.equal(await hashFile(fileOf(content), { ...range, user: 'anna' }, watch(), small), expected);
    }
    assert.deepEqual({ ...small.load, threads: 0 }, { running: 2, waiting: 2, threads: 0 });
    hold.resolve();
    assert.deepEqual(await Promise.all(greedy), [expected, expected, expected, expected]);
    assert.deepEqual({ ...small.load, threads: 0 }, { running: 0, waiting: 0, threads: 0 });
  });

  test('leaves no thread behind when there is nothing to do', async () => {
    const range = { user: 'anna', algorithm: 'MD5', start: 0, end: content.length } as const;
    await hashFile(fileOf(content), range, watch(), pool);
    const until = performance.now() + 10_000;
    while (pool.load.threads > 0 && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 10));
    assert.equal(pool.load.threads, 0);
    assert.ok(await hashFile(fileOf(content), range, watch(), pool), 'and a new one is started');
  });
});

test('the name of an algorithm is read in any case, and no other name is taken', () => {
  assert.equal(parseHashAlgorithm('sha-256'), 'SHA-256');
  assert.equal(parseHashAlgorithm('crc32'), 'CRC32');
  for (const name of ['SHA256', 'SHA-384', '', 'MD', 'MD5*']) assert.equal(parseHashAlgorithm(name), undefined, name);
});
