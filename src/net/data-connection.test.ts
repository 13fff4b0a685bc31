import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { describe, test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { connectedPair, HeldTlsPeer } from '../../test/fixtures/held-tls-peer.ts';
import { certificateOf, type TlsVersion } from '../../test/fixtures/tls-duel.ts';
import { within } from '../testing/index.ts';
import { DataConnection } from './data-connection.ts';
import type { LineEnding } from './line-ending.ts';
import { LiveCounts, Scope } from './scope.ts';
import { SessionTls } from './server-tls.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const versions: readonly TlsVersion[] = ['TLSv1.2', 'TLSv1.3'];

/** A data connection of ours and the raw socket at its other end. */
class Bench {
  readonly scope = new Scope();
  readonly connection: DataConnection;
  readonly ourRaw: Socket;
  readonly peer: Socket;
  readonly endings: LineEnding[] = [];

  private constructor(ourRaw: Socket, peer: Socket) {
    this.ourRaw = ourRaw;
    this.peer = peer;
    peer.setNoDelay(true).on('error', () => undefined);
    this.connection = new DataConnection(ourRaw, this.scope);
    this.connection.onEnding((ending) => this.endings.push(ending));
  }

  static async open(): Promise<Bench> {
    const { accepted, dialled } = await connectedPair();
    return new Bench(accepted, dialled);
  }

  async startTls(timeoutMs = 10_000): Promise<unknown> {
    const tls = new SessionTls(await certificateOf('ecdsa'));
    return this.connection.startTls((raw) => tls.wrap(raw), timeoutMs, 'secure');
  }

  async secure(version: TlsVersion): Promise<HeldTlsPeer> {
    const peer = new HeldTlsPeer(this.peer, { version });
    await Promise.all([this.startTls(), peer.secured]);
    return peer;
  }

  async ending(): Promise<LineEnding> {
    return within(new Promise((resolve) => this.connection.onEnding(resolve)), 'the end of the line');
  }

  finish(waitMs = 10_000, options?: { untilTaken: boolean }): Promise<LineEnding | 'no-answer'> {
    return within(new Promise((resolve) => this.connection.finish(waitMs, resolve, options)), 'the finish');
  }

  /** Everything that the peer receives until the line ends, and how it ends there. */
  async peerReads(): Promise<{ bytes: number; end: string }> {
    let bytes = 0;
    const { promise, resolve } = Promise.withResolvers<string>();
    this.peer.on('data', (chunk: Buffer) => (bytes += chunk.length));
    this.peer.once('end', () => resolve('fin'));
    this.peer.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''));
    this.peer.resume();
    return { end: await within(promise, 'the end at the peer'), bytes };
  }

  async assertGone(): Promise<void> {
    await within(this.connection.closed, 'the socket to close');
    assert.deepEqual(this.scope.counts.snapshot(), new LiveCounts().snapshot());
    assert.equal(this.ourRaw.destroyed, true);
    assert.equal(this.connection.scope.closed, true);
    assert.equal(this.endings.length, 1, 'the owner hears of the end once');
  }

  close(): void {
    this.scope.close();
    this.peer.destroy();
  }
}

async function onBench(run: (bench: Bench) => Promise<void>): Promise<void> {
  const bench = await Bench.open();
  try {
    await run(bench);
  } finally {
    bench.close();
  }
}

/** A bench in clear, or under TLS with the peer's TLS beside it. */
async function onReadyBench(
  version: TlsVersion | 'in clear',
  run: (bench: Bench, tls: HeldTlsPeer | undefined) => Promise<void>,
): Promise<void> {
  await onBench(async (bench) => {
    if (version !== 'in clear') return run(bench, await bench.secure(version));
    bench.connection.useClear();
    return run(bench, undefined);
  });
}

