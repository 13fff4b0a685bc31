import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { ProgressMeter, progressEvery } from './progress-meter.ts';
import type { TransferProgress } from './transfer-result.ts';

/** A meter on a clock of the test's own. */
function measured(total: number | undefined, offset = 0) {
  const told: TransferProgress[] = [];
  const clock = { ms: 1000 };
  const options = { offset, listener: (progress: TransferProgress) => told.push(progress), total: () => total };
  return { told, clock, meter: new ProgressMeter({ ...options, now: () => clock.ms }) };
}

describe('progress', () => {
  test('tells offset, bytes, total and a rate at every step', () => {
    const { told, clock, meter } = measured(5000, 100);
    meter.report(0);
    clock.ms += 100;
    meter.report(1000);
    clock.ms += 900;
    meter.report(10_000);
    assert.deepEqual(told, [
      { offset: 100, bytes: 0, total: 5000, rate: 0 },
      { offset: 100, bytes: 1000, total: 5000, rate: 10_000 },
      { offset: 100, bytes: 10_000, total: 5000, rate: 10_000 },
    ]);
  });

  test('has the rate of the last seconds, not of the whole', () => {
    const { told, clock, meter } = measured(undefined);
    let bytes = 0;
    const run = (seconds: number, perSecond: number): number => {
      for (let tenth = 0; tenth < seconds * 10; tenth += 1) {
        clock.ms += 100;
        bytes += perSecond / 10;
        meter.report(bytes);
      }
      return told.at(-1)?.rate ?? Number.NaN;
    };
    meter.report(0);
    const fast = run(60, 1_000_000);
    assert.ok(Math.abs(fast - 1_000_000) < 1000, String(fast));
    const slow = run(15, 1000);
    assert.ok(slow < 20_000, String(slow));
    assert.ok(run(1, 1_000_000) < 500_000);
  });

  test('of a listener that wants less comes first, in time, and at the total', () => {
    const told: number[] = [];
    const listener = progressEvery(60_000, ({ bytes }) => told.push(bytes));
    for (let bytes = 0; bytes <= 1000; bytes += 1) listener({ offset: 24, bytes, total: 1024, rate: 0 });
    assert.deepEqual(told, [0, 1000]);
    const all: number[] = [];
    const every = progressEvery(0, ({ bytes }) => all.push(bytes));
    for (const bytes of [0, 1, 2]) every({ offset: 0, bytes, total: undefined, rate: 0 });
    assert.deepEqual(all, [0, 1, 2]);
  });
});
