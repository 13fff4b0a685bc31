/** What the lab reads of captured packets and of the kernel's answers about sockets. */

import assert from 'node:assert/strict';
import { nextSequence, packetText, parseTcpPacket, serialiseTcpPacket } from '../../../src/lab/tcp/wire/tcp-packet.ts';
import { errorNumberOf, parseAttributes, parseNetlinkMessages } from '../../../src/lab/tcp/netlink/netlink-message.ts';
import { parseDiagAnswer, serialiseDestroyRequest } from '../../../src/lab/tcp/netlink/socket-diag.ts';
import { parseProcNetTcp } from '../../../src/lab/tcp/table/proc-net-tcp.ts';
import { defineFuzzer } from '../fuzzer.ts';

const ipv4 = '\x45\0\0\x28\0\0\x40\0\x40\x06\0\0\x7f\0\0\x01\x7f\0\0\x01';
const ipv6 = `\x60\0\0\0\0\x14\x06\x40${'\0'.repeat(15)}\x01${'\0'.repeat(15)}\x01`;
const tcp = '\x1f\x4b\xab\x14\0\0\0\x01\0\0\0\x02\x50\x10\xff\xff\0\0\0\0';

export const tcpPackets = defineFuzzer({
  name: 'tcp-packets',
  words: [ipv4, ipv6, tcp, ipv4 + tcp, ipv6 + tcp, '\0\x01', '\x2c', '\x3c\0', '\xf0'],
  runs: 6000,
  check(input) {
    const packet = parseTcpPacket(input);
    if (packet === undefined) return;
    assert.ok(packet.payloadBytes >= 0 && nextSequence(packet) <= 0xffff_ffff);
    assert.doesNotMatch(packetText(packet), /undefined|NaN/);
    // The headers say all that a packet without payload is built of.
    assert.deepEqual(parseTcpPacket(serialiseTcpPacket(packet)), { ...packet, payloadBytes: 0 });
  },
});

const answer = `\x02\x01\x02\0\0\x15\xc3\x50\x7f\0\0\x01${'\0'.repeat(12)}\x7f\0\0\x01${'\0'.repeat(44)}`;

export const netlink = defineFuzzer({
  name: 'netlink',
  words: [
    `\x58\0\0\0\x14\0\0\0\x01\0\0\0\0\0\0\0${answer}`,
    answer,
    answer.replace('\x02', '\x0a'),
    '\x14\0\0\0\x02\0\0\0\x01\0\0\0\0\0\0\0\xff\xff\xff\xff',
    `\xe4\0\x02\0${'\0'.repeat(224)}`,
    '\x08\0\x04\0bbr\0',
    '\x04\0',
    '\xff\xff',
    '   1: 0100007F:1F4B 0200007F:AB14 01 00000010:0000FAD2 02:000005DC 00000001  1000        0 5546\n',
  ],
  runs: 5000,
  check(input) {
    for (const isLittleEndian of [true, false]) {
      for (const message of parseNetlinkMessages(input, isLittleEndian)) {
        assert.ok((errorNumberOf(message, isLittleEndian) ?? 0) >= -(2 ** 31));
        const socket = parseDiagAnswer(message.payload, isLittleEndian);
        // What a dump names can be named back.
        if (socket !== undefined) assert.equal(serialiseDestroyRequest(socket, isLittleEndian).length, 56);
      }
      for (const value of parseAttributes(input, isLittleEndian).values()) assert.ok(value.length <= input.length);
      for (const { local } of parseProcNetTcp(Buffer.from(input).toString('latin1'), isLittleEndian)) {
        assert.ok(local.port >= 0 && local.port <= 65_535);
      }
    }
  },
});
