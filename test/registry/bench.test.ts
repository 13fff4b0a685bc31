/** The arithmetic of the bench: medians, ratios and the sections of its report. Nothing here measures time. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { ratio, replaceSection, sectionOf } from '../../bench/report.ts';
import { runWorkload } from '../../bench/run.ts';
import { spreadOf } from '../../bench/statistics.ts';
import type { BenchContext, Subject, Workload } from '../../bench/workload.ts';

const more = { name: 'speed', unit: 'MB/s', better: 'more' } as const;
const less = { name: 'wait', unit: 'ms', better: 'less' } as const;

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
    const result = await runWorkload(scripted(speeds, asked), [subject('twinline'), subject('peer')], 2, context);
    assert.equal(asked.join(' '), 'twinline peer ceiling twinline peer peer ceiling twinline peer ceiling');
    assert.equal(result.rows[0]?.spreads['speed']?.median, 40);
    assert.equal(result.rows[1]?.failures, 1);
    const section = sectionOf(result, ['a machine'], 'npm run bench');
    assert.match(section, /\| twinline 1\.0 \| 40\.0 \(30\.0–50\.0\) \| 2\.67 × \|/);
    assert.match(section, /peer: 1 failed tries were repeated; the first said "lost"/);
  });

  test('replaces the section of the same workload and keeps the others', () => {
    const first = replaceSection('', '## a\n\nold\n');
    const both = replaceSection(first, '## b\n\nother\n');
    const after = replaceSection(both, '## a\n\nnew\n');
    assert.match(after, /^# Results\n/);
    assert.match(after, /## a\n\nnew\n\n## b\n\nother\n$/);
    assert.doesNotMatch(after, /old/);
  });
});
