import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { Handover } from './handover.ts';

async function collect(handover: Handover<number>): Promise<number[]> {
  const items: number[] = [];
  for await (const item of handover) items.push(item);
  return items;
}

describe('a handover', () => {
  test('keeps the order and loses nothing, whoever is first', async () => {
    const late = new Handover<number>();
    await late.give([1, 2]);
    late.end();
    assert.deepEqual(await collect(late), [1, 2]);
    const early = new Handover<number>();
    const taking = collect(early);
    for (let item = 0; item < 5000; item += 1) await early.give([item]);
    early.end();
    assert.deepEqual(
      await taking,
      Array.from({ length: 5000 }, (_, index) => index),
    );
  });

  test('makes the maker wait while the taker is behind, and lets it go when the taker leaves', async () => {
    const handover = new Handover<number>();
    let isThrough = false;
    const giving = handover.give(Array.from({ length: 5000 }, (_, index) => index)).then(() => (isThrough = true));
    await new Promise(setImmediate);
    assert.equal(isThrough, false);
    handover.close();
    await giving;
    await handover.give([1]);
  });

  test('gives what there is before it tells of the failure', async () => {
    const handover = new Handover<number>();
    await handover.give([1]);
    handover.fail(new Error('cut'));
    const items: number[] = [];
    await assert.rejects(async () => {
      for await (const item of handover) items.push(item);
    }, /cut/);
    assert.deepEqual(items, [1]);
  });
});
