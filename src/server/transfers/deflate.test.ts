import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { deflateSync, inflateSync } from 'node:zlib';
import { seededBytes } from '../../testing/index.ts';
import { deflated, InflateError, type InflateProblem, Inflating } from './deflate.ts';

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function all(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const taken: Buffer[] = [];
  for await (const chunk of chunks) taken.push(chunk);
  return Buffer.concat(taken);
}

/** Takes everything, and tells how much of it waits at once. */
function collector(): { readonly chunks: Buffer[]; write(chunks: readonly Buffer[]): Promise<void> } {
  const chunks: Buffer[] = [];
  return { chunks, write: async (more) => void chunks.push(...more) };
}

async function inflate(bytes: Buffer, pieceBytes: number): Promise<Buffer> {
  const sink = collector();
  const inflating = new Inflating(sink, () => undefined);
  try {
    for await (const piece of inPieces(bytes, pieceBytes)) await inflating.write([piece]);
    await inflating.end();
  } finally {
    await inflating.stop();
  }
  return Buffer.concat(sink.chunks);
}

function assertProblem(problem: InflateProblem): (error: unknown) => boolean {
  return (error) => error instanceof InflateError && error.problem === problem;
}

describe('compressing', () => {
  test('gives one zlib stream, at every level and for every length', async () => {
    for (const length of [0, 1, 65_536, 1_000_003]) {
      const bytes = Buffer.concat([seededBytes(length >> 1, 1), Buffer.alloc(length - (length >> 1), 'text ')]);
      for (const level of [1, 6, 9]) {
        assert.deepEqual(inflateSync(await all(deflated(inPieces(bytes, 40_000), level))), bytes);
      }
    }
  });

  test('fails with the error of its source, and ends its source when it is left', async () => {
    const broken = (async function* () {
      yield Buffer.from('x');
      throw new Error('the disk is gone');
    })();
    await assert.rejects(all(deflated(broken, 6)), /the disk is gone/);
    let left = false;
    const endless = (async function* () {
      try {
        for (;;) yield seededBytes(65_536, 2);
      } finally {
        left = true;
      }
    })();
    for await (const chunk of deflated(endless, 1)) {
      assert.ok(chunk.length > 0);
      break;
    }
    while (!left) await new Promise(setImmediate);
  });
});

describe('inflating', () => {
  test('gives back the bytes, in pieces of any size', async () => {
    const bytes = Buffer.concat([seededBytes(20_000, 3), Buffer.alloc(3_000_000, 'abc')]);
    const sent = deflateSync(bytes);
    for (const size of [7, 4_096, sent.length]) assert.deepEqual(await inflate(sent, size), bytes);
    assert.deepEqual(await inflate(deflateSync(Buffer.alloc(0)), 1), Buffer.alloc(0));
  });

  test('tells a stream that ended early from one that is damaged, and from bytes behind it', async () => {
    const sent = deflateSync(seededBytes(100_000, 4));
    for (const length of [0, 1, 2, 5_000, sent.length - 4, sent.length - 1]) {
      await assert.rejects(inflate(sent.subarray(0, length), 1_000), assertProblem('truncated'), String(length));
    }
    const damaged = Buffer.from(sent);
    damaged[50_000] = (damaged[50_000] ?? 0) ^ 0xff;
    await assert.rejects(inflate(damaged, 1_000), assertProblem('damaged'));
    await assert.rejects(inflate(Buffer.from('no zlib at all'), 100), assertProblem('damaged'));
    for (const size of [1_000, sent.length, 200_000]) {
      await assert.rejects(inflate(Buffer.concat([sent, Buffer.from('more')]), size), assertProblem('damaged'));
    }
    const small = Buffer.concat([deflateSync(Buffer.from('small')), Buffer.from('x')]);
    await assert.rejects(inflate(small, 1), assertProblem('damaged'));
  });

  test('stops a bomb long before its end, and holds little of it', async () => {
    let waiting = 0;
    let most = 0;
    let given = 0;
    const inflating = new Inflating(
      {
        write: async (chunks) => {
          for (const chunk of chunks) given += chunk.length;
          waiting += 1;
          most = Math.max(most, waiting);
          await new Promise(setImmediate);
          waiting -= 1;
        },
      },
      () => undefined,
    );
    const bomb = deflateSync(Buffer.alloc(96 * 1024 * 1024));
    await assert.rejects(
      inflating.write([bomb]).then(() => inflating.end()),
      assertProblem('grows'),
    );
    await inflating.stop();
    assert.equal(most, 1, 'the next piece waits for the sink');
    assert.ok(given <= 68_000_000, String(given));
  });

  test('fails with the error of the sink', async () => {
    const broken = {
      write: async () => {
        throw new Error('the disk is full');
      },
    };
    const inflating = new Inflating(broken, () => undefined);
    const sent = deflateSync(seededBytes(1_000_000, 5));
    const whole = (async () => {
      for await (const piece of inPieces(sent, 10_000)) await inflating.write([piece]);
      await inflating.end();
    })();
    await assert.rejects(whole, /the disk is full/);
    await inflating.stop();
  });
});
