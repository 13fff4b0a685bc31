import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { buffer as bytesOf } from 'node:stream/consumers';
import { describe, test } from 'node:test';
import { GatheredWrites } from './gathered-writes.ts';

/** Bytes that tell where they belong. */
function numbered(count: number): Buffer {
  const bytes = Buffer.alloc(count);
  for (let at = 0; at < count; at += 1) bytes[at] = (at * 31 + (at >> 8)) & 0xff;
  return bytes;
}

async function withLine(work: (near: Socket, far: Socket) => Promise<void>): Promise<void> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const far = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [near] = (await once(server, 'connection')) as [Socket];
  try {
    await work(near, far);
  } finally {
    near.destroy();
    far.destroy();
    server.close();
  }
}

describe('gathered writes', () => {
  test('bring every byte in its place, whatever the sizes, also when what was added is written over', () =>
    withLine(async (near, far) => {
      const sent = numbered(2_000_000);
      const arrived = bytesOf(far);
      const writes = new GatheredWrites(near, () => undefined);
      for (let at = 0, size = 1; at < sent.length; size = (size * 7) % 300_007) {
        const piece = Buffer.from(sent.subarray(at, at + size));
        writes.add(piece);
        piece.fill(0);
        at += size;
      }
      assert.equal(writes.unsentBytes, sent.length);
      writes.push();
      near.end();
      assert.ok(sent.equals(await arrived));
      assert.equal(writes.unsentBytes, 0);
    }));

  test('hand what was added in one turn to the line as one', () =>
    withLine(async (near, far) => {
      const sizes: number[] = [];
      const write = near.write.bind(near) as (bytes: Buffer, taken: () => void) => boolean;
      near.write = ((bytes: Buffer, taken: () => void) => {
        sizes.push(bytes.length);
        return write(bytes, taken);
      }) as typeof near.write;
      const writes = new GatheredWrites(near, () => undefined);
      for (let count = 0; count < 100; count += 1) writes.add(Buffer.alloc(1_000));
      await once(far, 'data');
      assert.deepEqual(sizes, [100_000]);
    }));

  test('tell of every byte, also on a line that is dead', () =>
    withLine(async (near) => {
      near.on('error', () => undefined);
      near.destroy();
      await new Promise<void>((resolve) => {
        const writes = new GatheredWrites(near, () => {
          if (writes.unsentBytes === 0) resolve();
        });
        writes.add(numbered(600_000));
      });
    }));
});
