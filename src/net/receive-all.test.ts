import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { connectedPair } from '../../test/fixtures/held-tls-peer.ts';
import { hashOf, inChunksOf, seededBytes } from '../testing/index.ts';
import type { ByteSink } from './pump.ts';
import { receiveAll } from './receive-all.ts';
import { Scope } from './scope.ts';

const mib = 1024 * 1024;

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A sink that keeps everything and takes its time as `wait` says. */
class KeepingSink implements ByteSink {
  readonly chunks: Buffer[] = [];
  /** Bytes of each call. */
  readonly calls: number[] = [];
  writing = 0;
  readonly #wait: () => Promise<unknown>;

  constructor(wait: () => Promise<unknown> = () => Promise.resolve()) {
    this.#wait = wait;
  }

  async write(chunks: readonly Buffer[]): Promise<void> {
    this.writing += 1;
    assert.equal(this.writing, 1, 'calls come one after the other');
    await this.#wait();
    this.chunks.push(...chunks);
    this.calls.push(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
    this.writing -= 1;
  }

  get all(): Buffer {
    return Buffer.concat(this.chunks);
  }
}

interface Arrival {
  readonly scope: Scope;
  readonly ours: Socket;
  readonly theirs: Socket;
}

async function inPair(run: (arrival: Arrival) => Promise<void>): Promise<void> {
  const { accepted: ours, dialled: theirs } = await connectedPair();
  const scope = new Scope();
  ours.on('error', () => undefined);
  theirs.on('error', () => undefined);
  try {
    await run({ scope, ours, theirs });
  } finally {
    scope.close();
    ours.destroy();
    theirs.destroy();
  }
}

/** A stream in the place of a socket, for an order of events that TCP gives too rarely. */
const streamLine = (): { line: Socket; stream: PassThrough } => {
  const stream = new PassThrough({ highWaterMark: 64 * 1024 });
  return { line: stream as unknown as Socket, stream };
};

describe('receiveAll', () => {
  for (const size of [0, 1, 100_000, 9 * mib]) {
    test(`takes ${size} bytes whole, in few large writes`, () =>
      inPair(async ({ scope, ours, theirs }) => {
        const bytes = seededBytes(size, size);
        const sink = new KeepingSink();
        const progress = { bytes: 0 };
        let calls = 0;
        theirs.end(bytes);
        await receiveAll(scope, ours, sink, { progress, onProgress: () => (calls += 1) });
        assert.equal(hashOf(sink.all), hashOf(bytes));
        assert.equal(progress.bytes, size);
        assert.equal(calls, sink.calls.length);
        if (size > mib) assert.ok(size / sink.calls.length > 64 * 1024, `${sink.calls.length} writes`);
      }));
  }

  test('takes what had come and ended before it was called', () =>
    inPair(async ({ scope, ours, theirs }) => {
      theirs.end('all of it');
      ours.once('readable', () => undefined);
      while (ours.readableLength < 9) await turn();
      const sink = new KeepingSink();
      await receiveAll(scope, ours, sink, { progress: { bytes: 0 } });
      assert.equal(sink.all.toString(), 'all of it');
    }));

  test('resolves at once on a line that was read to its end, and on one that is dead', async () => {
    const { line, stream } = streamLine();
    stream.end();
    stream.resume();
    while (!stream.readableEnded) await turn();
    await receiveAll(new Scope(), line, new KeepingSink(), { progress: { bytes: 0 } });
    const dead = streamLine();
    dead.stream.destroy();
    await receiveAll(new Scope(), dead.line, new KeepingSink(), { progress: { bytes: 0 } });
  });

  test('hands over what came before a reset', () =>
    inPair(async ({ scope, ours, theirs }) => {
      const sink = new KeepingSink();
      const receiving = receiveAll(scope, ours, sink, { progress: { bytes: 0 } });
      theirs.write('the first part');
      while (sink.chunks.length === 0) await turn();
      theirs.resetAndDestroy();
      await receiving;
      assert.equal(sink.all.toString(), 'the first part');
    }));

  test('stops reading while the sink is slow, and holds little meanwhile', () =>
    inPair(async ({ scope, ours, theirs }) => {
      const { promise: opened, resolve: open } = Promise.withResolvers<void>();
      const sink = new KeepingSink(() => opened);
      const bytes = seededBytes(32 * mib, 1);
      const progress = { bytes: 0 };
      const receiving = receiveAll(scope, ours, sink, { progress });
      theirs.end(bytes);
      for (let still = 0, before = -1; still < 50; before = ours.bytesRead) {
        still = before === ours.bytesRead ? still + 1 : 0;
        await turn();
      }
      assert.ok(ours.isPaused());
      assert.equal(progress.bytes, 0);
      // In flight to the sink, waiting behind it, and in the socket's own buffer.
      assert.ok(ours.bytesRead < 3 * mib, `${ours.bytesRead} bytes were read`);
      open();
      await receiving;
      assert.equal(hashOf(sink.all), hashOf(bytes));
      assert.equal(progress.bytes, bytes.length);
    }));

  test('rejects with the error of the sink, at the first write and at a later one', async () => {
    for (const failing of [1, 3]) {
      await inPair(async ({ scope, ours, theirs }) => {
        let calls = 0;
        const sink: ByteSink = {
          write: () => {
            calls += 1;
            if (calls === failing) throw new Error('no space left');
            return Promise.resolve();
          },
        };
        const progress = { bytes: 0 };
        const receiving = receiveAll(scope, ours, sink, { progress });
        theirs.write(seededBytes(4 * mib, 1));
        await assert.rejects(receiving, { message: 'no space left' });
        assert.equal(progress.bytes > 0, failing > 1);
        const before = calls;
        for (let turns = 0; turns < 5; turns += 1) await turn();
        assert.equal(calls, before, 'nothing is written behind an error');
      });
    }
    await inPair(async ({ scope, ours, theirs }) => {
      const receiving = receiveAll(
        scope,
        ours,
        { write: () => Promise.reject('only text') },
        { progress: { bytes: 0 } },
      );
      theirs.end('x');
      await assert.rejects(receiving, { message: 'only text' });
    });
  });

  test('in a scope that closes, waits for the write in flight and hands over what had come', async () => {
    const { line, stream } = streamLine();
    const scope = new Scope();
    const { promise: opened, resolve: open } = Promise.withResolvers<void>();
    const sink = new KeepingSink(() => opened);
    const receiving = receiveAll(scope, line, sink, { progress: { bytes: 0 } });
    stream.write('in flight, ');
    while (sink.writing === 0) await turn();
    stream.write('waiting');
    await turn();
    scope.close();
    stream.write('and too late');
    await turn();
    assert.deepEqual(sink.chunks, []);
    open();
    await receiving;
    assert.equal(sink.all.toString(), 'in flight, waiting');
    assert.equal(stream.listenerCount('data') + stream.listenerCount('close'), 0);
  });

  test('in a closed scope takes nothing', async () => {
    const { line, stream } = streamLine();
    const scope = new Scope();
    scope.close();
    stream.write('too late');
    const sink = new KeepingSink();
    await receiveAll(scope, line, sink, { progress: { bytes: 0 } });
    await turn();
    assert.equal(sink.all.length, 0);
  });

  test('takes a prefix in order and keeps count, whatever ends first', async () => {
    const bytes = seededBytes(3 * mib, 3);
    const plan = fc.record({
      pieces: fc.array(fc.integer({ min: 1, max: 700_000 }), { minLength: 1, maxLength: 8 }),
      end: fc.constantFrom('end', 'destroy', 'close', 'none'),
    });
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), plan, async (scheduler, { pieces, end }) => {
        const { line, stream } = streamLine();
        const scope = new Scope();
        const sink = new KeepingSink(() => scheduler.schedule(Promise.resolve(), 'write'));
        const progress = { bytes: 0 };
        let fed = 0;
        const feeding = scheduler.scheduleSequence(
          pieces.map((size, index) => ({
            label: `piece ${index}`,
            builder: async () => {
              if (stream.destroyed) return;
              stream.write(bytes.subarray(fed, Math.min(bytes.length, fed + size)));
              fed = Math.min(bytes.length, fed + size);
              await turn();
            },
          })),
        ).task;
        const ending = scheduler.schedule(Promise.resolve(), end).then(async () => {
          if (end === 'destroy') stream.destroy();
          if (end === 'close') scope.close();
          if (end === 'none' || end === 'end') await feeding;
          if (end === 'end' || end === 'none') stream.end();
        });
        const receiving = receiveAll(scope, line, sink, { progress });
        await scheduler.waitFor(Promise.all([receiving, feeding, ending]));
        assert.equal(progress.bytes, sink.all.length);
        assert.equal(hashOf(sink.all), hashOf(bytes.subarray(0, sink.all.length)));
        if (end === 'end' || end === 'none') assert.equal(sink.all.length, fed);
      }),
      { numRuns: 100 },
    );
  });

  test('gathers small records of one turn into one write', async () => {
    const { line, stream } = streamLine();
    const sink = new KeepingSink();
    const receiving = receiveAll(new Scope(), line, sink, { progress: { bytes: 0 } });
    await turn();
    for (const piece of inChunksOf(Buffer.alloc(1000), 10)) stream.write(piece);
    stream.end();
    await receiving;
    assert.ok(sink.calls.length <= 2, `${sink.calls.length} writes`);
  });
});
