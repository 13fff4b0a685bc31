/** Several reports of one side as a matrix: a column for each, a row for each case. */

import { type AreaGrade, gradesOf } from '../../engine/grades.ts';
import { type Area, areas } from '../../engine/lab-case.ts';
import type { CaseReport, LabReport } from '../../engine/lab-report.ts';
import type { Verdict } from '../../engine/verdict.ts';
import { subjectOf } from '../case-words.ts';

export interface NamedReport {
  /** The head of its column. */
  readonly name: string;
  readonly report: LabReport;
}

export interface ComparedSubject {
  readonly name: string;
  /** What its report is of, as it tells itself. */
  readonly subject: string;
  readonly tool: string;
  readonly startedAt: string;
}

export interface ComparedArea {
  readonly area: Area;
  /** In the order of the columns. */
  readonly grades: readonly AreaGrade[];
}

export interface ComparedCase {
  readonly id: string;
  readonly row: string;
  readonly area: Area;
  readonly level: string;
  readonly clause: string;
  readonly requirement: string;
  /** In the order of the columns; absent where a report does not have the case. */
  readonly cells: readonly (Pick<CaseReport, 'verdict' | 'says' | 'facts'> | undefined)[];
  /** Whether those that judged it do not agree. */
  readonly differs: boolean;
}

export interface Comparison {
  readonly side: LabReport['side'];
  readonly subjects: readonly ComparedSubject[];
  readonly areas: readonly ComparedArea[];
  readonly cases: readonly ComparedCase[];
  /** Cases that were left out because all agree. */
  readonly leftOut: number;
}

/** Nothing was learned of the one under test. */
const unjudged: ReadonlySet<Verdict> = new Set(['SKIP', 'INFRA']);

function differs(cells: ComparedCase['cells']): boolean {
  const seen = cells.flatMap((cell) => (cell === undefined || unjudged.has(cell.verdict) ? [] : [cell.verdict]));
  return new Set(seen).size > 1;
}

/** Names that come twice are numbered: a column must be told from its neighbour. */
function distinct(reports: readonly NamedReport[]): readonly string[] {
  const names = reports.map(({ name }) => name);
  return names.map((name, index) => {
    const before = names.slice(0, index).filter((other) => other === name).length;
    return before === 0 ? name : `${name} (${before + 1})`;
  });
}

/** All reports are of the same side. */
export function compareReports(reports: readonly NamedReport[], onlyDifferences = false): Comparison {
  const names = distinct(reports);
  const known = new Map<string, CaseReport>();
  const byId = reports.map(({ report }) => new Map(report.cases.map((one) => [one.id, one])));
  for (const cases of byId) for (const [id, one] of cases) if (!known.has(id)) known.set(id, one);
  const all = [...known.values()].map((first): ComparedCase => {
    const { id, row, area, level, clause, requirement } = first;
    const cells = byId.map((cases) => cases.get(id));
    return { id, row, area, level, clause, requirement, cells, differs: differs(cells) };
  });
  const cases = onlyDifferences ? all.filter((one) => one.differs) : all;
  const grades = reports.map(({ report }) => gradesOf(report.cases));
  return {
    side: reports[0]?.report.side ?? 'server',
    subjects: reports.map(({ report }, index) => ({
      name: names[index] ?? '',
      subject: subjectOf(report),
      tool: report.tool,
      startedAt: report.startedAt,
    })),
    areas: areas.map((area) => ({
      area,
      grades: grades.flatMap((own) => own.find((grade) => grade.area === area) ?? []),
    })),
    cases,
    leftOut: all.length - cases.length,
  };
}
