import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { describe, test } from 'node:test';
import { connectedPair, HeldTlsPeer } from '../../test/fixtures/held-tls-peer.ts';
import { certificateOf, type TlsVersion } from '../../test/fixtures/tls-duel.ts';
import { within } from '../testing/index.ts';
import { ControlChannel, type ControlChannelOptions } from './control-channel.ts';
import type { LineEnding } from './line-ending.ts';
import { LiveCounts, Scope } from './scope.ts';
import { SessionTls } from './server-tls.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const versions: readonly TlsVersion[] = ['TLSv1.2', 'TLSv1.3'];

/** A control channel of ours, what its owner hears, and the raw socket at the other end. */
class Bench {
  readonly scope = new Scope();
  readonly channel: ControlChannel;
  readonly ourRaw: Socket;
  readonly peer: Socket;
  readonly heard: string[] = [];
  readonly ending: Promise<LineEnding>;
  error: Error | undefined;
  #look: () => void = () => undefined;

  private constructor(ourRaw: Socket, peer: Socket, options: ControlChannelOptions) {
    this.ourRaw = ourRaw;
    this.peer = peer;
    peer.setNoDelay(true).on('error', () => undefined);
    const { promise, resolve } = Promise.withResolvers<LineEnding>();
    this.ending = within(promise, 'the end of the channel');
    this.ending.catch(() => undefined);
    this.channel = new ControlChannel(
      ourRaw,
      this.scope,
      {
        bytes: (chunk) => this.#hear(chunk.toString('latin1')),
        ended: (ending, error) => {
          this.#hear(`<${ending}>`);
          this.error = error;
          resolve(ending);
        },
      },
      options,
    );
    ourRaw.resume();
  }

  static async open(options: ControlChannelOptions = {}): Promise<Bench> {
    const { accepted, dialled } = await connectedPair();
    return new Bench(accepted, dialled, options);
  }

  #hear(what: string): void {
    this.heard.push(what);
    this.#look();
  }

  get text(): string {
    return this.heard.join('');
  }

  async until(text: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#look = () => {
      if (this.text.includes(text)) resolve();
    };
    this.#look();
    await within(promise, `"${text}", and there was "${this.text}"`);
  }

  /** Everything that the peer receives until the line ends, and how it ends there. */
  async peerReads(): Promise<{ text: string; end: string }> {
    const chunks: Buffer[] = [];
    const { promise, resolve } = Promise.withResolvers<string>();
    this.peer.on('data', (chunk: Buffer) => chunks.push(chunk));
    this.peer.once('end', () => resolve('fin'));
    this.peer.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''));
    this.peer.resume();
    const end = await within(promise, 'the end at the peer');
    return { text: Buffer.concat(chunks).toString('latin1'), end };
  }

  /** TLS with our end as the server; resolves with the peer when both are through. */
  async secure(version: TlsVersion): Promise<HeldTlsPeer> {
    this.channel.pause();
    const peer = new HeldTlsPeer(this.peer, { version });
    await Promise.all([this.startTls(), peer.secured]);
    return peer;
  }

  async startTls(timeoutMs = 10_000): Promise<unknown> {
    const tls = new SessionTls(await certificateOf('ecdsa'));
    return this.channel.startTls((raw) => tls.wrap(raw), timeoutMs, 'secure');
  }

  close(): void {
    this.scope.close();
    this.peer.destroy();
  }

  /** Nothing of the channel lives any more. */
  async assertGone(): Promise<void> {
    for (let turns = 0; turns < 100 && this.scope.counts.get('socket') > 0; turns += 1) await turn();
    assert.deepEqual(this.scope.counts.snapshot(), new LiveCounts().snapshot());
    assert.equal(this.ourRaw.destroyed, true);
  }
}

async function onBench(run: (bench: Bench) => Promise<void>, options?: ControlChannelOptions): Promise<void> {
  const bench = await Bench.open(options);
  try {
    await run(bench);
  } finally {
    bench.close();
  }
}