describe('DataConnection', () => {
  test('has no line before it is ready, and reads nothing before it is asked to', () =>
    onBench(async (bench) => {
      assert.throws(() => bench.connection.line, /not ready/);
      bench.peer.write('early');
      for (let turns = 0; turns < 5; turns += 1) await turn();
      bench.connection.useClear();
      assert.equal(bench.connection.line, bench.ourRaw);
      assert.equal(bench.connection.tls, undefined);
      assert.equal(bench.connection.tlsSocket, undefined);
      const [chunk] = (await once(bench.connection.line.resume(), 'data')) as [Buffer];
      assert.equal(chunk.toString(), 'early');
      assert.equal(bench.scope.counts.get('socket'), 1);
    }));

  test('knows both addresses', () =>
    onBench(async (bench) => {
      assert.deepEqual(bench.connection.local, { host: '127.0.0.1', port: bench.peer.remotePort });
      assert.deepEqual(bench.connection.remote, { host: '127.0.0.1', port: bench.peer.localPort });
    }));

  for (const [ending, act] of [
    ['fin', (peer: Socket) => void peer.end()],
    ['reset', (peer: Socket) => void peer.resetAndDestroy()],
  ] as const) {
    test(`hears a ${ending} in clear, and tells it to whoever asks later`, () =>
      onReadyBench('in clear', async (bench) => {
        bench.connection.line.resume();
        act(bench.peer);
        assert.equal(await bench.ending(), ending);
        assert.equal(bench.connection.ending, ending);
        assert.equal(bench.connection.error === undefined, ending === 'fin');
        let told: LineEnding | undefined;
        bench.connection.onEnding((late) => (told = late));
        assert.equal(told, ending);
      }));
  }

  test('takes a reset behind a FIN for the end that counts, and tells its owner of the first', () =>
    onReadyBench('in clear', async (bench) => {
      bench.connection.line.resume();
      bench.peer.end();
      assert.equal(await bench.ending(), 'fin');
      bench.peer.resetAndDestroy();
      bench.connection.line.write('into the void');
      await within(bench.connection.closed, 'the socket to close');
      assert.equal(bench.connection.ending, 'reset');
      assert.deepEqual(bench.endings, ['fin']);
    }));

  test('ends with its scope, by reset', () =>
    onReadyBench('in clear', async (bench) => {
      bench.scope.close();
      assert.equal((await bench.peerReads()).end, 'ECONNRESET');
      await bench.assertGone();
      assert.deepEqual(bench.endings, ['local']);
    }));

  test('in a closed scope ends at once', async () => {
    const { accepted, dialled } = await connectedPair();
    dialled.on('error', () => undefined);
    const scope = new Scope();
    scope.close();
    const connection = new DataConnection(accepted, scope);
    await within(connection.closed, 'the socket to close');
    assert.equal(connection.ending, 'local');
    assert.equal(scope.counts.get('socket'), 0);
    dialled.destroy();
  });
});

for (const version of ['in clear', ...versions] as const) {
  const ofPeer: LineEnding = version === 'in clear' ? 'fin' : 'close-notify';
  const endInOrder = async (bench: Bench, tls: HeldTlsPeer | undefined): Promise<void> =>
    void bench.peer.end((await tls?.closeNotify()) ?? Buffer.alloc(0));

  describe(`the orderly end of a data connection (${version})`, () => {
    test('sends everything first, and is over when the peer has ended its half', () =>
      onReadyBench(version, async (bench, tls) => {
        const size = 6 * 1024 * 1024;
        bench.connection.line.write(Buffer.alloc(size));
        const finished = bench.finish();
        const { end, bytes } = await bench.peerReads();
        assert.equal(end, 'fin');
        assert.ok(bytes >= size);
        await endInOrder(bench, tls);
        assert.equal(await finished, ofPeer);
        await bench.assertGone();
      }));

    test('is over at once when the peer had ended its half before', () =>
      onReadyBench(version, async (bench, tls) => {
        bench.connection.line.resume();
        await endInOrder(bench, tls);
        assert.equal(await bench.ending(), ofPeer);
        const reading = bench.peerReads();
        assert.equal(await bench.finish(), ofPeer);
        assert.equal((await reading).end, 'fin');
        await bench.assertGone();
      }));

    test('does not wait longer than it was told for a peer that says nothing', () =>
      onReadyBench(version, async (bench) => {
        const reading = bench.peerReads();
        assert.equal(await bench.finish(20), 'no-answer');
        assert.equal((await reading).end, 'fin');
        await bench.assertGone();
      }));

    test('waits on, if asked to, while the kernel of the peer has not taken all', () =>
      onReadyBench(version, async (bench) => {
        const size = 8 * 1024 * 1024;
        bench.peer.pause();
        bench.connection.line.write(Buffer.alloc(size));
        let result: string | undefined;
        const finished = bench.finish(20, { untilTaken: true }).then((ending) => (result = ending));
        await new Promise((resolve) => setTimeout(resolve, 100));
        assert.equal(result, undefined);
        const { bytes } = await bench.peerReads();
        assert.ok(bytes >= size);
        assert.equal(await finished, 'no-answer');
        await bench.assertGone();
      }));

    test('tells of a reset that comes instead of an answer', () =>
      onReadyBench(version, async (bench) => {
        const finished = bench.finish();
        assert.equal((await bench.peerReads()).end, 'fin');
        bench.peer.resetAndDestroy();
        assert.equal(await finished, 'reset');
        await bench.assertGone();
      }));

    test('is told to be over when the line is reset meanwhile by us', () =>
      onReadyBench(version, async (bench) => {
        bench.connection.line.write(Buffer.alloc(8 * 1024 * 1024));
        const finished = bench.finish();
        await turn();
        bench.connection.reset();
        assert.equal(await finished, 'local');
        await bench.assertGone();
      }));

    test('of a line that is dead is over at once, with the ending that it had', () =>
      onReadyBench(version, async (bench) => {
        bench.connection.line.resume();
        bench.peer.resetAndDestroy();
        assert.equal(await bench.ending(), 'reset');
        await within(bench.connection.closed, 'the socket to close');
        const startedAt = performance.now();
        assert.equal(await bench.finish(5000), 'reset');
        assert.ok(performance.now() - startedAt < 2500);
        await bench.assertGone();
      }));

    test('in a closed scope is over at once', () =>
      onReadyBench(version, async (bench) => {
        bench.scope.close();
        assert.equal(await bench.finish(), 'local');
        await bench.assertGone();
      }));
  });

  describe(`the reset of a data connection (${version})`, () => {
    test('reaches the peer without close_notify and without FIN, with data on the way', () =>
      onReadyBench(version, async (bench, tls) => {
        let orderly = false;
        tls?.tls.on('end', () => (orderly = true)).resume();
        bench.connection.line.write(Buffer.alloc(6 * 1024 * 1024));
        await turn();
        bench.connection.reset();
        bench.connection.reset();
        assert.equal((await bench.peerReads()).end, 'ECONNRESET');
        await bench.assertGone();
        assert.equal(orderly, false);
        assert.deepEqual(bench.endings, ['local']);
      }));
  });
}

