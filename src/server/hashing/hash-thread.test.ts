/** The thread for digests and the end of the process that it belongs to. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { runCommand } from '../../testing/index.ts';

/** Runs `script` in a process of its own that has begun a job as `job`, and whose thread would stay for a minute. */
function runWithJob(script: string): ReturnType<typeof runCommand> {
  const module = new URL('./hash-pool.ts', import.meta.url).href;
  const source = `
    const { HashPool } = await import(${JSON.stringify(module)});
    const place = await new HashPool({ idleThreadMs: 60_000 }).take('anna', () => {});
    const job = place.begin('SHA-256');
    ${script}`;
  return runCommand(process.execPath, ['--input-type=module', '-e', source], { timeoutMs: 30_000 });
}

describe('a process with a thread for digests', () => {
  test('ends at once where the digest was given up while the thread was starting', async () => {
    const result = await runWithJob('job.drop(); place.giveBack();');
    assert.equal(result.timedOut, false, 'the thread kept the process');
    assert.equal(result.exitCode, 0, result.stderr);
  });

  test('lives until a digest under way is there', async () => {
    const result = await runWithJob(`
      await job.update(new ArrayBuffer(100_000), 100_000);
      console.log(await job.digest());
      place.giveBack();`);
    assert.equal(result.timedOut, false, 'the thread kept the process');
    assert.equal(result.exitCode, 0, result.stderr);
    assert.match(result.stdout.toString(), /^[0-9a-f]{64}\n$/);
  });
});