describe('a control channel in clear', () => {
  test('passes bytes both ways and knows both addresses', () =>
    onBench(async (bench) => {
      bench.peer.write('USER a\r\n');
      await bench.until('USER a\r\n');
      bench.channel.write(Buffer.from('331 Yes\r\n'));
      const [reply] = (await once(bench.peer.resume(), 'data')) as [Buffer];
      assert.equal(reply.toString(), '331 Yes\r\n');
      assert.deepEqual(bench.channel.local, { host: '127.0.0.1', port: bench.peer.remotePort });
      assert.deepEqual(bench.channel.remote, { host: '127.0.0.1', port: bench.peer.localPort });
      assert.equal(bench.channel.tls, undefined);
      assert.equal(bench.channel.tlsSocket, undefined);
      assert.equal(bench.scope.counts.get('socket'), 1);
    }));

  test('hears a FIN behind the bytes before it, and can still answer', () =>
    onBench(async (bench) => {
      bench.peer.end('QUIT\r\n');
      assert.equal(await bench.ending, 'fin');
      assert.equal(bench.text, 'QUIT\r\n<fin>');
      assert.equal(bench.channel.ended, true);
      bench.channel.write(Buffer.from('221 Bye\r\n'));
      bench.channel.end();
      assert.deepEqual(await bench.peerReads(), { text: '221 Bye\r\n', end: 'fin' });
      await bench.assertGone();
      assert.equal(bench.text, 'QUIT\r\n<fin>', 'nothing is called behind the end');
    }));

  test('hears a reset once', () =>
    onBench(async (bench) => {
      bench.peer.resetAndDestroy();
      assert.equal(await bench.ending, 'reset');
      assert.equal((bench.error as NodeJS.ErrnoException).code, 'ECONNRESET');
      await bench.assertGone();
      assert.equal(bench.text, '<reset>');
    }));

  test('stops reading when paused and goes on when resumed', () =>
    onBench(async (bench) => {
      bench.channel.pause();
      bench.peer.write('late');
      while (bench.ourRaw.readableLength === 0) await turn();
      assert.equal(bench.text, '');
      bench.channel.resume();
      await bench.until('late');
      bench.channel.resume();
    }));

  test('counts the bytes that a peer which does not read leaves unsent', () =>
    onBench(async (bench) => {
      assert.equal(bench.channel.unsentBytes, 0);
      bench.channel.write(Buffer.alloc(32 * 1024 * 1024));
      await turn();
      assert.ok(bench.channel.unsentBytes > 1024 * 1024);
    }));

  test('ends with its scope, as ended by ourselves', () =>
    onBench(async (bench) => {
      bench.channel.scope.close();
      assert.equal(await bench.ending, 'local');
      await bench.assertGone();
    }));

  test('resets the line when told to', () =>
    onBench(async (bench) => {
      bench.channel.reset();
      bench.channel.reset();
      assert.equal((await bench.peerReads()).end, 'ECONNRESET');
      await bench.assertGone();
      assert.equal(bench.text, '<local>');
    }));
});

