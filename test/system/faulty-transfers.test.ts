/** Forty transfers over lines that break end with the exact file or an honest failure; `npm run soak` makes three hundred of them. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { describeFault } from '../fixtures/fault-relay.ts';
import { type FaultyTransferReport, runFaultyTransfers } from '../soak/faulty-transfers.ts';
import { RandomFaults, transferPlanOf, verbs } from '../soak/transfer-plan.ts';

const seed = 20_261_122;
const transfers = 40;

describe('transfers over lines that break', () => {
  let report: FaultyTransferReport;

  test('are exact or fail honestly, and go on where they ended', async () => {
    report = await runFaultyTransfers(transfers, { seed });
    assert.deepEqual(report.complaints, []);
    assert.equal(report.silentCorruptions, 0);
  });

  test('met every fault on both lines', () => {
    for (const channel of ['control', 'data']) {
      for (const kind of ['reset', 'fin', 'stall', 'truncate']) {
        assert.ok(
          (report.faults[`${channel} ${kind}`] ?? 0) > 0,
          `${channel} ${kind}: ${JSON.stringify(report.faults)}`,
        );
      }
    }
    const failures = Object.entries(report.exits).filter(([name]) => !name.endsWith(' 0'));
    assert.ok(failures.length >= 2, JSON.stringify(report.exits));
  });

  test('come again with their seed', () => {
    const among = { verbs, protections: ['plain', 'TLS 1.3'] } as const;
    const faultsOf = (index: number) => {
      const plan = transferPlanOf(seed, index, among);
      const faults = new RandomFaults(seed, index, plan);
      return [plan, ...['control', 'data', 'data'].map((channel) => describeFault(faults.faultFor(channel as 'data')))];
    };
    assert.deepEqual(faultsOf(3), faultsOf(3));
    assert.notDeepEqual(faultsOf(3), faultsOf(4));
  });
});
