/** What a worker asks for and gives back. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { UsageBook } from '../quota/usage-book.ts';
import type { SessionSurroundings } from '../session-surroundings.ts';
import { UserShares } from '../shares/user-shares.ts';
import { Desk } from './desk.ts';

describe('the desk of a worker', () => {
  test('gives the place of a session back that has left in the message it came in', async () => {
    const shares = new UserShares({});
    const desk = new Desk({
      book: new UsageBook(),
      surroundings: () => ({ shares }) as unknown as SessionSurroundings,
      entered: () => undefined,
      announceLedgers: () => Promise.resolve(),
      ratesChanged: () => undefined,
    });
    const user = { name: 'anna', maxSessions: 1 };
    const entered = desk.calls.enter({ share: 1, user });
    desk.calls.leave(1);
    await entered;
    const next = shares.enter(user);
    assert.ok(next, 'a session that has gone still has its place');
    next.leave();
    assert.deepEqual(await desk.calls.enter({ share: 2, user }), {});
    assert.equal(shares.enter(user), undefined);
    desk.close();
    assert.ok(shares.enter(user));
  });
});
