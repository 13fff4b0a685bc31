import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { LocalProtocolError } from '../../errors/index.ts';
import { Socks5Tunnel } from './socks5.ts';
import type { Tunnel, TunnelStep } from './tunnel.ts';

const target = { host: 'files.example.org', port: 2121 };
const login = { user: 'anna', password: 'secret' };
const bytesOf = (text: string): readonly number[] => [...Buffer.from(text)];
const request = [5, 1, 0, 3, 17, ...bytesOf(target.host), 8, 73];

/** Gives the bytes in the pieces that the cuts make; sums up what was sent and how it ended. */
function converse(tunnel: Tunnel, bytes: readonly number[], cuts: readonly number[] = []) {
  const sent = [[...tunnel.begin()]];
  const edges = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
  let end = { kind: 'more' } as TunnelStep;
  for (const [index, edge] of edges.slice(1).entries()) {
    const piece = Uint8Array.from(bytes.slice(edges[index], edge));
    if (end.kind === 'open') {
      end = { kind: 'open', rest: Uint8Array.of(...end.rest, ...piece) };
      continue;
    }
    if (end.kind === 'failed') break;
    end = tunnel.receive(piece);
    while (end.kind === 'send') {
      sent.push([...end.bytes]);
      end = tunnel.receive(new Uint8Array(0));
    }
  }
  return { sent, end };
}

const reasonOf = ({ end }: { readonly end: TunnelStep }) => (end.kind === 'failed' ? end.reason : end.kind);

describe('SOCKS 5', () => {
  const dialogues: readonly (readonly [
    name: string,
    make: () => Tunnel,
    bytes: readonly number[],
    sent: number[][],
  ])[] = [
    ['without a login', () => new Socks5Tunnel(target), [5, 0, 5, 0, 0, 1, 10, 0, 0, 1, 8, 73], [[5, 1, 0], request]],
    [
      'with a login that the proxy does not want',
      () => new Socks5Tunnel(target, login),
      [5, 0, 5, 0, 0, 4, ...Array<number>(16).fill(0), 0, 0],
      [[5, 2, 0, 2], request],
    ],
    [
      'with a login that it wants',
      () => new Socks5Tunnel(target, login),
      [5, 2, 1, 0, 5, 0, 0, 3, 2, 120, 121, 0, 0],
      [[5, 2, 0, 2], [1, 4, ...bytesOf('anna'), 6, ...bytesOf('secret')], request],
    ],
    [
      'to an IPv4 address',
      () => new Socks5Tunnel({ host: '192.0.2.1', port: 21 }),
      [5, 0, 5, 0, 0, 1, 0, 0, 0, 0, 0, 0],
      [
        [5, 1, 0],
        [5, 1, 0, 1, 192, 0, 2, 1, 0, 21],
      ],
    ],
    [
      'to an IPv6 address',
      () => new Socks5Tunnel({ host: '2001:db8::1', port: 21 }),
      [5, 0, 5, 0, 0, 1, 0, 0, 0, 0, 0, 0],
      [
        [5, 1, 0],
        [5, 1, 0, 4, 0x20, 1, 0x0d, 0xb8, ...Array<number>(11).fill(0), 1, 0, 21],
      ],
    ],
  ];
  for (const [name, make, bytes, sent] of dialogues) {
    test(`opens a tunnel ${name}, however the replies are cut, and keeps the target's first bytes`, () => {
      const greeting = bytesOf('220 Hello\r\n');
      const all = [...bytes, ...greeting];
      const cuts = fc.uniqueArray(fc.integer({ min: 1, max: all.length - 1 }));
      fc.assert(
        fc.property(cuts, (at) => {
          const run = converse(make(), all, at);
          assert.deepEqual(run.sent, sent);
          assert.deepEqual(run.end.kind === 'open' && [...run.end.rest], greeting);
        }),
      );
      for (let end = 0; end < bytes.length; end += 1) {
        assert.equal(converse(make(), bytes.slice(0, end)).end.kind, 'more', String(end));
      }
    });
  }

  test('has words for every refusal', () => {
    const refusals: readonly (readonly [readonly number[], RegExp])[] = [
      [[5, 0xff], /wants a user name/],
      [[5, 9], /kind 9, which was not offered/],
      [[5, 2], /kind 2, which was not offered/],
      [[...bytesOf('HTTP/1.1 400')], /does not speak SOCKS 5/],
      [[4], /does not speak SOCKS 5/],
      [[5, 0, 4], /does not speak SOCKS 5/],
      [[5, 0, 5, 1], /general failure/],
      [[5, 0, 5, 2], /rules do not allow/],
      [[5, 0, 5, 3], /network cannot be reached/],
      [[5, 0, 5, 4], /host cannot be reached/],
      [[5, 0, 5, 5], /refused/],
      [[5, 0, 5, 6], /TTL/],
      [[5, 0, 5, 7], /CONNECT/],
      [[5, 0, 5, 8], /addresses of this kind/],
      [[5, 0, 5, 91], /unknown code 91/],
      [[5, 0, 5, 0, 0, 2, 1], /no address/],
    ];
    for (const [bytes, says] of refusals) assert.match(reasonOf(converse(new Socks5Tunnel(target), bytes)), says);
    assert.match(reasonOf(converse(new Socks5Tunnel(target, login), [5, 2, 1, 1])), /refused the user name/);
    assert.match(reasonOf(converse(new Socks5Tunnel(target, login), [5, 0xff])), /takes no user name/);
  });

  test('refuses names and passwords that do not fit before anything is sent', () => {
    const long = 'x'.repeat(256);
    assert.throws(() => new Socks5Tunnel({ host: long, port: 21 }), LocalProtocolError);
    assert.throws(() => new Socks5Tunnel(target, { user: long, password: 'x' }), LocalProtocolError);
    assert.throws(() => new Socks5Tunnel(target, { user: 'x', password: '' }), LocalProtocolError);
  });

  test('comes to an end with any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), fc.boolean(), (bytes, withLogin) => {
        const { end } = converse(new Socks5Tunnel(target, withLogin ? login : undefined), [...bytes], [1, 2, 5, 9]);
        if (bytes.length >= 300) assert.notEqual(end.kind, 'more');
      }),
    );
  });
});