describe('the orderly end of a control channel', () => {
  const large = Buffer.alloc(8 * 1024 * 1024, 'x');

  test('sends the last reply first, though the peer has not read anything yet', () =>
    onBench(async (bench) => {
      bench.channel.write(large);
      bench.channel.write(Buffer.from('221 Bye\r\n'));
      bench.channel.end();
      bench.channel.end();
      bench.channel.write(Buffer.from('behind the end'));
      const { text, end } = await bench.peerReads();
      assert.equal(text.length, large.length + 9);
      assert.ok(text.endsWith('221 Bye\r\n'));
      assert.equal(end, 'fin');
      bench.peer.end();
      await bench.assertGone();
      assert.equal(bench.text, '<local>');
    }));

  test('sends all of the last reply to a peer that has ended its own half meanwhile', () =>
    onBench(async (bench) => {
      bench.channel.write(large);
      bench.channel.end();
      await turn();
      bench.peer.end();
      while (!bench.ourRaw.readableEnded && !bench.ourRaw.destroyed) await turn();
      const { text, end } = await bench.peerReads();
      assert.equal(text.length, large.length);
      assert.equal(end, 'fin');
      await bench.assertGone();
    }));

  test('is no reset although the peer has sent what nobody reads', () =>
    onBench(
      async (bench) => {
        bench.channel.pause();
        bench.peer.write(Buffer.alloc(100_000));
        while (bench.ourRaw.readableLength === 0) await turn();
        bench.channel.write(Buffer.from('421 Too much\r\n'));
        bench.channel.end();
        assert.deepEqual(await bench.peerReads(), { text: '421 Too much\r\n', end: 'fin' });
        bench.peer.end();
        await bench.assertGone();
      },
      { lingerMs: 60_000 },
    ));

  test('does not wait longer than it was told for a peer that stays', () =>
    onBench(
      async (bench) => {
        bench.channel.end();
        assert.equal((await bench.peerReads()).end, 'fin');
        assert.equal(await bench.ending, 'local');
        await bench.assertGone();
      },
      { lingerMs: 20 },
    ));

  test('is over at once when the peer resets', () =>
    onBench(
      async (bench) => {
        bench.channel.end();
        await turn();
        bench.peer.resetAndDestroy();
        assert.equal(await bench.ending, 'local');
        await bench.assertGone();
      },
      { lingerMs: 60_000 },
    ));

  test('in a closed scope does nothing', () =>
    onBench(async (bench) => {
      bench.channel.scope.close();
      bench.channel.end();
      bench.channel.write(Buffer.from('too late'));
      await bench.assertGone();
      assert.equal(bench.text, '<local>');
    }));

  for (const version of versions) {
    test(`sends the last reply, close_notify and FIN on ${version}`, () =>
      onBench(async (bench) => {
        const peer = await bench.secure(version);
        const chunks: Buffer[] = [];
        peer.tls.on('data', (chunk: Buffer) => chunks.push(chunk));
        bench.channel.write(large);
        bench.channel.write(Buffer.from('221 Bye\r\n'));
        bench.channel.end();
        await within(once(peer.tls, 'end'), 'the end under TLS');
        assert.equal(Buffer.concat(chunks).length, large.length + 9);
        peer.raw.end(await peer.closeNotify());
        await bench.assertGone();
        assert.equal(bench.text, '<local>');
      }));
  }
});

