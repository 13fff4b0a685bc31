import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UserStoreError } from '../../errors/index.ts';
import { WorkGate } from './work-gate.ts';

/** A work that ends when told. */
function work() {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  return { run: () => promise, resolve, reject };
}

test('no more run at once than allowed, the next in order of arrival, whatever becomes of the one before', async () => {
  const gate = new WorkGate({ atOnce: 2, maxWaiting: 9 });
  const works = [work(), work(), work(), work()];
  const order: number[] = [];
  const results = works.map(({ run }, index) =>
    gate.run(() => {
      order.push(index);
      return run();
    }),
  );
  assert.deepEqual([order, gate.running, gate.waiting], [[0, 1], 2, 2]);
  works[1]?.reject(new Error('broken'));
  await assert.rejects(results[1] ?? Promise.resolve(), /broken/);
  assert.deepEqual(order, [0, 1, 2]);
  works[0]?.resolve('a');
  assert.equal(await results[0], 'a');
  assert.deepEqual([order, gate.running], [[0, 1, 2, 3], 2]);
  works[2]?.resolve('c');
  works[3]?.resolve('d');
  assert.deepEqual(await Promise.all([results[2], results[3]]), ['c', 'd']);
  assert.deepEqual([gate.running, gate.waiting], [0, 0]);
});

test('who comes when too many wait is refused at once, and who gives up makes room', async () => {
  const gate = new WorkGate({ atOnce: 1, maxWaiting: 1 });
  const first = work();
  const running = gate.run(first.run);
  const given = new AbortController();
  const waiting = gate.run(() => Promise.resolve('never'), given.signal);
  await assert.rejects(
    gate.run(() => Promise.resolve('')),
    UserStoreError,
  );
  given.abort();
  await assert.rejects(waiting, UserStoreError);
  const next = gate.run(() => Promise.resolve('next'));
  first.resolve('first');
  assert.deepEqual([await running, await next, gate.running], ['first', 'next', 0]);
});