describe('a data connection that goes over to TLS', () => {
  for (const version of versions) {
    test(`passes bytes and tells the facts on ${version}`, () =>
      onReadyBench(version, async (bench, tls) => {
        assert.equal(bench.connection.tls?.protocol, version);
        assert.match(bench.connection.tls?.cipher ?? '', /AES_128_GCM_SHA256$/);
        assert.equal(bench.connection.tls?.resumed, false);
        assert.equal(bench.connection.tlsSocket, bench.connection.line);
        bench.connection.line.end('hello');
        const [chunk] = (await once((tls as HeldTlsPeer).tls, 'data')) as [Buffer];
        assert.equal(chunk.toString(), 'hello');
      }));

    test(`can be reset in the very turn in which it is ready on ${version}`, async () => {
      for (const side of ['server', 'client'] as const) {
        await onBench(async (bench) => {
          const certificate = await certificateOf('ecdsa');
          const peer = new HeldTlsPeer(bench.peer, { version, ...(side === 'client' ? { certificate } : {}) });
          const starting =
            side === 'server'
              ? bench.startTls()
              : bench.connection.startTls(
                  (socket) => connectTls({ socket, rejectUnauthorized: false }),
                  10_000,
                  'secureConnect',
                );
          await starting.then(() => bench.connection.reset());
          await bench.assertGone();
          peer.destroy();
        });
      }
    });
  }

  const refusals: readonly [string, { code?: string; message?: RegExp }, LineEnding, (bench: Bench) => void][] = [
    ['the peer sends something else', { message: /./ }, 'error', (bench) => void bench.peer.write('plain data\r\n')],
    ['the peer ends the line', { code: 'ERR_TLS_EARLY_END' }, 'error', (bench) => void bench.peer.end()],
    ['the peer resets the line', { message: /./ }, 'reset', (bench) => void bench.peer.resetAndDestroy()],
    ['its scope closes', { code: 'ERR_TLS_EARLY_END' }, 'local', (bench) => bench.scope.close()],
  ];
  for (const [when, error, ending, act] of refusals) {
    test(`rejects when ${when}, and is dead`, () =>
      onBench(async (bench) => {
        const starting = bench.startTls();
        starting.catch(() => undefined);
        await turn();
        act(bench);
        await assert.rejects(within(starting, 'the rejection'), error);
        await bench.assertGone();
        assert.deepEqual(bench.endings, [ending]);
      }));
  }

  test('rejects when the handshake takes too long, and is dead', () =>
    onBench(async (bench) => {
      await assert.rejects(bench.startTls(20), { code: 'ETIMEDOUT', message: 'no TLS handshake within 0.02 s' });
      await bench.assertGone();
      assert.deepEqual(bench.endings, ['timeout']);
    }));

  test('rejects when TLS cannot even begin, and is dead', () =>
    onBench(async (bench) => {
      const wrap = (): never => {
        throw new Error('no such cipher');
      };
      await assert.rejects(bench.connection.startTls(wrap, 10_000, 'secure'), /no such cipher/);
      await bench.assertGone();
      assert.deepEqual(bench.endings, ['error']);
    }));

  test('rejects at once when the peer had ended the line behind its ClientHello', () =>
    onBench(async (bench) => {
      const peer = new HeldTlsPeer(bench.peer, { version: 'TLSv1.3' });
      bench.ourRaw.read(0);
      while (bench.ourRaw.readableLength === 0) await turn();
      bench.peer.end();
      for (let turns = 0; turns < 5; turns += 1) await turn();
      await assert.rejects(within(bench.startTls(), 'the rejection'), { code: 'ERR_TLS_EARLY_END' });
      await bench.assertGone();
      peer.destroy();
    }));
});
