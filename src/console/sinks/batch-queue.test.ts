import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { BatchQueue, type BatchQueueOptions, RefusedBatch } from './batch-queue.ts';

interface Said {
  trouble: number;
  recovered: number[];
}

function make(write: BatchQueueOptions<number>['write'], options: Partial<BatchQueueOptions<number>> = {}) {
  const said: Said = { trouble: 0, recovered: [] };
  const queue = new BatchQueue<number>({
    write,
    onTrouble: () => (said.trouble += 1),
    onRecovered: (lost) => void said.recovered.push(lost),
    gatherMs: 1,
    retryMs: 1,
    ...options,
  });
  return { queue, said };
}

describe('a batch queue', () => {
  test('writes in order, gathered, one batch at a time', async () => {
    const batches: number[][] = [];
    let running = 0;
    const { queue } = make(
      async (batch) => {
        running += 1;
        assert.equal(running, 1);
        await new Promise((resolve) => setImmediate(resolve));
        batches.push([...batch]);
        running -= 1;
      },
      { maxBatch: 4 },
    );
    for (let number = 0; number < 10; number += 1) queue.put(number);
    await queue.close(5000);
    assert.deepEqual(batches, [
      [0, 1, 2, 3],
      [4, 5, 6, 7],
      [8, 9],
    ]);
    assert.deepEqual(queue.counts, { written: 10, dropped: 0, waiting: 0 });
  });

  test('tries a batch again until it is taken, and says so once on each side', async () => {
    const tries: number[][] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    const { queue, said } = make((batch) => {
      tries.push([...batch]);
      if (tries.length === 4) resolve();
      return tries.length < 4 ? Promise.reject(new Error('full')) : Promise.resolve();
    });
    queue.put(1);
    await promise;
    await queue.close(5000);
    assert.deepEqual(tries, [[1], [1], [1], [1]]);
    assert.deepEqual(said, { trouble: 1, recovered: [0] });
  });

  test('drops and counts what does not fit, and never grows', async () => {
    const gate = Promise.withResolvers<void>();
    let works = false;
    const { queue, said } = make(
      async () => {
        if (!works) throw new Error('dead');
        gate.resolve();
      },
      { maxWaiting: 3 },
    );
    queue.put(1);
    while (said.trouble === 0) await new Promise((resolve) => setImmediate(resolve));
    for (let number = 2; number <= 100; number += 1) queue.put(number);
    assert.deepEqual(queue.counts, { written: 0, dropped: 97, waiting: 3 });
    works = true;
    await gate.promise;
    await queue.close(5000);
    assert.deepEqual(queue.counts, { written: 3, dropped: 97, waiting: 0 });
    assert.deepEqual(said.recovered, [97]);
  });

  test('loses a batch that is refused for good, and goes on with the next', async () => {
    const taken: number[] = [];
    const { queue, said } = make(
      async (batch) => {
        if (batch[0] === 1) throw new RefusedBatch('no');
        taken.push(...batch);
      },
      { maxBatch: 1 },
    );
    queue.put(1);
    queue.put(2);
    await queue.close(5000);
    assert.deepEqual([taken, said], [[2], { trouble: 1, recovered: [1] }]);
    assert.deepEqual(queue.counts, { written: 1, dropped: 1, waiting: 0 });
  });

  test('ends in time although its writer hangs', async () => {
    let signal: AbortSignal | undefined;
    const { queue } = make((_batch, given) => {
      signal = given;
      return new Promise(() => undefined);
    });
    queue.put(1);
    await queue.close(20);
    assert.equal(signal?.aborted, true);
    assert.deepEqual(queue.counts, { written: 0, dropped: 1, waiting: 0 });
    queue.put(2);
    assert.equal(queue.counts.dropped, 2);
  });
});
