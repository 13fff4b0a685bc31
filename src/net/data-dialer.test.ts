import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { describe, test } from 'node:test';
import { freePort, within } from '../testing/index.ts';
import { dialData } from './data-dialer.ts';
import { Scope } from './scope.ts';

const host = '127.0.0.1';

async function inListening(run: (port: number, accepted: Promise<Socket>) => Promise<void>): Promise<void> {
  const server: Server = createServer({ allowHalfOpen: true }).listen(0, host);
  await once(server, 'listening');
  const accepted = once(server, 'connection').then(([raw]) => raw as Socket);
  accepted.catch(() => undefined);
  try {
    await run((server.address() as { port: number }).port, accepted);
  } finally {
    server.close();
  }
}

/** Resolves when the connection that may have come about has ended at its other end. */
async function ended(accepted: Promise<Socket>): Promise<void> {
  const peer = await Promise.race([accepted, new Promise<undefined>((resolve) => setImmediate(resolve, undefined))]);
  if (peer === undefined) return;
  peer.on('error', () => undefined).resume();
  if (!peer.destroyed) await within(once(peer.end(), 'close'), 'the connection to end');
}

describe('dialData', () => {
  test('connects from the given address, reads nothing and holds nothing', () =>
    inListening(async (port, accepted) => {
      const scope = new Scope();
      const raw = await dialData(scope, { host, port, localHost: '127.0.0.5', timeoutMs: 10_000 });
      const peer = await accepted;
      peer.write('early');
      assert.equal(raw.remotePort, port);
      assert.equal(peer.remoteAddress, '127.0.0.5');
      assert.equal(raw.isPaused(), true);
      assert.equal(raw.allowHalfOpen, true);
      assert.equal(scope.counts.get('timer'), 0);
      scope.close();
      assert.equal(raw.destroyed, false, 'it belongs to whoever took it');
      raw.destroy();
      peer.destroy();
    }));

  test('rejects with the error of the system', async () => {
    const scope = new Scope();
    const dialling = dialData(scope, { host, port: await freePort(), timeoutMs: 10_000 });
    await assert.rejects(dialling, { code: 'ECONNREFUSED' });
    assert.equal(scope.counts.get('timer'), 0);
    const elsewhere = dialData(scope, { host, port: 1, localHost: '192.0.2.1', timeoutMs: 10_000 });
    await assert.rejects(elsewhere, { code: 'EADDRNOTAVAIL' });
  });

  test('rejects as out of time when no answer comes, and leaves no connection', () =>
    inListening(async (port, accepted) => {
      const scope = new Scope();
      const dialling = dialData(scope, { host, port, timeoutMs: 1 });
      dialling.catch(() => undefined);
      // The answer is there, but this process does not come to see it before the time is up.
      for (const until = performance.now() + 10; performance.now() < until;);
      await assert.rejects(within(dialling, 'the dial'), { code: 'ETIMEDOUT', message: 'no answer within 0.001 s' });
      assert.equal(scope.counts.get('timer'), 0);
      await ended(accepted);
    }));

  test('rejects when its scope closes, and leaves no connection', () =>
    inListening(async (port, accepted) => {
      const scope = new Scope();
      const dialling = dialData(scope, { host, port, timeoutMs: 10_000 });
      scope.close();
      await assert.rejects(within(dialling, 'the dial'), /session ended/);
      assert.equal(scope.counts.get('timer'), 0);
      await ended(accepted);
    }));

  test('in a closed scope rejects', () =>
    inListening(async (port) => {
      const scope = new Scope();
      scope.close();
      await assert.rejects(within(dialData(scope, { host, port, timeoutMs: 10_000 }), 'the dial'), /session ended/);
    }));
});
