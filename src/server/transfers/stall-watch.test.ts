import assert from 'node:assert/strict';
import { platform } from 'node:os';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectedPair } from '../../../test/fixtures/held-tls-peer.ts';
import { DataConnection, Scope } from '../../net/index.ts';
import { within } from '../../testing/index.ts';
import { type Stall, type StallLimits, watchStall } from './stall-watch.ts';

const skip = platform() === 'linux' ? false : 'only Linux tells how much a connection has queued';

interface Watched {
  readonly scope: Scope;
  readonly connection: DataConnection;
  readonly peer: Awaited<ReturnType<typeof connectedPair>>['dialled'];
  readonly stalls: Stall[];
  /** Resolves with the first stall. */
  stalled(this: void): Promise<Stall>;
  readonly startedAt: number;
  moved(this: void): void;
}

async function watching(limits: StallLimits, run: (watched: Watched) => Promise<void>): Promise<void> {
  const { accepted, dialled: peer } = await connectedPair();
  peer.on('error', () => undefined);
  const scope = new Scope();
  const connection = new DataConnection(accepted, scope);
  connection.useClear();
  const stalls: Stall[] = [];
  const { promise, resolve } = Promise.withResolvers<Stall>();
  const startedAt = performance.now();
  const watch = watchStall(scope, connection, limits, (stall) => {
    stalls.push(stall);
    resolve(stall);
  });
  try {
    await run({
      scope,
      connection,
      peer,
      stalls,
      stalled: () => within(promise, 'a stall'),
      startedAt,
      moved: () => watch.moved(),
    });
  } finally {
    scope.close();
    peer.destroy();
  }
}

describe('watchStall', () => {
  test('finds, once, that nothing has moved for the whole time', () =>
    watching({ stallMs: 80, closedWindowMs: 60_000 }, async ({ scope, stalled, stalls, startedAt }) => {
      assert.deepEqual(await stalled(), { afterMs: 80, untakenBytes: 0 });
      assert.ok(performance.now() - startedAt >= 80);
      await sleep(120);
      assert.equal(stalls.length, 1);
      assert.equal(scope.counts.get('timer'), 0);
    }));

  test('counts the time from the last byte that moved', () =>
    watching({ stallMs: 150, closedWindowMs: 60_000 }, async ({ stalled, stalls, moved }) => {
      let movedAt = 0;
      for (let i = 0; i < 15; i += 1) {
        await sleep(20);
        // A machine that lets a test wait this long has shown nothing.
        if (i > 0 && performance.now() - movedAt > 140) return;
        moved();
        movedAt = performance.now();
      }
      assert.equal(stalls.length, 0);
      await stalled();
      assert.ok(performance.now() - movedAt >= 150);
    }));

  test('looks no more when its scope has closed', () =>
    watching({ stallMs: 20, closedWindowMs: 20 }, async ({ scope, stalls }) => {
      scope.close();
      await sleep(80);
      assert.deepEqual(stalls, []);
      assert.equal(scope.counts.get('timer'), 0);
    }));

  test('tells of no stall behind the close of its scope, though the kernel was being asked', async () => {
    for (let i = 0; i < 10; i += 1) {
      await watching({ stallMs: 2, closedWindowMs: 2 }, async ({ scope, stalls }) => {
        // The timer of the watch fires first, and its question is on the way when this one does.
        await sleep(2);
        scope.close();
        const before = stalls.length;
        await sleep(20);
        assert.equal(stalls.length, before);
      });
    }
  });

  test('takes bytes that leave the queue of our kernel for movement', { skip }, () =>
    watching({ stallMs: 1500, closedWindowMs: 1500 }, async ({ connection, peer, stalls, stalled, startedAt }) => {
      connection.line.write(Buffer.alloc(64 * 1024 * 1024));
      // The reader takes what its kernel holds, bit by bit, for longer than the limit.
      peer.on('data', () => peer.pause());
      const reading = setInterval(() => peer.resume(), 4);
      try {
        while (performance.now() - startedAt < 2000 && stalls.length === 0 && connection.line.writableLength > 0) {
          await sleep(10);
        }
        assert.deepEqual(stalls, []);
      } finally {
        clearInterval(reading);
      }
      peer.pause();
      const { untakenBytes } = await stalled();
      assert.ok(connection.line.writableLength === 0 || untakenBytes > 0);
    }),
  );

  test('gives a peer whose window is shut the longer time, and tells what it has not taken', { skip }, () =>
    watching({ stallMs: 400, closedWindowMs: 900 }, async ({ connection, stalled, startedAt }) => {
      connection.line.write(Buffer.alloc(16 * 1024 * 1024));
      const { afterMs, untakenBytes } = await stalled();
      assert.equal(afterMs, 900);
      assert.ok(performance.now() - startedAt >= 900);
      assert.ok(untakenBytes > 0);
    }),
  );
});
