/** The process of a worker, from outside. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { WorkerChild } from './worker-child.ts';

describe('a worker', () => {
  test('that dies before it is ready is no fault of a setting, so that a supervisor tries again', async () => {
    const child = new WorkerChild({ worker: 1, workers: 2, given: '' });
    const ready = child.ready();
    child.kill();
    await assert.rejects(ready, {
      code: 'ERR_TWINLINE_SYSTEM',
      message: /cannot be started: it was ended by SIGKILL\./,
    });
  });

  test('that does not come to be ready is ended', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const ready = new WorkerChild({ worker: 1, workers: 2, given: '' }).ready();
    t.mock.timers.tick(120_000);
    await assert.rejects(ready, /cannot be started: it was not ready within 120 s\./);
  });

  test('that is ended on purpose ends for the reason that it was given', async () => {
    const child = new WorkerChild({ worker: 1, workers: 2, given: '' });
    child.kill('it had not answered');
    child.kill('something else');
    assert.equal(await child.ended, 'it had not answered');
  });
});
