import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { connectedPair } from '../../test/fixtures/held-tls-peer.ts';
import { TlsDuel } from '../../test/fixtures/tls-duel.ts';
import { hashOf, seededBytes } from '../testing/index.ts';
import type { ByteSink } from './pump.ts';
import { receiveAll } from './receive-all.ts';
import { Scope } from './scope.ts';
import { countTransfer, maxShareBytes } from './turn-share.ts';

const mib = 1024 * 1024;

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A sink that copies late and then spoils the memory that it was given, as whoever uses it next will. */
class SpoilingSink implements ByteSink {
  readonly copies: Buffer[] = [];
  readonly memories = new Set<ArrayBufferLike>();
  readonly #wait: () => Promise<unknown>;

  constructor(wait: () => Promise<unknown> = turn) {
    this.#wait = wait;
  }

  async write(chunks: readonly Buffer[]): Promise<void> {
    await this.#wait();
    for (const chunk of chunks) {
      this.copies.push(Buffer.from(chunk));
      this.memories.add(chunk.buffer);
      chunk.fill(0xff);
    }
  }

  get all(): Buffer {
    return Buffer.concat(this.copies);
  }
}

/** A line of ours, and how its peer sends bytes and ends. */
interface Arrival {
  readonly scope: Scope;
  readonly line: Socket;
  readonly theirs: Socket;
  /** What `theirs` has to send so that the bytes come. */
  readonly encode: (bytes: Buffer) => Promise<Buffer>;
}

async function inClear(run: (arrival: Arrival) => Promise<void>): Promise<void> {
  const { accepted, dialled } = await connectedPair();
  const scope = new Scope();
  for (const socket of [accepted, dialled]) socket.on('error', () => undefined);
  try {
    await run({ scope, line: accepted, theirs: dialled, encode: (bytes) => Promise.resolve(bytes) });
  } finally {
    scope.close();
    accepted.destroy();
    dialled.destroy();
  }
}

async function underTls(run: (arrival: Arrival) => Promise<void>): Promise<void> {
  const duel = await TlsDuel.begin({ side: 'server', version: 'TLSv1.3', algorithm: 'ecdsa' });
  const { scope, connection, peer } = duel;
  const encode = async (bytes: Buffer): Promise<Buffer> => Buffer.from(await peer.recordsOf(bytes));
  try {
    await run({ scope, line: connection.line, theirs: peer.raw, encode });
  } finally {
    duel.close();
  }
}

/** Beside so many others that lines take turns. */
const inCrowd =
  (arrive: typeof inClear): typeof inClear =>
  async (run) => {
    const ends = Array.from({ length: 20 }, () => countTransfer());
    try {
      await arrive(run);
    } finally {
      for (const end of ends) end();
    }
  };

