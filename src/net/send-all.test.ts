import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { connectedPair } from '../../test/fixtures/held-tls-peer.ts';
import { hashOf, seededBytes } from '../testing/index.ts';
import { buffersAhead, type ByteSource, pumpBufferBytes } from './pump.ts';
import { Scope } from './scope.ts';
import { sendAll } from './send-all.ts';
import { countTransfer } from './turn-share.ts';

const kib = 1024;
const content = seededBytes(3 * pumpBufferBytes + 12_345, 7);

/** A source over the first bytes of `content`, read in pieces of at most `step` bytes. */
function sourceOf(size: number, step = Infinity): ByteSource {
  return {
    read: async (buffer, position) =>
      content.copy(buffer, 0, position, Math.min(size, position + step, position + buffer.length)),
  };
}

/** Sends over a real connection; gives what arrived. */
async function sendOverTcp(source: ByteSource, options: { start: number; size: number }): Promise<Buffer> {
  const { accepted, dialled } = await connectedPair();
  const scope = new Scope();
  const chunks: Buffer[] = [];
  dialled.on('data', (chunk: Buffer) => chunks.push(chunk)).resume();
  const progress = { bytes: 0 };
  try {
    await sendAll(scope, source, accepted, { ...options, progress });
    accepted.end();
    await once(dialled, 'end');
  } finally {
    scope.close();
    accepted.destroy();
    dialled.destroy();
  }
  const all = Buffer.concat(chunks);
  assert.equal(progress.bytes, all.length);
  return all;
}

function assertSame(actual: Buffer, expected: Uint8Array): void {
  assert.equal(actual.length, expected.length);
  assert.equal(hashOf(actual), hashOf(expected));
}

