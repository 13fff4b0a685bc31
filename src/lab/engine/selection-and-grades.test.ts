import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { allCases, serverCases } from '../cases/index.ts';
import { letterOf } from './grades.ts';
import type { CaseReport } from './lab-report.ts';
import { randomOfCase } from './random.ts';
import { runAll } from './schedule.ts';
import { selectCases } from './select-cases.ts';
import type { Verdict } from './verdict.ts';

const reports = (...found: Verdict[]): CaseReport[] => found.map((verdict) => ({ verdict }) as CaseReport);
const many = (verdict: Verdict, count: number): Verdict[] => Array.from({ length: count }, () => verdict);

describe('the letter of an area', () => {
  test('is an A where nothing is to be said, and absent where nothing was judged', () => {
    assert.equal(letterOf(reports('PASS', 'INFO', 'SKIP', 'UNIMPLEMENTED')), 'A');
    assert.equal(letterOf(reports('INFO', 'SKIP', 'INFRA')), undefined);
  });

  test('falls with what is less than strict', () => {
    assert.equal(letterOf(reports('NON-STRICT', ...many('PASS', 9))), 'B');
    assert.equal(letterOf(reports('UNCLEAN', 'PASS')), 'C');
  });

  test('falls further with a broken MUST', () => {
    assert.equal(letterOf(reports('FAIL', ...many('PASS', 9))), 'D');
    assert.equal(letterOf(reports('FAIL', 'PASS')), 'F');
  });
});

describe('a selection', () => {
  const [first] = allCases;
  test('names cases by id, row, or the beginning of an id', () => {
    assert.ok(first !== undefined);
    for (const word of [first.id, first.row, first.id.split('/')[0] ?? '']) {
      assert.ok(selectCases(allCases, { only: [word] }).includes(first), word);
    }
  });

  test('names all cases of a row by the row without their letters', () => {
    const rows = selectCases(serverCases, { only: ['C06', 'H01'] }).map(({ row }) => row);
    assert.deepEqual(rows.toSorted(), ['C06a', 'C06b', 'H01']);
  });

  test('leaves out', () => assert.ok(!selectCases(allCases, { skip: [first?.id ?? ''] }).includes(first as never)));

  test('refuses a word that names nothing', () => {
    assert.throws(() => selectCases(allCases, { only: ['rfc959/9/none'] }), /No case is called "rfc959\/9\/none"/);
  });
});

describe('the schedule', () => {
  test('reports in the order of the cases, whatever ends first, with lonely cases behind all others', async () => {
    const order: string[] = [];
    const cases = ['a', 'b', 'c'].map((id) => ({
      ...(serverCases[0] as (typeof serverCases)[0]),
      id,
      alone: id === 'a',
    }));
    const run = async ({ id }: { id: string }): Promise<CaseReport> => {
      if (id === 'b') await new Promise(setImmediate);
      order.push(id);
      return { id } as CaseReport;
    };
    const done = await runAll(cases, run, { parallel: 2 });
    assert.deepEqual(
      done.map(({ id }) => id),
      ['a', 'b', 'c'],
    );
    assert.deepEqual(order, ['c', 'b', 'a']);
  });

  test('gives cases that wait no place of the others', async () => {
    const { promise: isFree, resolve: free } = Promise.withResolvers<void>();
    const first = serverCases[0] as (typeof serverCases)[0];
    const cases = ['w1', 'w2', 'a', 'b', 'c'].map((id) => ({ ...first, id, waits: id.startsWith('w') }));
    // The waiting ones fill both of their places, and end only when the last of the others has run.
    const run = async ({ id }: { id: string }): Promise<CaseReport> => {
      if (id === 'c') free();
      if (id.startsWith('w')) await isFree;
      return { id } as CaseReport;
    };
    assert.equal((await runAll(cases, run, { parallel: 2 })).length, 5);
  });
});

test('the same seed gives a case the same choices, whatever runs beside it', () => {
  const draw = (seed: number, id: string): number => randomOfCase(seed, id).between(0, 1e9);
  assert.equal(draw(7, 'a'), draw(7, 'a'));
  assert.notEqual(draw(7, 'a'), draw(8, 'a'));
  assert.notEqual(draw(7, 'a'), draw(7, 'b'));
});