for (const [how, arrive] of [
  ['in clear', inClear],
  ['under TLS', underTls],
  ['in clear and in a crowd', inCrowd(inClear)],
  ['under TLS and in a crowd', inCrowd(underTls)],
] as const) {
  describe(`receiveAll ${how} into memory that it uses again`, () => {
    for (const size of [0, 1, 100_000, 9 * mib]) {
      test(`takes ${size} bytes whole`, () =>
        arrive(async ({ scope, line, theirs, encode }) => {
          const bytes = seededBytes(size, size);
          const sink = new SpoilingSink();
          const progress = { bytes: 0 };
          theirs.end(await encode(bytes));
          await receiveAll(scope, line, sink, { progress, reuseMemory: true });
          assert.equal(hashOf(sink.all), hashOf(bytes));
          assert.equal(progress.bytes, size);
          assert.ok(sink.memories.size <= 16, `${sink.memories.size} pieces of memory`);
        }));
    }

    test('takes what had come before it was called, and what comes behind that', () =>
      arrive(async ({ scope, line, theirs, encode }) => {
        theirs.write(await encode(Buffer.from('before, ')));
        line.read(0);
        while (line.readableLength < 8) await turn();
        const sink = new SpoilingSink();
        const receiving = receiveAll(scope, line, sink, { progress: { bytes: 0 }, reuseMemory: true });
        theirs.end(await encode(Buffer.from('behind')));
        await receiving;
        assert.equal(sink.all.toString(), 'before, behind');
      }));

    test('holds little while the sink is slow', () =>
      arrive(async ({ scope, line, theirs, encode }) => {
        const { promise: opened, resolve: open } = Promise.withResolvers<void>();
        const sink = new SpoilingSink(() => opened);
        const bytes = seededBytes(16 * mib, 1);
        const receiving = receiveAll(scope, line, sink, { progress: { bytes: 0 }, reuseMemory: true });
        theirs.end(await encode(bytes));
        for (let still = 0, before = -1; still < 50; before = line.bytesRead) {
          still = before === line.bytesRead ? still + 1 : 0;
          await turn();
        }
        assert.ok(line.isPaused());
        assert.ok(line.bytesRead < 3 * mib, `${line.bytesRead} bytes were read`);
        open();
        await receiving;
        assert.equal(hashOf(sink.all), hashOf(bytes));
      }));

    test('leaves what is with the sink alone when more comes behind the end of its scope', () =>
      arrive(async ({ line, theirs, encode }) => {
        const scope = new Scope();
        const { promise: opened, resolve: open } = Promise.withResolvers<void>();
        let calls = 0;
        const sink = new SpoilingSink(() => ((calls += 1), opened));
        const progress = { bytes: 0 };
        const receiving = receiveAll(scope, line, sink, { progress, reuseMemory: true });
        theirs.write(await encode(Buffer.from('wanted')));
        while (calls === 0) await turn();
        scope.close();
        theirs.write(await encode(Buffer.from('too late')));
        for (let turns = 0; turns < 20; turns += 1) await turn();
        open();
        await receiving;
        assert.equal(sink.all.toString(), 'wanted');
        assert.equal(progress.bytes, 6);
      }));

    test('hands over what came before a reset', () =>
      arrive(async ({ scope, line, theirs, encode }) => {
        const sink = new SpoilingSink();
        const receiving = receiveAll(scope, line, sink, { progress: { bytes: 0 }, reuseMemory: true });
        theirs.write(await encode(Buffer.from('the first part')));
        while (sink.copies.length === 0) await turn();
        theirs.resetAndDestroy();
        await receiving;
        assert.equal(sink.all.toString(), 'the first part');
      }));

    test('keeps the order of pieces of any size, with a sink of any speed', async () => {
      const bytes = seededBytes(2 * mib, 3);
      const plan = fc.record({
        pieces: fc.array(fc.integer({ min: 1, max: 400_000 }), { minLength: 1, maxLength: 5 }),
        waits: fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 5 }),
      });
      await fc.assert(
        fc.asyncProperty(plan, ({ pieces, waits }) =>
          arrive(async ({ scope, line, theirs, encode }) => {
            let call = 0;
            const sink = new SpoilingSink(async () => {
              const turns = waits[call++ % waits.length] ?? 0;
              for (let left = turns; left > 0; left -= 1) await turn();
            });
            const receiving = receiveAll(scope, line, sink, { progress: { bytes: 0 }, reuseMemory: true });
            let sent = 0;
            for (const size of pieces) {
              theirs.write(await encode(bytes.subarray(sent, sent + size)));
              sent = Math.min(bytes.length, sent + size);
              await turn();
            }
            theirs.end();
            await receiving;
            assert.equal(hashOf(sink.all), hashOf(bytes.subarray(0, sent)));
          }),
        ),
        { numRuns: 15 },
      );
    });
  });
}

test('in a crowd a line is read no more than its share in a turn', () =>
  inCrowd(inClear)(async ({ scope, line, theirs }) => {
    const sink = new SpoilingSink();
    theirs.end(seededBytes(4 * mib, 5));
    const progress = { bytes: 0 };
    const receiving = receiveAll(scope, line, sink, { progress, reuseMemory: true });
    const shares: number[] = [];
    for (let before = 0; progress.bytes < 4 * mib; before = line.bytesRead) {
      await turn();
      shares.push(line.bytesRead - before);
    }
    await receiving;
    assert.ok(Math.max(...shares) <= 2 * maxShareBytes, `${Math.max(...shares)} bytes`);
  }));
