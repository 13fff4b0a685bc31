import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { UserAccount } from '../../users/index.ts';
import { Pace } from './pace.ts';
import { RateMeter } from './rate-meter.ts';
import { UserShares } from './user-shares.ts';

function account(name: string, more: Partial<UserAccount> = {}): UserAccount {
  return { name, home: '/', readOnly: false, ...more };
}

/** Runs transfers against meters in a time of its own; each waits for its turn, and the answer is what each has moved. */
function simulate(
  transfers: readonly { readonly meters: readonly RateMeter[]; readonly step: number }[],
  ms: number,
): number[] {
  const moved = transfers.map(() => 0);
  const readyAt = transfers.map(() => 0);
  for (;;) {
    const next = readyAt.indexOf(Math.min(...readyAt));
    const now = readyAt[next] ?? 0;
    const transfer = transfers[next];
    if (now >= ms || transfer === undefined) return moved;
    moved[next] = (moved[next] ?? 0) + transfer.step;
    readyAt[next] = now + Math.max(...transfer.meters.map((meter) => meter.book(transfer.step, now)));
  }
}

describe('a rate', () => {
  test('is kept to within one step over any time', () => {
    for (const rate of [1_000, 100_000, 12_345_678]) {
      const step = 1_024;
      const [moved = 0] = simulate([{ meters: [new RateMeter(rate)], step }], 10_000);
      assert.ok(Math.abs(moved - rate * 10) <= step, `${moved} bytes in ten seconds at ${rate}`);
    }
  });

  test('does not make up for a pause', () => {
    const meter = new RateMeter(1_000);
    assert.equal(meter.book(1_000, 0), 1_000);
    assert.equal(meter.book(1_000, 60_000), 1_000);
    assert.equal(meter.book(1_000, 60_000), 2_000);
  });

  test('is shared evenly by the sessions of a user, and ends at the lowest bound', () => {
    const user = new RateMeter(90_000);
    const three = simulate(
      Array.from({ length: 3 }, () => ({ meters: [user], step: 1_024 })),
      10_000,
    );
    for (const moved of three) assert.ok(Math.abs(moved - 300_000) <= 2_048, String(three));
    const whole = new RateMeter(100_000);
    const [slow = 0, fast = 0] = simulate(
      [
        { meters: [whole, new RateMeter(10_000)], step: 1_024 },
        { meters: [whole], step: 1_024 },
      ],
      10_000,
    );
    assert.ok(Math.abs(slow - 100_000) <= 2_048, `slow ${slow}`);
    assert.ok(fast > 850_000 && fast < 910_000, `fast ${fast}`);
  });

  test('moves in steps of a tenth of a second, within bounds', () => {
    const step = (...rates: number[]): number => new Pace(rates.map((rate) => new RateMeter(rate))).stepBytes;
    assert.equal(step(100_000), 10_000);
    assert.equal(step(1), 1_024);
    assert.equal(step(10_000_000), 65_536);
    assert.equal(step(10_000_000, 50_000), 5_000);
  });
});

describe('the sessions of a user', () => {
  test('are no more than may be, and each that ends makes place', () => {
    const shares = new UserShares({});
    const anna = account('anna', { maxSessions: 2 });
    const [first, second] = [shares.enter(anna), shares.enter(anna)];
    assert.ok(first && second);
    assert.equal(shares.enter(anna), undefined);
    assert.ok(shares.enter(account('bob')));
    first.leave();
    first.leave();
    const third = shares.enter(anna);
    assert.ok(third);
    assert.equal(shares.enter(anna), undefined);
  });

  test('have no pace where nothing bounds them, and one where something does', () => {
    const free = new UserShares({}).enter(account('anna'));
    assert.equal(free?.pace('up'), undefined);
    assert.equal(free?.pace('down'), undefined);
    for (const rates of [{ up: 1 }, { userUp: 1 }, { sessionUp: 1 }]) {
      const share = new UserShares(rates).enter(account('anna'));
      assert.ok(share?.pace('up'));
      assert.equal(share?.pace('down'), undefined);
    }
    assert.ok(new UserShares({}).enter(account('anna', { rateDown: 5 }))?.pace('down'));
  });
});
