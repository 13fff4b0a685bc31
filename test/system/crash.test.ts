/** `twinline serve` killed in the middle of parallel uploads; `npm run soak` kills it fifty times. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runCrashes } from '../soak/crash.ts';

test('kill -9 loses no file that was answered with 226, shows no cut one, and leaves the rest to be resumed', async () => {
  const { complaints, ...report } = await runCrashes(8, 20_121_113);
  assert.deepEqual(complaints, []);
  // Kills that met nothing in flight would prove nothing.
  assert.ok(report.answered226 >= 8 && report.interrupted >= 8, JSON.stringify(report));
  assert.ok(report.resumedByRest > 0 && report.resumedByAppe > 0, JSON.stringify(report));
});
