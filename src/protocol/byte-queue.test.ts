import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { ByteQueue } from './byte-queue.ts';

describe('ByteQueue', () => {
  test('behaves like an array of bytes through any appends, takes and drops', () => {
    const append = fc.uint8Array({ maxLength: 700 }).map((bytes) => ({ kind: 'append' as const, bytes }));
    const remove = fc.record({ kind: fc.constantFrom('take' as const, 'drop' as const), part: fc.nat(100) });
    fc.assert(
      fc.property(fc.array(fc.oneof(append, remove), { maxLength: 40 }), (steps) => {
        const queue = new ByteQueue();
        let model: number[] = [];
        for (const step of steps) {
          if (step.kind === 'append') {
            queue.append(step.bytes);
            model = [...model, ...step.bytes];
          } else {
            const count = Math.floor((model.length * step.part) / 100);
            if (step.kind === 'take') assert.deepEqual([...queue.take(count)], model.slice(0, count));
            else queue.drop(count);
            model = model.slice(count);
          }
          assert.equal(queue.length, model.length);
          assert.deepEqual([...queue.view(0, queue.length)], model);
        }
      }),
    );
  });

  test('finds a byte from an offset on and not beyond what is held', () => {
    const queue = new ByteQueue();
    queue.append(Uint8Array.of(9, 10, 9, 10));
    queue.drop(1);
    assert.equal(queue.indexOf(10), 0);
    assert.equal(queue.indexOf(10, 1), 2);
    assert.equal(queue.indexOf(10, 3), -1);
    queue.drop(3);
    assert.equal(queue.indexOf(10), -1, 'bytes that were dropped are not found');
  });

  test('takes a copy that later appends leave alone', () => {
    const queue = new ByteQueue();
    queue.append(Uint8Array.of(1, 2, 3));
    const taken = queue.take(3);
    queue.append(Uint8Array.of(7, 8, 9));
    assert.deepEqual([...taken], [1, 2, 3]);
  });
});
