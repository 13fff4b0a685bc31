import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { errorNumberOf, parseAttributes, parseNetlinkMessages, serialiseNetlinkMessage } from './netlink-message.ts';
import { parseDiagAnswer, serialiseDestroyRequest, serialiseDumpRequest } from './socket-diag.ts';
import type { TcpSocket } from '../table/tcp-socket.ts';

const orders = fc.boolean();
const message = fc.record({
  type: fc.integer({ min: 0, max: 65_535 }),
  flags: fc.integer({ min: 0, max: 65_535 }),
  sequence: fc.integer({ min: 0, max: 0xffff_ffff }),
  payload: fc.uint8Array({ maxLength: 40 }),
});

const socket: TcpSocket = {
  family: 2,
  local: { host: '127.0.0.1', port: 8011 },
  remote: { host: '127.0.0.2', port: 43_796 },
  state: 'ESTABLISHED',
  timer: { kind: 'off', expiresMs: 0 },
  retransmits: 0,
  receiveQueue: 0,
  sendQueue: 0,
  uid: 0,
  inode: 7,
  interfaceIndex: 3,
  cookie: 0x0102_0304_0506_0708n,
};

describe('messages of netlink', () => {
  test('come back as they were, several in one datagram', () => {
    fc.assert(
      fc.property(fc.array(message, { maxLength: 5 }), orders, (messages, little) => {
        const datagram = Buffer.concat(messages.map((one) => serialiseNetlinkMessage(one, little)));
        assert.deepEqual(
          parseNetlinkMessages(datagram, little).map((one) => ({ ...one, payload: Uint8Array.from(one.payload) })),
          messages.map((one) => ({ ...one })),
        );
      }),
    );
  });

  test('are read to their end where lengths lie, and attributes too', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), orders, (bytes, little) => {
        for (const one of parseNetlinkMessages(bytes, little)) {
          void errorNumberOf(one, little);
          void parseDiagAnswer(one.payload, little);
        }
        void parseAttributes(bytes, little);
        void parseDiagAnswer(bytes, little);
      }),
    );
  });

  test('tell errors as positive numbers, and 0 acknowledges', () => {
    const payload = Uint8Array.of(0xff, 0xff, 0xff, 0xfe);
    assert.equal(errorNumberOf({ type: 2, flags: 0, sequence: 1, payload }, false), 2);
    assert.equal(errorNumberOf({ type: 2, flags: 0, sequence: 1, payload: new Uint8Array(4) }, false), 0);
    assert.equal(errorNumberOf({ type: 3, flags: 0, sequence: 1, payload }, false), undefined);
  });
});

describe('requests of sock_diag', () => {
  test('name the states as bits', () => {
    const request = serialiseDumpRequest(10, ['ESTABLISHED', 'LISTEN'], true);
    assert.equal(request.length, 56);
    assert.deepEqual([...request.subarray(0, 8)], [10, 6, 0b100_1010, 0, 0b10, 0b100, 0, 0]);
  });

  test('name the socket that is to end by ends and cookie', () => {
    const request = Buffer.from(serialiseDestroyRequest(socket, true));
    const ends = '1f4bab14' + '7f000001'.padEnd(32, '0') + '7f000002'.padEnd(32, '0');
    assert.equal(request.toString('hex'), `02060000ffffffff${ends}030000000807060504030201`);
    const { cookie: _cookie, ...nameless } = socket;
    assert.equal(Buffer.from(serialiseDestroyRequest(nameless, true)).toString('hex').slice(-16), 'f'.repeat(16));
  });

  test('name IPv4 inside IPv6 by its mapped address', () => {
    const mapped: TcpSocket = { ...socket, family: 10, local: { host: '::ffff:127.0.0.1', port: 1 } };
    const request = Buffer.from(serialiseDestroyRequest(mapped, true));
    assert.equal(request.subarray(12, 28).toString('hex'), '00000000000000000000ffff7f000001');
  });
});

describe('an answer of sock_diag', () => {
  test('tells ends, queues, timer, owner and what tcp_info has', () => {
    const head = Buffer.alloc(72);
    Buffer.from([2, 1, 2, 1]).copy(head);
    head.writeUInt16BE(21, 4);
    head.writeUInt16BE(50_000, 6);
    Buffer.from([10, 0, 0, 1]).copy(head, 8);
    Buffer.from([10, 0, 0, 2]).copy(head, 24);
    head.writeUInt32LE(9, 44);
    for (const [at, value] of [
      [52, 1500],
      [56, 11],
      [60, 22],
      [64, 1000],
      [68, 77],
    ] as const)
      head.writeUInt32LE(value, at);
    const info = Buffer.alloc(4 + 232);
    info.writeUInt16LE(info.length, 0);
    info.writeUInt16LE(2, 2);
    info.writeUInt32LE(1500, 4 + 68);
    info.writeBigUInt64LE(123_456_789_012n, 4 + 128);
    const answer = parseDiagAnswer(Buffer.concat([head, info]), true) ?? assert.fail('no answer');
    assert.partialDeepStrictEqual(answer, {
      local: { host: '10.0.0.1', port: 21 },
      remote: { host: '10.0.0.2', port: 50_000 },
      state: 'ESTABLISHED',
      timer: { kind: 'keepalive', expiresMs: 1500 },
      ...{ retransmits: 1, receiveQueue: 11, sendQueue: 22, uid: 1000, inode: 77, cookie: 9n },
      details: { rttMs: 1.5, bytesReceived: 123_456_789_012 },
    });
    assert.equal(parseDiagAnswer(head.subarray(0, 71), true), undefined);
  });
});
