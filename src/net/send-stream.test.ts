import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { describe, test } from 'node:test';
import { connectedPair } from '../../test/fixtures/held-tls-peer.ts';
import { hashOf, inChunksOf, seededBytes, within } from '../testing/index.ts';
import { Scope } from './scope.ts';
import { sendStream } from './send-stream.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function* chunksOf(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (const chunk of inChunksOf(bytes, size)) yield chunk as Buffer;
}

/** Chunks that are made on demand, with a note of how many were made and whether their maker was told to end. */
function countedChunks(count: number, chunk: Buffer): { made: number; ended: boolean; chunks: AsyncGenerator<Buffer> } {
  const counted = { made: 0, ended: false, chunks: make() };
  async function* make(): AsyncGenerator<Buffer> {
    try {
      while (counted.made < count) {
        counted.made += 1;
        yield chunk;
      }
    } finally {
      counted.ended = true;
    }
  }
  return counted;
}

async function inPair(run: (scope: Scope, ours: Socket, theirs: Socket) => Promise<void>): Promise<void> {
  const { accepted: ours, dialled: theirs } = await connectedPair();
  const scope = new Scope();
  ours.on('error', () => undefined);
  theirs.on('error', () => undefined);
  try {
    await run(scope, ours, theirs);
  } finally {
    scope.close();
    ours.destroy();
    theirs.destroy();
  }
}

describe('sendStream', () => {
  for (const [size, chunkSize] of [
    [0, 1],
    [1, 1],
    [100_000, 777],
    [12_000_000, 64 * 1024],
  ] as const) {
    test(`sends ${size} bytes in chunks of ${chunkSize}`, () =>
      inPair(async (scope, ours, theirs) => {
        const bytes = seededBytes(size, 5);
        const received: Buffer[] = [];
        theirs.on('data', (chunk: Buffer) => received.push(chunk)).resume();
        const progress = { bytes: 0 };
        await sendStream(scope, chunksOf(bytes, chunkSize), ours, { progress });
        assert.equal(progress.bytes, size, 'the line has taken all of it');
        ours.end();
        await once(theirs, 'end');
        assert.equal(hashOf(Buffer.concat(received)), hashOf(bytes));
      }));
  }

  test('skips chunks of nothing', () =>
    inPair(async (scope, ours, theirs) => {
      let calls = 0;
      async function* chunks(): AsyncGenerator<Buffer> {
        yield Buffer.alloc(0);
        yield Buffer.from('x');
        yield Buffer.alloc(0);
      }
      theirs.resume();
      await sendStream(scope, chunks(), ours, { progress: { bytes: 0 }, onProgress: () => (calls += 1) });
      assert.equal(calls, 1);
    }));

  test('makes no more than the line takes', () =>
    inPair(async (scope, ours) => {
      const chunk = Buffer.alloc(64 * 1024);
      const counted = countedChunks(10_000, chunk);
      const progress = { bytes: 0 };
      const sending = sendStream(scope, counted.chunks, ours, { progress });
      for (let still = 0, before = -1; still < 50; before = counted.made) {
        still = before === counted.made ? still + 1 : 0;
        await turn();
      }
      assert.ok(counted.made < 10_000);
      assert.ok(counted.made * chunk.length - progress.bytes < 1024 * 1024, 'little is held');
      scope.close();
      await within(sending, 'the end of sending');
      assert.equal(counted.ended, true);
    }));

  test('rejects with the error of the maker', () =>
    inPair(async (scope, ours, theirs) => {
      theirs.resume();
      async function* chunks(): AsyncGenerator<Buffer> {
        yield Buffer.from('x');
        throw new Error('the folder went away');
      }
      const sending = sendStream(scope, chunks(), ours, { progress: { bytes: 0 } });
      await assert.rejects(sending, { message: 'the folder went away' });
    }));

  test('in a closed scope makes nothing', async () => {
    const scope = new Scope();
    scope.close();
    const counted = countedChunks(1, Buffer.from('x'));
    await sendStream(scope, counted.chunks, {} as Socket, { progress: { bytes: 0 } });
    assert.equal(counted.made, 0);
  });

  test('ends when its scope closes while the maker is busy, and tells the maker to end', async () => {
    await inPair(async (scope, ours) => {
      const { promise: released, resolve: release } = Promise.withResolvers<void>();
      let ended = false;
      async function* chunks(): AsyncGenerator<Buffer> {
        try {
          yield Buffer.from('x');
          await released;
          yield Buffer.from('y');
        } finally {
          ended = true;
        }
      }
      const progress = { bytes: 0 };
      const sending = sendStream(scope, chunks(), ours, { progress });
      await turn();
      scope.close();
      await within(sending, 'the end of sending');
      assert.equal(ended, false, 'the maker still waits');
      release();
      await turn();
      assert.equal(ended, true);
      assert.equal(progress.bytes, 1);
    });
  });

  test('does not fail when a maker that was left behind fails, or fails to end', async () => {
    for (const failAt of ['next', 'return'] as const) {
      const scope = new Scope();
      const chunks: AsyncIterable<Buffer> = {
        [Symbol.asyncIterator]: () => ({
          next: () =>
            new Promise((_resolve, reject) => {
              if (failAt === 'next') setImmediate(() => reject(new Error('too late')));
            }),
          return: () =>
            failAt === 'return'
              ? Promise.reject(new Error('too late'))
              : Promise.resolve({ done: true, value: undefined }),
        }),
      };
      const sending = sendStream(scope, chunks, {} as Socket, { progress: { bytes: 0 } });
      scope.close();
      await within(sending, 'the end of sending');
      await turn();
      await turn();
    }
  });

  test('makes nothing more for a line that is gone', () =>
    inPair(async (scope, ours, theirs) => {
      const counted = countedChunks(10_000, Buffer.alloc(64 * 1024));
      const progress = { bytes: 0 };
      const sending = sendStream(scope, counted.chunks, ours, { progress });
      theirs.resetAndDestroy();
      await within(sending, 'the end of sending');
      assert.ok(counted.made < 10_000);
      assert.equal(counted.ended, true);
      assert.ok(progress.bytes < counted.made * 64 * 1024);
      const late = countedChunks(10, Buffer.alloc(1024 * 1024));
      await within(sendStream(scope, late.chunks, ours, { progress }), 'the end of sending');
      assert.ok(late.made <= 1);
    }));

  test('waits for the line to take the last chunk', async () => {
    const scope = new Scope();
    const line = new PassThrough({ highWaterMark: 1024 * 1024 });
    const { promise: taken, resolve: take } = Promise.withResolvers<void>();
    line._write = (_chunk, _encoding, done) => void taken.then(() => done());
    const progress = { bytes: 0 };
    let done = false;
    const sending = sendStream(scope, chunksOf(Buffer.from('abc'), 1), line as unknown as Socket, { progress }).then(
      () => {
        done = true;
      },
    );
    await turn();
    assert.equal(done, false);
    take();
    await within(sending, 'the end of sending');
    assert.equal(progress.bytes, 3);
  });
});
