import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { TurnLock } from './turn-lock.ts';

describe('turns', () => {
  test('come one after the other, in the order of the wishes, also behind one that fails', async () => {
    const turns = new TurnLock();
    const log: string[] = [];
    const work = (name: string, fails = false) =>
      turns.run(async () => {
        log.push(`${name} begins`);
        await new Promise((resolve) => setImmediate(resolve));
        log.push(`${name} ends`);
        if (fails) throw new Error(name);
      });
    const results = await Promise.allSettled([work('a'), work('b', true), work('c')]);
    assert.deepEqual(
      results.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled'],
    );
    assert.deepEqual(log, ['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  });

  test('are not taken by somebody who has stopped waiting, and are never had twice', async () => {
    const turns = new TurnLock();
    const release = await turns.acquire();
    const abort = new AbortController();
    const left = turns.acquire({ signal: abort.signal });
    const next = turns.acquire();
    abort.abort();
    await assert.rejects(left, { code: 'ERR_TWINLINE_ABORTED' });
    release();
    release();
    const releaseNext = await next;
    const third = turns.acquire();
    assert.equal(
      await Promise.race([third.then(() => 'had'), new Promise((resolve) => setImmediate(resolve, 'not'))]),
      'not',
    );
    releaseNext();
    (await third)();
    await assert.rejects(turns.acquire({ signal: AbortSignal.abort() }), { code: 'ERR_TWINLINE_ABORTED' });
    (await turns.acquire())();
  });

  test('tell who has one that somebody waits, early or late', async () => {
    const turns = new TurnLock();
    const told: string[] = [];
    const first = await turns.acquire({ onWaitedFor: () => told.push('first') });
    assert.equal(told.length, 0);
    const second = turns.acquire({ onWaitedFor: () => told.push('second') });
    const third = turns.acquire();
    assert.ok(told.includes('first'));
    first();
    const releaseSecond = await second;
    assert.ok(told.includes('second'));
    releaseSecond();
    (await third)();
  });
});
