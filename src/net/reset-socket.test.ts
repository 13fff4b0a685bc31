import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import { createTestCertificate, within, WatchedLine } from '../testing/index.ts';
import { resetSocket } from './reset-socket.ts';

interface Pair extends AsyncDisposable {
  /** The socket that is reset. */
  readonly raw: Socket;
  readonly peer: WatchedLine;
}

async function connectedPair(): Promise<Pair> {
  const listener = createServer({ allowHalfOpen: true });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  const accepted = once(listener, 'connection');
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  const peer = new WatchedLine(connect({ port, host: '127.0.0.1', allowHalfOpen: true }));
  const [raw] = (await accepted) as [Socket];
  raw.on('error', () => undefined);
  listener.close();
  return {
    raw,
    peer,
    [Symbol.asyncDispose]: async () => {
      peer.destroy();
      raw.destroy();
      await peer.ended;
    },
  };
}

/** Puts TLS on both ends. */
async function secure({ raw, peer }: Pair): Promise<TLSSocket> {
  const { certificatePem, privateKeyPem } = await createTestCertificate();
  const secureContext = createSecureContext({ cert: certificatePem, key: privateKeyPem });
  const tls = new TLSSocket(raw, { isServer: true, secureContext });
  tls.on('error', () => undefined);
  await Promise.all([peer.startTls(), once(tls, 'secure')]);
  // Out of OpenSSL, which would find its line gone.
  await new Promise(setImmediate);
  return tls;
}

const closed = (raw: Socket): Promise<unknown> => within(once(raw, 'close'), 'the socket to close', 2000);

describe('resetSocket', () => {
  test('resets an idle connection, in clear and under TLS', async () => {
    for (const withTls of [false, true]) {
      await using pair = await connectedPair();
      const line = withTls ? await secure(pair) : pair.raw;
      const closing = closed(pair.raw);
      resetSocket(pair.raw, line);
      resetSocket(pair.raw, line);
      await closing;
      const ending = await pair.peer.ended;
      assert.equal(ending.how, 'reset');
      assert.equal(ending.closeNotifyAtMs, undefined);
    }
  });

  test('gives the descriptor back when an orderly end has just begun, in clear and under TLS', async () => {
    for (const withTls of [false, true]) {
      await using pair = await connectedPair();
      const line = withTls ? await secure(pair) : pair.raw;
      const closing = closed(pair.raw);
      line.end();
      resetSocket(pair.raw, line);
      await closing;
      assert.equal(pair.raw.destroyed, true);
    }
  });

  test('waits for a window that does not open no longer than its bound', async () => {
    await using pair = await connectedPair();
    pair.peer.pause();
    while (pair.raw.write(Buffer.alloc(1024 * 1024))) await new Promise(setImmediate);
    for (let i = 0; i < 16; i += 1) pair.raw.write(Buffer.alloc(1024 * 1024));
    pair.raw.end();
    const started = performance.now();
    const closing = closed(pair.raw);
    resetSocket(pair.raw, pair.raw);
    await closing;
    assert.ok(performance.now() - started < 1000);
  });
});
