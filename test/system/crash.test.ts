/** `twinline serve` killed in the middle of parallel uploads; `npm run soak` kills it fifty times. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CrashReport, runCrashes } from '../soak/crash.ts';

test('kill -9 loses no file that was answered with 226, shows no cut one, and leaves the rest to be resumed', async () => {
  // Kills that met nothing in flight would prove nothing: a busy machine needs more of them.
  const isProof = (report: CrashReport): boolean =>
    report.answered226 >= 8 && report.interrupted >= 8 && report.resumedByRest > 0 && report.resumedByAppe > 0;
  const { complaints, ...report } = await runCrashes(8, 20_121_113, isProof);
  assert.deepEqual(complaints, []);
  assert.ok(isProof({ complaints, ...report }), JSON.stringify(report));
});
