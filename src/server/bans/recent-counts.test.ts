import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RecentCounts } from './recent-counts.ts';

void test('points count together within a window, and begin anew behind it', () => {
  let now = 0;
  const counts = new RecentCounts(
    () => 100,
    () => now,
  );
  assert.equal(counts.add('a', 1), 1);
  now = 60;
  assert.equal(counts.add('a', 2), 3);
  assert.equal(counts.get('b'), 0);
  now = 101;
  assert.equal(counts.get('a'), 0);
  assert.equal(counts.add('a', 5), 5);
  counts.forget('a');
  assert.equal(counts.get('a'), 0);
});

void test('a million keys cost the memory of a bounded number, and the last ones are remembered', () => {
  const counts = new RecentCounts(() => 1_000_000);
  counts.add('kept', 1);
  for (let index = 0; index < 1_000_000; index += 1) {
    counts.add(String(index), 1);
    if (index % 20_000 === 0) counts.add('kept', 1);
  }
  assert.ok(counts.size <= 100_000, String(counts.size));
  assert.equal(counts.get('999999'), 1);
  assert.equal(counts.get('0'), 0);
  assert.equal(counts.get('kept'), 51);
});
