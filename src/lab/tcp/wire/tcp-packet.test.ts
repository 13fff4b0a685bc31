import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { parseIpAddress, serialiseIpAddress } from '../../../protocol/index.ts';
import { internetChecksum, onesSum, pseudoHeaderSum } from './internet-checksum.ts';
import { endText, nextSequence, packetText, parseTcpPacket, serialiseTcpPacket } from './tcp-packet.ts';
import { sequenceBehind, tcpFlagNames } from './tcp-segment.ts';

const number32 = fc.integer({ min: 0, max: 0xffff_ffff });
const port = fc.integer({ min: 0, max: 65_535 });
const bytesOf = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const host = (length: 4 | 16) =>
  bytesOf(length).map((bytes) => serialiseIpAddress({ family: length === 4 ? 4 : 6, bytes }));
const hosts = fc.oneof(fc.tuple(host(4), host(4)), fc.tuple(host(16), host(16)));
const packets = fc
  .record({
    hosts,
    ports: fc.tuple(port, port),
    sequence: number32,
    acknowledgement: number32,
    window: port,
    flags: fc.uniqueArray(fc.constantFrom(...tcpFlagNames)).map((names) => new Set(names)),
  })
  .map(({ hosts: [from, to], ports: [fromPort, toPort], ...rest }) => ({
    from: { host: from, port: fromPort },
    to: { host: to, port: toPort },
    ...rest,
  }));

const addressOf = (text: string) => parseIpAddress(text) ?? assert.fail(text);

describe('a TCP packet', () => {
  test('comes back as it was built, over IPv4 and IPv6', () => {
    fc.assert(
      fc.property(packets, (packet) => {
        assert.deepEqual(parseTcpPacket(serialiseTcpPacket(packet)), { ...packet, payloadBytes: 0 });
      }),
    );
  });

  test('has the checksums that its receiver asks for, and any flipped bit is noticed', () => {
    fc.assert(
      fc.property(packets, fc.integer({ min: 0, max: 159 }), (packet, bit) => {
        const bytes = serialiseTcpPacket(packet);
        const [source, destination] = [addressOf(packet.from.host), addressOf(packet.to.host)];
        const headerBytes = source.family === 4 ? 20 : 40;
        if (source.family === 4) assert.equal(onesSum(bytes.subarray(0, 20)), 0xffff);
        const segment = bytes.slice(headerBytes);
        const sum = () => onesSum(segment, pseudoHeaderSum(source, destination, segment.length));
        assert.equal(sum(), 0xffff);
        segment[bit >> 3] = (segment[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        assert.notEqual(sum(), 0xffff);
      }),
    );
  });

  test('is read from what a capture shows of it: the length of the payload from the header of IP', () => {
    // A SYN,ACK with options, as tcpdump shows it on loopback; 40 bytes of options are 20 + 20 here.
    const hex =
      '4500003c00004000400 63cba7f0000017f000001'.replaceAll(' ', '') +
      '0015c3500000000100000002a012ffcbfe300000' +
      '0204ffd70402080a0000000100000002010303 07'.replaceAll(' ', '');
    const packet = parseTcpPacket(Buffer.from(hex, 'hex')) ?? assert.fail('no packet');
    assert.deepEqual([...packet.flags], ['SYN', 'ACK']);
    assert.equal(packet.payloadBytes, 0);
    assert.equal(nextSequence(packet), 2);
    assert.equal(packetText(packet), 'SYN,ACK seq 1 ack 2 from 127.0.0.1:21 to 127.0.0.1:50000');
  });

  test('is not read from anything else', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 120 }), (bytes) => void parseTcpPacket(bytes)));
    const fragment = serialiseTcpPacket({
      from: { host: '10.0.0.1', port: 1 },
      to: { host: '10.0.0.2', port: 2 },
      sequence: 1,
      acknowledgement: 1,
      window: 1,
      flags: new Set(['ACK']),
    });
    assert.equal(parseTcpPacket(fragment.subarray(0, 39)), undefined);
    fragment[6] = 0x20;
    assert.equal(parseTcpPacket(fragment), undefined);
  });

  test('has ends of one family', () => {
    const rest = { sequence: 1, acknowledgement: 1, window: 1, flags: new Set<never>() };
    const [from, to] = [
      { host: '10.0.0.1', port: 1 },
      { host: '::1', port: 2 },
    ];
    assert.throws(() => serialiseTcpPacket({ from, to, ...rest }), TypeError);
    assert.equal(endText(to), '[::1]:2');
  });

  test('counts round the end of its numbers', () => {
    assert.equal(sequenceBehind(0xffff_fffe, 5), 3);
    assert.equal(internetChecksum(Uint8Array.of(0xff, 0xff, 0xff, 0xff)), 0);
  });
});