describe('sendAll', () => {
  const sizes = [
    0,
    1,
    1000,
    pumpBufferBytes - 1,
    pumpBufferBytes,
    pumpBufferBytes + 1,
    3 * pumpBufferBytes,
    content.length,
  ];
  for (const size of sizes) {
    test(`sends a file of ${size} bytes whole`, async () => {
      assertSame(await sendOverTcp(sourceOf(size), { start: 0, size }), content.subarray(0, size));
    });
  }

  test('sends the same beside so many others that pieces are small', async () => {
    const ends = Array.from({ length: 200 }, () => countTransfer());
    try {
      for (const size of [0, 1, 65_536, 131_073, content.length]) {
        assertSame(await sendOverTcp(sourceOf(size), { start: 0, size }), content.subarray(0, size));
      }
      const short = sourceOf(600_000, 50_000);
      assertSame(await sendOverTcp(short, { start: 7, size: 600_000 }), content.subarray(7, 600_000));
      assertSame(await sendOverTcp(short, { start: 0, size: 400_000 }), content.subarray(0, 600_000));
    } finally {
      for (const end of ends) end();
    }
  });

  test('sends from an offset on, also from the end and from behind it', async () => {
    for (const start of [1, pumpBufferBytes, 300_000, 400_000, 500_000]) {
      const sent = await sendOverTcp(sourceOf(400_000), { start, size: 400_000 });
      assertSame(sent, content.subarray(Math.min(start, 400_000), 400_000));
    }
  });

  test('takes a short read for what it is, and only 0 for the end', async () => {
    for (const step of [4096, 100_000, pumpBufferBytes - 1]) {
      assertSame(await sendOverTcp(sourceOf(600_000, step), { start: 0, size: 600_000 }), content.subarray(0, 600_000));
    }
    assertSame(await sendOverTcp(sourceOf(2000, 1), { start: 0, size: 2000 }), content.subarray(0, 2000));
  });

  test('sends what a file has grown by since it was opened', async () => {
    for (const opened of [0, pumpBufferBytes, 3 * pumpBufferBytes]) {
      assertSame(await sendOverTcp(sourceOf(content.length), { start: 0, size: opened }), content);
    }
  });

  test('ends where a file now ends that has shrunk since it was opened', async () => {
    for (const now of [0, 100, pumpBufferBytes, pumpBufferBytes + 100]) {
      const sent = await sendOverTcp(sourceOf(now), { start: 0, size: content.length });
      assertSame(sent, content.subarray(0, now));
    }
  });

  test('leaves no gap where a file is cut and written anew while it is read', async () => {
    let reads = 0;
    const source: ByteSource = {
      read: async (buffer, position) => {
        reads += 1;
        // The first read meets the moment in which the file is empty; the reads ahead of it do not.
        return reads === 1 || position === 0 ? 0 : content.copy(buffer, 0, position);
      },
    };
    assert.equal((await sendOverTcp(source, { start: 0, size: content.length })).length, 0);
  });

  test('rejects with the error of the source, at the first read and at a later one', async () => {
    for (const failing of [1, 3, 6]) {
      let reads = 0;
      const source: ByteSource = {
        read: (buffer, position) => {
          reads += 1;
          if (reads === failing) throw new Error(`read ${failing} failed`);
          return sourceOf(content.length, 100_000).read(buffer, position);
        },
      };
      const sending = sendOverTcp(source, { start: 0, size: content.length });
      await assert.rejects(sending, { message: `read ${failing} failed` });
    }
    const rejecting = { read: () => Promise.reject('only text') };
    await assert.rejects(sendOverTcp(rejecting, { start: 0, size: 1 }), { message: 'only text' });
  });

  test('does not read in a closed scope', async () => {
    const scope = new Scope();
    scope.close();
    const source = { read: () => assert.fail('nothing is to be read') };
    await sendAll(scope, source, {} as Socket, { start: 0, size: 1000, progress: { bytes: 0 } });
  });

  test('reads no more than its buffers ahead of a peer that does not read', async () => {
    const { accepted, dialled } = await connectedPair();
    const scope = new Scope();
    const progress = { bytes: 0 };
    let read = 0;
    const source: ByteSource = {
      read: async (buffer) => {
        read += buffer.length;
        return buffer.length;
      },
    };
    const sending = sendAll(scope, source, accepted, { start: 0, size: Infinity, progress });
    let stillTurns = 0;
    for (let before = -1; stillTurns < 50; before = read) {
      stillTurns = before === read ? stillTurns + 1 : 0;
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.ok(progress.bytes > 0, 'the kernel took something');
    assert.ok(read - progress.bytes <= buffersAhead * pumpBufferBytes, `${read} read, ${progress.bytes} sent`);
    dialled.destroy();
    accepted.destroy();
    scope.close();
    await sending;
  });
});

/** Turns enough for everything that is ready to have happened. */
const settleDown = async (): Promise<void> => {
  for (let turns = 0; turns < 10; turns += 1) await new Promise((resolve) => setImmediate(resolve));
};

/** A line whose writes are done when the test says so. */
function heldLine(): { line: Socket; writes: { buffer: Buffer; done: (error?: Error) => void }[] } {
  const writes: { buffer: Buffer; done: (error?: Error) => void }[] = [];
  const write = (buffer: Buffer, done: (error?: Error) => void): boolean => writes.push({ buffer, done }) > 0;
  return { line: { write } as unknown as Socket, writes };
}

const filledWith = (byte: number): ByteSource => ({ read: async (buffer) => buffer.fill(byte).length });

describe('sendAll in a scope that closes', () => {
  test('does not give back the buffers of reads in flight, which may still be filled', async () => {
    const [first, second] = [new Scope(), new Scope()];
    const late: (() => void)[] = [];
    const source: ByteSource = {
      read: (buffer) => new Promise((resolve) => late.push(() => resolve(buffer.fill(0xee).length))),
    };
    const options = { start: 0, size: Infinity, progress: { bytes: 0 } };
    const sending = sendAll(first, source, heldLine().line, options);
    first.close();
    await sending;
    const { line, writes } = heldLine();
    const next = sendAll(second, filledWith(0x11), line, options);
    await settleDown();
    for (const fill of late) fill();
    await settleDown();
    assert.equal(writes.length, buffersAhead);
    assert.ok(writes.every(({ buffer }) => buffer.every((byte) => byte === 0x11)));
    second.close();
    await next;
  });

  test('does not give back the buffers of writes in flight before they are done, and counts none of them', async () => {
    const [first, second] = [new Scope(), new Scope()];
    const held = heldLine();
    const progress = { bytes: 0 };
    const sending = sendAll(first, filledWith(0x11), held.line, { start: 0, size: Infinity, progress });
    await settleDown();
    first.close();
    await sending;
    const next = sendAll(second, filledWith(0xee), heldLine().line, { start: 0, size: Infinity, progress });
    await settleDown();
    assert.equal(held.writes.length, buffersAhead);
    assert.ok(held.writes.every(({ buffer }) => buffer.every((byte) => byte === 0x11)));
    for (const { done } of held.writes) done(new Error('the line was destroyed'));
    assert.equal(progress.bytes, 0);
    second.close();
    await next;
  });

  test('counts no write that failed while it was open', async () => {
    const scope = new Scope();
    const { line, writes } = heldLine();
    const progress = { bytes: 0 };
    const sending = sendAll(scope, filledWith(0x11), line, { start: 0, size: Infinity, progress });
    await settleDown();
    writes[0]?.done(new Error('EPIPE'));
    await settleDown();
    assert.equal(progress.bytes, 0);
    assert.equal(writes.length, buffersAhead, 'nothing more is sent');
    scope.close();
    await sending;
  });
});

/** One transfer of a run in which reads end, writes end and scopes close in any order. */
class ScheduledTransfer {
  readonly sent: Buffer[] = [];
  inFlight = 0;
  maxInFlight = 0;
  readonly #scheduler: fc.Scheduler;
  readonly #seed: number;
  size: number;
  /** Writes end in the order in which they began. */
  #written: Promise<unknown> = Promise.resolve();

  constructor(scheduler: fc.Scheduler, seed: number, size: number) {
    this.#scheduler = scheduler;
    this.#seed = seed;
    this.size = size;
  }

  #byteAt(position: number): number {
    return (this.#seed * 31 + (position >> 8)) & 0xff;
  }

  #fill(buffer: Buffer, position: number, count: number): void {
    for (let at = 0; at < count; at += 256) buffer.fill(this.#byteAt(position + at), at, Math.min(count, at + 256));
  }

  readonly source: ByteSource = {
    read: async (buffer, position) => {
      await this.#scheduler.schedule(Promise.resolve(), `read ${this.#seed}@${position}`);
      const count = Math.max(0, Math.min(buffer.length, this.size - position));
      this.#fill(buffer, position, count);
      return count;
    },
  };

  /** A line that looks at the bytes of a write when it is done, as a kernel or a TLS layer would. */
  readonly line = {
    write: (buffer: Buffer, done: (error?: Error) => void): boolean => {
      this.inFlight += 1;
      this.maxInFlight = Math.max(this.maxInFlight, this.inFlight);
      this.#written = this.#written
        .then(() => this.#scheduler.schedule(Promise.resolve(), `write ${this.#seed}`))
        .then(() => {
          this.inFlight -= 1;
          this.sent.push(Buffer.from(buffer));
          done();
        });
      return false;
    },
  } as unknown as Socket;

  check(): void {
    const all = Buffer.concat(this.sent);
    const expected = Buffer.alloc(all.length);
    this.#fill(expected, 0, expected.length);
    assert.ok(all.equals(expected), `the bytes of transfer ${this.#seed}`);
    assert.ok(this.maxInFlight <= 4, `${this.maxInFlight} writes at once`);
  }
}

describe('sendAll, whatever ends first', () => {
  test('sends only its own bytes, in order, and gives back no buffer that is in use', async () => {
    const plan = fc.record({
      size: fc.constantFrom(0, 1, 100 * kib, pumpBufferBytes, 3 * pumpBufferBytes, 7 * pumpBufferBytes + 1),
      closes: fc.boolean(),
      newSize: fc.option(fc.constantFrom(0, 50 * kib, 2 * pumpBufferBytes, 5 * pumpBufferBytes)),
    });
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.array(plan, { minLength: 2, maxLength: 4 }), async (scheduler, plans) => {
        const ends = plans.map(async ({ size, closes, newSize }, index) => {
          const scope = new Scope();
          const transfer = new ScheduledTransfer(scheduler, index + 1, size);
          const progress = { bytes: 0 };
          if (closes) void scheduler.schedule(Promise.resolve(), `close ${index + 1}`).then(() => scope.close());
          if (newSize !== null) {
            void scheduler.schedule(Promise.resolve(), `resize ${index + 1}`).then(() => (transfer.size = newSize));
          }
          // Transfers begin at any time, so that the buffers of those that have ended are used again.
          await scheduler.schedule(Promise.resolve(), `begin ${index + 1}`);
          await sendAll(scope, transfer.source, transfer.line, { start: 0, size, progress });
          if (!scope.closed) assert.equal(transfer.inFlight, 0);
          if (!scope.closed && newSize === null) assert.equal(progress.bytes, size);
          return transfer;
        });
        await scheduler.waitFor(Promise.all(ends));
        await scheduler.waitIdle();
        for (const end of ends) (await end).check();
      }),
      { numRuns: 150 },
    );
  });
});
