/** The first bytes of a TLS connection, as they are looked at before TLS is chosen. */

import assert from 'node:assert/strict';
import { maxClientHelloBytes, readClientHello } from '../../../src/net/index.ts';
import { defineFuzzer } from '../fuzzer.ts';

export const clientHello = defineFuzzer({
  name: 'client-hello',
  words: [
    '\x16\x03\x01',
    '\x01\x00',
    '\x03\x03',
    '\x00\x2b',
    '\x00\x29',
    '\x00\x23',
    '\x00\x00',
    '\x02\x00',
    'GET / HTTP/1.1\r\n',
    '\xff',
  ],
  runs: 4000,
  check(input) {
    const bytes = Buffer.from(input.subarray(0, maxClientHelloBytes));
    const whole = readClientHello(bytes);
    if (typeof whole !== 'string') assert.ok(Object.values(whole).every((value) => typeof value === 'boolean'));
    // What was told once stays so, whatever comes behind; until then every beginning wants more.
    const step = Math.max(1, Math.floor(bytes.length / 40));
    let settled: unknown;
    for (let length = 0; length <= bytes.length; length += step) {
      const now = readClientHello(bytes.subarray(0, length));
      if (settled !== undefined) assert.deepEqual(now, settled, `at ${length}`);
      else if (now !== 'incomplete') settled = now;
    }
    if (settled !== undefined) assert.deepEqual(whole, settled);
  },
});