describe('a control channel that goes over to TLS', () => {
  for (const version of versions) {
    test(`passes bytes on ${version} and hears each end of the line`, async () => {
      for (const end of ['close-notify', 'fin', 'reset', 'error'] as const) {
        await onBench(async (bench) => {
          const peer = await bench.secure(version);
          assert.equal(bench.channel.tls?.protocol, version);
          assert.equal(bench.channel.tlsSocket?.encrypted, true);
          peer.raw.write(await peer.recordsOf(Buffer.from('NOOP\r\n')));
          await bench.until('NOOP\r\n');
          bench.channel.write(Buffer.from('200 Yes\r\n'));
          const [reply] = (await once(peer.tls, 'data')) as [Buffer];
          assert.equal(reply.toString(), '200 Yes\r\n');
          if (end === 'close-notify') peer.raw.write(await peer.closeNotify());
          if (end === 'fin') peer.raw.end();
          if (end === 'reset') peer.raw.resetAndDestroy();
          if (end === 'error') peer.raw.write('in clear again\r\n');
          assert.equal(await bench.ending, end);
          assert.equal(bench.text, `NOOP\r\n<${end}>`);
        });
      }
    });

    test(`takes bytes that came before TLS was taken up as its beginning, on ${version}`, () =>
      onBench(async (bench) => {
        bench.peer.write('AUTH TLS\r\n');
        await bench.until('AUTH TLS\r\n');
        bench.channel.pause();
        const peer = new HeldTlsPeer(bench.peer, { version });
        while (bench.ourRaw.readableLength === 0) await turn();
        await Promise.all([bench.startTls(), peer.secured]);
        assert.equal(bench.text, 'AUTH TLS\r\n');
        peer.raw.write(await peer.recordsOf(Buffer.from('PBSZ 0\r\n')));
        await bench.until('PBSZ 0\r\n');
      }));

    test(`hands over nothing before its owner knows of TLS on ${version}, data in one with the handshake included`, () =>
      onBench(async (bench) => {
        bench.channel.pause();
        const peer = new HeldTlsPeer(bench.peer, { version, holdsFinished: version === 'TLSv1.3' });
        const secured = bench.startTls().then(async () => {
          await Promise.resolve();
          bench.heard.push('<secured>');
        });
        await peer.secured;
        peer.raw.write(await peer.recordsOf(Buffer.from('USER a\r\n')));
        await secured;
        await bench.until('USER a\r\n');
        assert.equal(bench.text, '<secured>USER a\r\n');
      }));

    test(`hears a close_notify that comes in one with the end of the handshake on ${version}`, () =>
      onBench(async (bench) => {
        bench.channel.pause();
        const peer = new HeldTlsPeer(bench.peer, { version, holdsFinished: version === 'TLSv1.3' });
        const secured = bench.startTls().then(() => bench.heard.push('<secured>'));
        await peer.secured;
        peer.raw.end(await peer.closeNotify());
        await secured;
        assert.equal(await bench.ending, 'close-notify');
        assert.equal(bench.text, '<secured><close-notify>');
      }));

    test(`resets the line without close_notify on ${version}`, () =>
      onBench(async (bench) => {
        const peer = await bench.secure(version);
        let ended = false;
        peer.tls.on('end', () => (ended = true)).resume();
        const code = new Promise((resolve) =>
          peer.raw.once('error', (error: NodeJS.ErrnoException) => resolve(error.code)),
        );
        bench.channel.reset();
        assert.equal(await within(code, 'the end at the peer'), 'ECONNRESET');
        assert.equal(ended, false);
        await bench.assertGone();
      }));
  }

  const refusals: readonly [string, RegExp, LineEnding, (bench: Bench) => void][] = [
    ['the peer sends something else', /./, 'error', (bench) => void bench.peer.write('USER a\r\nPASS b\r\n')],
    ['the peer ends the line', /ended during/, 'fin', (bench) => void bench.peer.end()],
    ['the peer resets the line', /./, 'reset', (bench) => void bench.peer.resetAndDestroy()],
    ['the owner ends the session', /ended during/, 'local', (bench) => bench.scope.close()],
  ];
  for (const [when, message, ending, act] of refusals) {
    test(`rejects when ${when}, and the line is dead`, () =>
      onBench(async (bench) => {
        bench.channel.pause();
        const starting = bench.startTls();
        starting.catch(() => undefined);
        await turn();
        act(bench);
        await assert.rejects(within(starting, 'the rejection'), { message });
        assert.equal(await bench.ending, ending);
        await bench.assertGone();
        assert.equal(bench.text, `<${ending}>`);
      }));
  }

  test('rejects at once when the peer had ended the line before, behind nothing or behind its ClientHello', async () => {
    for (const saysHello of [false, true]) {
      await onBench(async (bench) => {
        bench.channel.pause();
        const hello = saysHello ? new HeldTlsPeer(bench.peer, { version: 'TLSv1.3' }) : undefined;
        while (saysHello && bench.ourRaw.readableLength === 0) await turn();
        bench.peer.end();
        for (let turns = 0; turns < 5; turns += 1) await turn();
        await assert.rejects(within(bench.startTls(), 'the rejection'), /ended during/);
        assert.equal(await bench.ending, 'fin');
        await bench.assertGone();
        assert.equal(bench.text, '<fin>');
        hello?.destroy();
      });
    }
  });

  test('rejects when the handshake takes too long, and the line is dead', () =>
    onBench(async (bench) => {
      bench.channel.pause();
      await assert.rejects(bench.startTls(20), /not done within 0.02 s/);
      assert.equal(await bench.ending, 'timeout');
      await bench.assertGone();
    }));

  test('rejects when TLS cannot even begin, and the line is dead', () =>
    onBench(async (bench) => {
      const starting = bench.channel.startTls(
        () => {
          throw new Error('no such cipher');
        },
        10_000,
        'secure',
      );
      await assert.rejects(starting, /no such cipher/);
      assert.equal(await bench.ending, 'error');
      await bench.assertGone();
    }));
});
