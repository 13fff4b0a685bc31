import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { connectionFilter } from './connection-filter.ts';
import { serialiseTcpPacket } from './tcp-packet.ts';

/** The instructions of the classic packet filter that the program uses, as the kernel runs them; 0 drops. */
function run(program: Uint8Array, packet: Uint8Array): number {
  const code = new DataView(program.buffer);
  const data = new DataView(packet.buffer, packet.byteOffset, packet.length);
  let [a, x, at] = [0, 0, 0];
  try {
    for (;;) {
      const [op, yes, no] = [code.getUint16(at * 8, true), code.getUint8(at * 8 + 2), code.getUint8(at * 8 + 3)];
      const k = code.getUint32(at * 8 + 4, true);
      at += 1;
      if (op === 0x30) a = data.getUint8(k);
      else if (op === 0x28) a = data.getUint16(k);
      else if (op === 0x20) a = data.getUint32(k);
      else if (op === 0x40) a = data.getUint32(x + k);
      else if (op === 0xb1) x = (data.getUint8(k) & 0xf) * 4;
      else if (op === 0x54) a &= k;
      else if (op === 0x05) at += k;
      else if (op === 0x15) at += a === k ? yes : no;
      else if (op === 0x45) at += (a & k) === 0 ? no : yes;
      else if (op === 0x06) return k;
      else assert.fail(`no instruction ${op}`);
    }
  } catch (error) {
    // What lies behind the end of a packet drops it.
    if (error instanceof RangeError) return 0;
    throw error;
  }
}

const packet = (host: string, from: number, to: number): Uint8Array =>
  serialiseTcpPacket({
    from: { host, port: from },
    to: { host, port: to },
    sequence: 1,
    acknowledgement: 2,
    window: 3,
    flags: new Set(['ACK']),
  });

const filter = connectionFilter(2021, 60_000, true);

describe('the filter for the packets of one connection', () => {
  test('lets both directions through, and no other port', () => {
    for (const host of ['127.0.0.1', '2001:db8::1']) {
      assert.ok(run(filter, packet(host, 2021, 60_000)) > 0);
      assert.ok(run(filter, packet(host, 60_000, 2021)) > 0);
      for (const [from, to] of [
        [2021, 60_001],
        [60_000, 60_000],
        [2021, 2021],
      ] as const) {
        assert.equal(run(filter, packet(host, from, to)), 0, `${from} ${to}`);
      }
    }
  });

  test('finds the ports behind options, and drops fragments and other protocols', () => {
    const plain = packet('10.0.0.1', 2021, 60_000);
    const long = Uint8Array.from([0x46, ...plain.subarray(1, 20), 1, 1, 1, 1, ...plain.subarray(20)]);
    assert.ok(run(filter, long) > 0);
    const fragment = plain.slice();
    fragment[7] = 1;
    assert.equal(run(filter, fragment), 0);
    const datagram = plain.slice();
    datagram[9] = 17;
    assert.equal(run(filter, datagram), 0);
  });

  test('comes to an end with whatever arrives', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => void run(filter, bytes)));
  });
});
