import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { timeScale } from './time-scale.ts';

const note = (atMs: number) => ({ kind: 'note' as const, atMs, text: '' });

describe('the scale of a timeline', () => {
  test('is in proportion where nothing waits long', () => {
    const { at, waits } = timeScale([10, 25, 50, 75].map(note), 100);
    assert.deepEqual(waits, []);
    assert.equal(at(25), 0.25);
    assert.equal(at(100), 1);
  });

  test('cuts a long wait short, so that what comes before it has room', () => {
    const { at, waits, endMs } = timeScale([1, 2, 3, 4, 8_000].map(note), 8_004);
    assert.equal(endMs, 8_004);
    assert.deepEqual(waits, [{ fromMs: 4, toMs: 8_000 }]);
    assert.ok(at(4) > 0.4, `${at(4)}`);
    assert.ok(Math.abs(at(8_000) - at(4) - 0.12) < 1e-9);
    assert.ok(Math.abs(at(8_004) - 1) < 1e-9);
  });

  test('does not cut a transfer', () => {
    const bytes = { kind: 'bytes' as const, atMs: 10, untilMs: 900, bytes: 5, by: 'peer' as const };
    assert.deepEqual(timeScale([bytes, note(950)], 1_000).waits, []);
  });

  test('never goes back', () => {
    const { at } = timeScale([note(400), note(401), note(900)], 900);
    const places = Array.from({ length: 901 }, (_, timeMs) => at(timeMs));
    assert.ok(places.every((place, index) => index === 0 || place >= (places[index - 1] ?? 0)));
    assert.equal(at(0), 0);
  });
});
