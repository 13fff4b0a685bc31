import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { beginsProxyHeader, type ProxyHeader, scanProxyHeader, serialiseProxyHeader } from './proxy-header.ts';

const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));
const v1 = (text: string) => scanProxyHeader(bytesOf(text));

const client4: ProxyHeader = {
  kind: 'proxied',
  source: { host: '192.0.2.1', port: 51_000 },
  destination: { host: '198.51.100.7', port: 21 },
};
const client6: ProxyHeader = {
  kind: 'proxied',
  source: { host: '2001:db8::1', port: 65_535 },
  destination: { host: '2001:db8::2', port: 0 },
};

/** A header of version 2 with its parts given. */
function v2(versionAndCommand: number, family: number, body: readonly number[], length = body.length): Uint8Array {
  const signature = [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a];
  return Uint8Array.of(...signature, versionAndCommand, family, length >> 8, length & 0xff, ...body);
}

const body4 = [192, 0, 2, 1, 198, 51, 100, 7, 0xc7, 0x38, 0, 21];

describe('a PROXY protocol header', () => {
  for (const version of [1, 2] as const) {
    for (const header of [client4, client6, { kind: 'local' } as const]) {
      const bytes = serialiseProxyHeader(header, version);
      const name = `of version ${version}, ${header.kind === 'local' ? 'local' : header.source.host}`;

      test(`${name}, is read with bytes behind it, and not before it is whole`, () => {
        const behind = Uint8Array.of(...bytes, ...bytesOf('USER anna\r\n'));
        assert.deepEqual(scanProxyHeader(behind), { kind: 'whole', header, length: bytes.length });
        for (let end = 0; end < bytes.length; end += 1) {
          assert.deepEqual(scanProxyHeader(bytes.subarray(0, end)), { kind: 'incomplete' }, String(end));
        }
        assert.ok(beginsProxyHeader(bytes));
        assert.ok(!beginsProxyHeader(bytes.subarray(0, 5)));
      });
    }
  }

  test('of version 1 may say UNKNOWN with anything behind it', () => {
    assert.deepEqual(v1('PROXY UNKNOWN ffff::1 x 1\r\n'), { kind: 'whole', header: { kind: 'local' }, length: 27 });
  });

  const wrongLines: readonly string[] = [
    'PROXY \r\n',
    'PROXY TCP4\r\n',
    'PROXY TCP4 192.0.2.1 198.51.100.7 1\r\n',
    'PROXY TCP4 192.0.2.1 198.51.100.7 1 2 3\r\n',
    'PROXY TCP4 192.0.2.1  198.51.100.7 1 2\r\n',
    'PROXY TCP4 192.0.2.1 198.51.100.7 1 65536\r\n',
    'PROXY TCP4 192.0.2.1 198.51.100.7 01 2\r\n',
    'PROXY TCP4 192.0.2.1 198.51.100.7 -1 2\r\n',
    'PROXY TCP4 192.0.2.01 198.51.100.7 1 2\r\n',
    'PROXY TCP4 192.0.2.256 198.51.100.7 1 2\r\n',
    'PROXY TCP4 ::1 ::2 1 2\r\n',
    'PROXY TCP6 192.0.2.1 198.51.100.7 1 2\r\n',
    'PROXY TCP6 fe80::1%eth0 ::2 1 2\r\n',
    'PROXY TCP5 192.0.2.1 198.51.100.7 1 2\r\n',
    'PROXY UDP4 192.0.2.1 198.51.100.7 1 2\r\n',
    'PROXY TCP4 192.0.2.1 198.51.100.7 1 2\n',
    'PROXY TCP4 192.0.2.1 198.51.100.7 1 2\r\r\n',
    'PROXY TCP4 192.0.2.1 198.51.100.7 1 2\u0000\r\n',
    `PROXY UNKNOWN ${'x'.repeat(92)}\r\n`,
    `PROXY UNKNOWN ${'x'.repeat(200)}`,
    'proxy TCP4 192.0.2.1 198.51.100.7 1 2\r\n',
    'USER anna\r\n',
    'GET / HTTP/1.1\r\n',
  ];
  for (const line of wrongLines) {
    test(`is none: ${JSON.stringify(line.slice(0, 60))}`, () => assert.equal(v1(line).kind, 'invalid'));
  }

  test('of version 1 has 107 bytes at most', () => {
    assert.equal(v1(`PROXY UNKNOWN ${'x'.repeat(91)}\r\n`).kind, 'whole');
    assert.equal(v1(`PROXY UNKNOWN ${'x'.repeat(92)}`).kind, 'incomplete');
    assert.equal(v1(`PROXY UNKNOWN ${'x'.repeat(93)}`).kind, 'invalid');
  });

  test('of version 2 skips its further fields, which must fit', () => {
    const tlvs = [0x01, 0, 2, 0x68, 0x32, 0x20, 0, 0];
    const bytes = v2(0x21, 0x11, [...body4, ...tlvs]);
    assert.deepEqual(scanProxyHeader(bytes), { kind: 'whole', header: client4, length: bytes.length });
    for (const wrong of [[0x01], [0x01, 0], [0x01, 0, 1], [0x01, 0, 9, 1], [0x01, 0xff, 0xff, 0]]) {
      assert.equal(scanProxyHeader(v2(0x21, 0x11, [...body4, ...wrong])).kind, 'invalid');
    }
  });

  test('of version 2 is refused where it is of another version, command, family or length', () => {
    for (const bytes of [
      v2(0x11, 0x11, body4),
      v2(0x31, 0x11, body4),
      v2(0x22, 0x11, body4),
      v2(0x21, 0x12, body4),
      v2(0x21, 0x31, body4),
      v2(0x21, 0x21, body4),
      v2(0x21, 0x11, body4.slice(1)),
      v2(0x21, 0x11, [], 4097),
      v2(0x20, 0x00, [], 65_535),
    ]) {
      assert.equal(scanProxyHeader(bytes).kind, 'invalid', Array.from(bytes).join(' '));
    }
    assert.equal(scanProxyHeader(v2(0x20, 0x31, [1, 2, 3])).kind, 'whole');
    assert.deepEqual(scanProxyHeader(v2(0x21, 0x00, [1])), { kind: 'whole', header: { kind: 'local' }, length: 17 });
  });

  test('survives any bytes, and is never longer than they are', () => {
    const start = fc.constantFrom(
      '',
      'PROXY ',
      'PROXY TCP4 ',
      '\r\n\r\n\0\r\nQUIT\n',
      '\r\n\r\n\0\r\nQUIT\n!\u0011\0\u000c',
    );
    fc.assert(
      fc.property(start, fc.uint8Array({ maxLength: 200 }), (text, rest) => {
        const bytes = Uint8Array.of(...bytesOf(text), ...rest);
        const scan = scanProxyHeader(bytes);
        if (scan.kind === 'whole') assert.ok(scan.length <= bytes.length && scan.length >= 15);
      }),
      { numRuns: 1000 },
    );
  });

  test('of any addresses is read as it was written', () => {
    const port = fc.integer({ min: 0, max: 65_535 });
    const ends = fc.oneof(fc.tuple(fc.ipV4(), port, fc.ipV4(), port));
    fc.assert(
      fc.property(ends, fc.constantFrom(1 as const, 2 as const), ([from, fromPort, to, toPort], version) => {
        const header = {
          kind: 'proxied',
          source: { host: from, port: fromPort },
          destination: { host: to, port: toPort },
        } as const;
        const bytes = serialiseProxyHeader(header, version);
        assert.deepEqual(scanProxyHeader(bytes), { kind: 'whole', header, length: bytes.length });
      }),
    );
  });

  test('of two families, or of no address, is not written', () => {
    const mixed: ProxyHeader = {
      ...client4,
      destination: client6.kind === 'proxied' ? client6.destination : client4.source,
    };
    for (const version of [1, 2] as const) assert.throws(() => serialiseProxyHeader(mixed, version), RangeError);
  });
});
