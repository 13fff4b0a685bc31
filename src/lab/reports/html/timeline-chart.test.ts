import { test } from 'node:test';
import assert from 'node:assert/strict';
import type { LabEvent } from '../../engine/event-log.ts';
import { timelineChart } from './timeline-chart.ts';

function faultWords(...times: readonly number[]): readonly string[] {
  const events: readonly LabEvent[] = [
    { kind: 'connected', atMs: 0, line: 'control 1', by: 'peer', text: 'from 127.0.0.1' },
    ...Array.from({ length: 20 }, (_, n): LabEvent => ({ kind: 'note', atMs: 50 * n, text: '' })),
    ...times.map((atMs): LabEvent => ({ kind: 'fault', atMs, line: 'control 1', text: 'reset' })),
  ];
  const chart = timelineChart({ events, durationMs: 1000 });
  assert.equal(chart.match(/class="mark-fault"/g)?.length, times.length, 'each fault has its mark');
  return [...chart.matchAll(/>(fault, [^<]*)</g)].map(([, word = '']) => word);
}

test('faults that stand apart have their words', () => {
  assert.deepEqual(faultWords(100, 500, 900), ['fault, 100 ms', 'fault, 500 ms', 'fault, 900 ms']);
});

test('the words of faults do not stand upon one another', () => {
  assert.deepEqual(faultWords(100, 105, 850, 860), ['fault, 100 ms', 'fault, 850 ms']);
  assert.deepEqual(faultWords(690, 800), ['fault, 690 ms'], 'one is right of its mark, the other left');
});
