/** Holds what came of a cell against what must come of it. */

import assert from 'node:assert/strict';
import type { Cell } from './cells.ts';
import { expectationOf, type Expectation, type Outcome } from './expectation.ts';
import { type Observation, runCell } from './run-cell.ts';
import type { FinalBefore, StageOptions } from './stage.ts';

/**
 * Within which the other line must end, in milliseconds. The target is 50; the suite runs many cells at once on machines
 * of any speed and allows far more. `docs/control-loss.md` shows what was measured one by one.
 */
const latestEndMs = 1500;

/** Final names of an upload are tried with and without a file under them. */
export function finalsOf(cell: Cell): readonly FinalBefore[] {
  return cell.direction === 'upload' ? ['old content', 'nothing'] : ['old content'];
}

function outcomeOf(expectation: Expectation): Outcome {
  const { clause: _clause, otherLineEnds: _otherLineEnds, ...outcome } = expectation;
  return outcome;
}

/** Runs a cell once for each state of its final name and asserts the outcome. Gives what was observed. */
export async function checkCell(
  cell: Cell,
  options: StageOptions = {},
  expectation: Expectation = expectationOf(cell),
): Promise<readonly Observation[]> {
  const observed: Observation[] = [];
  for (const finalBefore of finalsOf(cell)) {
    const observation = await runCell(cell, { ...options, finalBefore });
    assert.deepEqual(observation.outcome, outcomeOf(expectation), `${finalBefore} under the final name`);
    if (expectation.otherLineEnds) {
      const { afterMs } = observation;
      assert.ok(afterMs !== undefined && afterMs < latestEndMs, `the other line ended after ${afterMs} ms`);
    }
    observed.push(observation);
  }
  return observed;
}
