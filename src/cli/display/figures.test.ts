import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { formatBytes, formatCount, formatNumber, formatSeconds, secondsLeft } from './figures.ts';
import { RateMeter } from './rate-meter.ts';

describe('figures of a transfer', () => {
  test('name bytes with three digits at most', () => {
    const cases: readonly (readonly [string, number])[] = [
      ['0 B', 0],
      ['999 B', 999],
      ['1.0 kB', 1000],
      ['9.9 kB', 9940],
      ['10 kB', 9950],
      ['77 MB', 77_200_652],
      ['1.1 GB', 1_073_741_824],
    ];
    for (const [text, bytes] of cases) assert.equal(formatBytes(bytes), text);
  });

  test('name times as clocks do', () => {
    assert.deepEqual([0, 9, 75, 600, 3723].map(formatSeconds), ['0:00', '0:09', '1:15', '10:00', '1:02:03']);
  });

  test('count in words', () => {
    assert.deepEqual([0, 999, 1000, 1234567, 12345678].map(formatNumber), [
      '0',
      '999',
      '1,000',
      '1,234,567',
      '12,345,678',
    ]);
    assert.deepEqual([formatCount(1, 'byte'), formatCount(1234, 'byte')], ['1 byte', '1,234 bytes']);
  });

  test('say nothing of the time left where the size or the rate is not known', () => {
    assert.equal(secondsLeft(10, null, 5), undefined);
    assert.equal(secondsLeft(10, 100, 0), undefined);
    assert.equal(secondsLeft(10, 100, 30), 3);
  });
});

describe('the rate', () => {
  test('is that of the last seconds: a transfer that stalls does not look fast for what it was before', () => {
    const meter = new RateMeter(0, 0);
    for (let ms = 250; ms <= 10_000; ms += 250) meter.note(ms * 1000, ms);
    assert.equal(meter.rate, 1_000_000);
    for (let ms = 10_250; ms <= 20_000; ms += 250) meter.note(10_000_000, ms);
    assert.equal(meter.rate, 0);
  });

  test('does not count what was there before', () => {
    const meter = new RateMeter(5_000_000, 0);
    meter.note(5_001_000, 1000);
    assert.equal(meter.rate, 1000);
  });
});
