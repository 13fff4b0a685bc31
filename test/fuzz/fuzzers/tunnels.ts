/** What proxies answer: SOCKS 5 and HTTP CONNECT end the same way however their bytes are cut. */

import assert from 'node:assert/strict';
import { ConnectTunnel, Socks5Tunnel, type Tunnel, type TunnelStep } from '../../../src/protocol/index.ts';
import { defineFuzzer } from '../fuzzer.ts';

const target = { host: 'files.example.org', port: 21 };

/** How it ends, with all that came behind; in pieces of the given size. */
function endOf(tunnel: Tunnel, input: Uint8Array, pieceBytes: number): string {
  tunnel.begin();
  let end: TunnelStep = { kind: 'more' };
  for (let at = 0; at < input.length; at += pieceBytes) {
    end = tunnel.receive(input.subarray(at, at + pieceBytes));
    while (end.kind === 'send') end = tunnel.receive(new Uint8Array(0));
    if (end.kind === 'open') {
      return `open ${Buffer.concat([end.rest, input.subarray(at + pieceBytes)]).toString('hex')}`;
    }
    if (end.kind === 'failed') return end.kind;
  }
  return end.kind;
}

export const tunnels = defineFuzzer({
  name: 'tunnels',
  words: [
    ...[
      '\x05\0',
      '\x05\x02',
      '\x01\0',
      '\x05\0\0\x01\0\0\0\0\0\0',
      '\x05\0\0\x03\x01x\0\0',
      '\x05\xff',
      '\x05\x05',
      '\0',
    ],
    ...[
      'HTTP/1.1 200 OK\r\n',
      'HTTP/1.1 100 Continue\r\n\r\n',
      'HTTP/1.0 407',
      'Via: x\r\n',
      '\r\n',
      '\n',
      '220 Hi\r\n',
    ],
  ],
  runs: 4000,
  check(input) {
    const makers: readonly (() => Tunnel)[] = [
      () => new Socks5Tunnel(target),
      () => new Socks5Tunnel(target, { user: 'anna', password: 'secret' }),
      () => new ConnectTunnel(target),
    ];
    for (const make of makers) {
      const whole = endOf(make(), input, Math.max(1, input.length));
      for (const pieceBytes of [1, 2, 7]) assert.equal(endOf(make(), input, pieceBytes), whole);
    }
  },
});
