/** A thousand disconnects at random moments leave nothing behind; `npm run soak` makes ten thousand of them. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { runJudgedStorm, type StormRun } from '../soak/storm-verdict.ts';
import { moments, planOf, ways } from '../soak/storm-plan.ts';

const seed = 20_121_113;
const disconnects = 1_000;

describe('a storm of disconnects', () => {
  let run: StormRun;

  test('leaves no session, socket, timer, transfer, descriptor, memory or cut file behind', async () => {
    run = await runJudgedStorm(disconnects, seed);
    assert.deepEqual(run.complaints, []);
  });

  test('met downloads and uploads in flight at every moment and in every way', () => {
    const cells = new Set(run.storms.flatMap((storm) => Object.keys(storm.cells)));
    const missing = moments
      .flatMap((moment) => ways.map((way) => `${moment} ${way}`))
      .filter((cell) => !cells.has(cell));
    assert.deepEqual(missing, []);
    assert.ok(run.files.uploadsAnswered226 > 10 && run.files.hiddenFiles > 50, JSON.stringify(run.files));
    const causes = new Set(run.storms.flatMap((storm) => Object.keys(storm.reported.transferCauses)));
    for (const cause of ['control-reset', 'control-fin', 'control-close-notify', 'data-reset', 'data-truncated']) {
      assert.ok(causes.has(cause), cause);
    }
  });

  test('comes again with its seed', () => {
    assert.deepEqual(planOf(seed, 77), planOf(seed, 77));
    assert.notDeepEqual(planOf(seed, 77), planOf(seed + 1, 77));
  });
});
