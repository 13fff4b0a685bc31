import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { formatByteSize, formatDuration, parseByteSize, parseDuration } from './quantities.ts';

describe('a time', () => {
  test('is read with its unit in words, short or long', () => {
    const times = { '500 ms': 500, '30s': 30_000, '15 min': 900_000, '2 hours': 7_200_000, '1.5 h': 5_400_000 };
    for (const [text, ms] of Object.entries(times)) assert.equal(parseDuration(text, 1000), ms, text);
    assert.equal(parseDuration('1 week', 1000), parseDuration('7 days', 1000));
  });

  test('without a unit is in that of its setting', () => {
    assert.equal(parseDuration('30', 1000), 30_000);
    assert.equal(parseDuration('0.5', 86_400_000), 43_200_000);
  });

  test('is not guessed', () => {
    for (const text of ['', '5 m', '-1', '1e3', '1 min 30 s', 'ten', '5 constructor', '1..2 s']) {
      assert.equal(parseDuration(text, 1000), undefined, text);
    }
  });

  test('is written as it is read', () => {
    assert.deepEqual([0, 1500, 900_000, 86_400_000, 604_800_000].map(formatDuration), [
      '0 s',
      '1500 ms',
      '15 min',
      '1 day',
      '7 days',
    ]);
    fc.assert(fc.property(fc.nat(2 ** 40), (ms) => assert.equal(parseDuration(formatDuration(ms), 1000), ms)));
  });
});

describe('a size', () => {
  test('is read in powers of 1024 and of 1000, each by its own name', () => {
    const sizes = { '512': 512, '64 KiB': 65_536, '10MB': 1e7, '2 GiB': 2 ** 31, '3 bytes': 3, '1.5 kib': 1536 };
    for (const [text, bytes] of Object.entries(sizes)) assert.equal(parseByteSize(text), bytes, text);
  });

  test('is not guessed', () => {
    for (const text of ['64 K', '1 M', '-5', '10 s', 'MiB']) assert.equal(parseByteSize(text), undefined, text);
  });

  test('is written as it is read', () => {
    assert.equal(formatByteSize(65_536), '64 KiB');
    assert.equal(formatByteSize(1000), '1000 B');
    fc.assert(fc.property(fc.nat(2 ** 40), (bytes) => assert.equal(parseByteSize(formatByteSize(bytes)), bytes)));
  });
});
