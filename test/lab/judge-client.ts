/** Runs the client cases of a group against our own client and against clients with bad habits: no case may be unable to fail. */

import { before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import {
  type CaseReport,
  type ClientCase,
  type ClientLabOptions,
  clientPresets,
  type ClientUnderTest,
  runClientLab,
  tasks,
  type Verdict,
  verdictOf,
} from '../../src/lab/index.ts';
import { declare, isDeclaring } from './declared.ts';

const habits = ['believer', 'fragile', 'frozen'] as const;
export type Habit = (typeof habits)[number];

/** What a client with a bad habit is caught at, by row: the outcome. */
export type Caught = { readonly [H in Habit]?: Readonly<Record<string, string>> };

const script = fileURLToPath(new URL('./clients/careless.ts', import.meta.url));
const places = ['{host}', '{port}', '{user}', '{password}', '{remote}', '{local}'];

export function clientOfHabit(habit: Habit): ClientUnderTest {
  const does = (task: string) => [process.execPath, script, habit, task, ...places];
  const commands = Object.fromEntries(tasks.map((task) => [task, does(task)]));
  return { name: habit, commands };
}

export const ourClient = clientPresets.find(({ name }) => name === 'twinline');

export async function judgeClient(
  client: ClientUnderTest | undefined,
  cases: readonly ClientCase[],
  more: Partial<ClientLabOptions> = {},
): Promise<ReadonlyMap<string, CaseReport>> {
  assert.ok(client !== undefined);
  const options = { client, cases, seed: 7, parallel: 4, tool: 'test', repeat: 'again', intrusive: true, ...more };
  const report = await runClientLab(options);
  assert.deepEqual(report.sanity.before, { ...report.sanity.before, ok: true }, report.sanity.before.says);
  return new Map(report.cases.map((found) => [found.row, found]));
}

function assertReport(report: CaseReport | undefined, verdicts: readonly Verdict[], outcome?: string): void {
  assert.ok(report !== undefined, 'there is such a case');
  const seen = `${report.says} (${report.outcome ?? 'no outcome'}; ${report.facts ?? 'no facts'})`;
  assert.ok(verdicts.includes(report.verdict), `${report.verdict}: ${seen}`);
  if (outcome !== undefined) assert.equal(report.outcome, outcome, seen);
}

/** One test a case and client; every case must be in `caught`, for one habit or both. */
export function testClientCases(group: string, cases: readonly ClientCase[], caught: Caught): void {
  for (const record of cases) {
    declare(record, 'PASS', undefined);
    for (const outcome of habits.flatMap((habit) => caught[habit]?.[record.row] ?? [])) {
      const grade = record.outcomes[outcome]?.grade ?? assert.fail(`${record.id} has no outcome ${outcome}`);
      declare(record, verdictOf(grade, record.level), outcome);
    }
  }
  if (isDeclaring) return;
  describe(`${group}: our own client`, () => {
    let reports: ReadonlyMap<string, CaseReport>;
    before(async () => (reports = await judgeClient(ourClient, cases)));
    for (const { row, requirement } of cases) {
      test(`${row}: ${requirement}`, () => assertReport(reports.get(row), ['PASS', 'INFO']));
    }
  });
  for (const habit of habits) {
    const wantedRows = caught[habit] ?? {};
    const rows = Object.entries(wantedRows);
    if (rows.length === 0) continue;
    describe(`${group}: a client that is a ${habit}`, () => {
      let reports: ReadonlyMap<string, CaseReport>;
      const wanted = cases.filter(({ row }) => Object.hasOwn(wantedRows, row));
      before(
        async () =>
          (reports = await judgeClient(clientOfHabit(habit), wanted, habit === 'frozen' ? { patienceMs: 5_000 } : {})),
      );
      for (const [row, outcome] of rows) {
        const level = cases.find((record) => record.row === row)?.level;
        const verdicts: Verdict[] =
          level === 'MAY' ? ['INFO', 'FAIL', 'NON-STRICT'] : ['FAIL', 'NON-STRICT', 'UNCLEAN'];
        test(`is caught at ${row}`, () => assertReport(reports.get(row), verdicts, outcome));
      }
    });
  }
  test(`${group}: every case can fail`, () => {
    const bad = new Set(Object.values(caught).flatMap((rows) => Object.keys(rows)));
    assert.deepEqual(
      cases.map(({ row }) => row).filter((row) => !bad.has(row)),
      [],
    );
  });
}
