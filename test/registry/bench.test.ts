/** The arithmetic of the bench: medians, ratios and the sections of its report. Nothing here measures time. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { chartOf } from '../../bench/chart.ts';
import { documentOf, ratio, sectionOf, summaryOf, type KeptResult } from '../../bench/report.ts';
import { withResult } from '../../bench/results-file.ts';
import { runWorkload } from '../../bench/run.ts';
import { spreadOf } from '../../bench/statistics.ts';
import type { BenchContext, Column, Subject, Workload } from '../../bench/workload.ts';

const more = { name: 'speed', unit: 'MB/s', better: 'more' } as const;
const less = { name: 'wait', unit: 'ms', better: 'less' } as const;

const around = { isQuick: false, command: 'npm run bench', date: '2026-01-02T00:00:00Z', machine: ['a machine'] };

const context = { quick: true, root: '', say: () => {} } as unknown as BenchContext;
const subject = (name: string) => ({ name, version: '1.0' }) as Subject;

/** Gives these speeds in turn, the warm-up first, and notes who was asked when. */
function scripted(speeds: Record<string, (number | Error)[]>, asked: string[]): Workload {
  const next = async (name: string) => {
    asked.push(name);
    const speed = speeds[name]?.shift() ?? 1;
    if (speed instanceof Error) throw speed;
    return { speed };
  };
  return {
    name: 'scripted',
    about: 'About it.',
    ceilingAbout: 'nothing',
    columns: [more],
    prepare: async () => {},
    cleanUp: async () => {},
    measure: (measured) => next(measured.name),
    ceiling: () => next('ceiling'),
  };
}

/** A result whose rows have these medians, a figure for each column. */
function resultOf(name: string, columns: readonly Column[], rows: Record<string, readonly number[]>): KeptResult {
  const rowOf = ([row, medians]: [string, readonly number[]]) => {
    const spreads = columns.flatMap((column, index) => {
      const median = medians[index];
      return median === undefined ? [] : [[column.name, spreadOf([median])] as const];
    });
    return { name: row, version: '', spreads: Object.fromEntries(spreads), failures: 0, firstFailure: undefined };
  };
  const facts = { about: 'About it.', ceilingAbout: 'nothing', rounds: 1, isWarm: true, ceiling: undefined };
  return { name, columns, ...facts, ...around, rows: Object.entries(rows).map(rowOf) };
}

