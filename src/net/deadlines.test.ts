import assert from 'node:assert/strict';
import { describe, mock, test } from 'node:test';
import { startDeadline } from './deadlines.ts';
import { Scope } from './scope.ts';

/** Runs a test on a clock that stands still until it is moved. */
function onMockedClock(run: (tick: (ms: number) => void) => void): () => void {
  return () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      run((ms) => mock.timers.tick(ms));
    } finally {
      mock.timers.reset();
    }
  };
}

describe('a deadline', () => {
  test(
    'expires once',
    onMockedClock((tick) => {
      const scope = new Scope();
      let expired = 0;
      startDeadline(scope, 100, () => (expired += 1));
      tick(99);
      assert.equal(expired, 0);
      assert.equal(scope.counts.get('timer'), 1);
      tick(1);
      tick(1000);
      assert.equal(expired, 1);
      assert.equal(scope.counts.get('timer'), 0);
    }),
  );

  test(
    'does not expire once it was stopped, and a restart does not revive it',
    onMockedClock((tick) => {
      const scope = new Scope();
      const deadline = startDeadline(scope, 100, () => assert.fail('it was stopped'));
      deadline.stop();
      deadline.stop();
      deadline.restart();
      tick(1000);
      assert.equal(scope.counts.get('timer'), 0);
    }),
  );

  test(
    'ends with its scope, and a restart does not revive it',
    onMockedClock((tick) => {
      const scope = new Scope();
      const deadline = startDeadline(scope, 100, () => assert.fail('its scope was closed'));
      scope.close();
      deadline.restart();
      tick(1000);
      assert.equal(scope.counts.get('timer'), 0);
    }),
  );

  test(
    'may close its scope when it expires, and is not restarted by what it calls',
    onMockedClock((tick) => {
      const scope = new Scope();
      let expired = 0;
      const deadline = startDeadline(scope, 100, () => {
        expired += 1;
        deadline.restart();
        scope.close();
      });
      tick(1000);
      assert.equal(expired, 1);
      assert.equal(scope.counts.get('timer'), 0);
    }),
  );

  test('in a closed scope never expires', async () => {
    const scope = new Scope();
    scope.close();
    const deadline = startDeadline(scope, 0, () => assert.fail('its scope was closed'));
    deadline.restart();
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(scope.counts.get('timer'), 0);
    deadline.stop();
  });

  test('is put off by a restart', async () => {
    const scope = new Scope();
    const expired: string[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    const put = startDeadline(scope, 150, () => {
      expired.push('the one that was put off');
      resolve();
    });
    startDeadline(scope, 100, () => put.restart());
    startDeadline(scope, 200, () => expired.push('the other'));
    await promise;
    assert.deepEqual(expired, ['the other', 'the one that was put off']);
  });

  test('longer than a timer can be does not expire at once', async () => {
    const scope = new Scope();
    let expired = false;
    for (const timeoutMs of [2 ** 31, 1e12, Number.POSITIVE_INFINITY]) {
      startDeadline(scope, timeoutMs, () => {
        expired = true;
      });
    }
    await new Promise((resolve) => startDeadline(scope, 20, () => resolve(undefined)));
    assert.equal(expired, false);
    scope.close();
  });
});