describe('the bench', () => {
  test('takes medians with their spread', () => {
    assert.deepEqual(spreadOf([3, 1, 2]), { median: 2, min: 1, max: 3, count: 3 });
    assert.deepEqual(spreadOf([4, 1, 2, 3]), { median: 2.5, min: 1, max: 4, count: 4 });
    assert.throws(() => spreadOf([]));
  });

  test('gives ratios above one to the better, whichever way the scale runs', () => {
    assert.equal(ratio(300, 200, more), '1.50 ×');
    assert.equal(ratio(2, 3, less), '1.50 ×');
    assert.equal(ratio(undefined, 3, less), '–');
  });

  test('interleaves the rounds, leaves the warm-up out, and repeats a failed try', async () => {
    const asked: string[] = [];
    const speeds = { twinline: [999, 30, 50], peer: [1, new Error('lost'), 20, 10], ceiling: [1, 100, 100] };
    const result = await runWorkload(
      scripted(speeds, asked),
      [subject('twinline'), subject('peer')],
      { rounds: 2 },
      context,
    );
    assert.equal(asked.join(' '), 'twinline peer ceiling twinline peer peer ceiling twinline peer ceiling');
    assert.equal(result.rows[0]?.spreads['speed']?.median, 40);
    assert.equal(result.rows[1]?.failures, 1);
    const section = sectionOf({ ...result, ...around });
    assert.match(section, /\| twinline 1\.0 \| 40\.0 \(30\.0–50\.0\) \| 2\.67 × \|/);
    assert.match(section, /peer: tries that failed and were repeated: 1; the first said "lost"/);
  });

  test('lets the only round count when the time of a workload is over behind it', async () => {
    const asked: string[] = [];
    const extent = { rounds: 5, until: 0 };
    const result = await runWorkload(scripted({ peer: [7] }, asked), [subject('peer')], extent, context);
    assert.equal(asked.join(' '), 'peer ceiling');
    assert.equal(result.rows[0]?.spreads['speed']?.median, 7);
    assert.match(sectionOf({ ...result, ...around }), /One round, without a warm-up\./);
  });

  test('says beside a figure of ours whether it reaches its target, and of nobody else', () => {
    const bounded = { ...less, target: { value: 2.5 } };
    const compared = { ...more, target: { timesBestPeer: 1.25 } };
    const section = sectionOf(resultOf('a', [compared, bounded], { twinline: [120, 2.6], peer: [100, 1] }));
    assert.match(section, /\| twinline \| 120, \*\*not met\*\* \| 2\.60, \*\*not met\*\* \| 1\.20 × \|/);
    assert.match(section, /\| peer \| 100 \| 1\.00 \| 1\.00 × \|/);
    assert.match(section, /Target for speed: at least 1\.25 × the best peer, here peer\. twinline: 1\.20 ×, not met\./);
    const reached = sectionOf(resultOf('a', [compared, bounded], { 'twinline-workers': [125, 2.5], peer: [100, 1] }));
    assert.match(reached, /\| twinline-workers \| 125, \*\*met\*\* \| 2\.50, \*\*met\*\* \|/);
  });

  test('compares ours with and without workers to the peers alone', () => {
    const rows = { twinline: [100], 'twinline-workers': [300], peer: [50] };
    assert.match(sectionOf(resultOf('a', [more], rows)), /\| twinline-workers \| 300 \| 6\.00 × \|/);
  });

  test('sums up in a line a workload what ours is to the best peer', () => {
    const compared = resultOf('a', [more, less], { twinline: [120, 1], slow: [50, 1], peer: [100, 1] });
    const alone = resultOf('b', [less], { twinline: [2] });
    const summary = summaryOf([compared, alone, resultOf('c', [more], { peer: [1] })]);
    assert.match(
      summary,
      /\| a: speed \| 120 MB\/s \| 100 MB\/s, peer \| 1\.20 × \|\n\| b: wait \| 2\.00 ms \| – \| – \|\n\n/,
    );
  });

  test('compares nobody where the rows are what our client talks to', () => {
    const ofClient = resultOf('a', [{ ...more, isOfClient: true }], { twinline: [100], peer: [50] });
    assert.doesNotMatch(sectionOf(ofClient), /against the best peer/);
    assert.match(summaryOf([ofClient]), /\| a: speed \| 100 MB\/s \| – \| – \|/);
  });

  test('leaves a column out that nobody has a figure in', () => {
    assert.doesNotMatch(sectionOf(resultOf('a', [more, less], { peer: [50] })), /wait/);
  });

  test('keeps one result for each workload, in the order of the workloads', () => {
    const [old, other, renewed] = ['a', 'b', 'a'].map((name, speed) => resultOf(name, [more], { peer: [speed] }));
    assert.ok(old && other && renewed);
    assert.deepEqual(withResult([other, old], renewed, ['a', 'b']), [renewed, other]);
    assert.deepEqual(withResult([other, old], renewed, ['a']), [renewed], 'a workload that is gone');
    assert.match(documentOf([renewed, other]), /^# Results\n[^]+## a\n[^]+## b\n/);
  });

  test('draws a bar as long as a figure is good, and cuts what goes beyond the picture', () => {
    const chart = chartOf([resultOf('<a>', [less], { twinline: [1], 'peer-1': [2], 'peer-2': [4], 'peer-3': [] })]);
    const ends = [...chart.matchAll(/class="(\w+)" d="M130 \d+L(\d+) /g)].map(([, kind, x]) => [kind, Number(x) - 130]);
    assert.deepEqual(ends, [
      ['ours', Math.round((450 * 2) / 3)],
      ['peer', Math.round(450 / 3)],
      ['peer', Math.round(450 / 6)],
    ]);
    assert.match(chart, /&lt;a>: wait/);
    const cut = chartOf([resultOf('a', [more], { twinline: [9], peer: [1] })]);
    assert.match(cut, /class="ours" d="M130 \d+L572 \d+L580 /);
    assert.doesNotMatch(
      chartOf([resultOf('a', [more], { twinline: [9] })]),
      /class="ours" d/,
      'nobody to compare with',
    );
  });
});
