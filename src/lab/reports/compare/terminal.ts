/** The matrix for a terminal: a short word in each cell. */

import type { Verdict } from '../../engine/verdict.ts';
import { visible } from '../escape.ts';
import { paint } from '../paint.ts';
import type { ComparedCase, Comparison } from './comparison.ts';

const shortWords: Readonly<Record<Verdict, string>> = {
  PASS: 'pass',
  FAIL: 'FAIL',
  'NON-STRICT': 'LOOSE',
  UNCLEAN: 'UNCLEAN',
  INFO: 'info',
  UNIMPLEMENTED: 'absent',
  SKIP: 'skip',
  INFRA: 'LAB',
};

const maxNameColumns = 14;

function columnWidths({ subjects }: Comparison): readonly number[] {
  return subjects.map(({ name }) => Math.max(8, Math.min(maxNameColumns, visible(name).length)));
}

function cellText(cell: ComparedCase['cells'][number], width: number, colour: boolean): string {
  if (cell === undefined) return '-'.padEnd(width);
  return paint(shortWords[cell.verdict].padEnd(width), cell.verdict, colour);
}

export function comparisonTerminal(comparison: Comparison, colour: boolean): string {
  const widths = columnWidths(comparison);
  const { subjects, areas, cases, leftOut } = comparison;
  const heads = subjects.map(({ name }, index) =>
    visible(name)
      .slice(0, maxNameColumns)
      .padEnd(widths[index] ?? 8),
  );
  const letters = areas.map(({ area, grades }) => {
    const cells = grades.map(({ letter }, index) => (letter ?? '-').padEnd(widths[index] ?? 8));
    return `${cells.join(' ')} ${area}`;
  });
  const lines = cases.map(({ cells, row, id }) => {
    const shown = cells.map((cell, index) => cellText(cell, widths[index] ?? 8, colour));
    return `${shown.join(' ')} ${visible(row).padEnd(5)} ${visible(id)}`;
  });
  const differing = cases.filter((one) => one.differs).length;
  const left = leftOut === 0 ? '' : `, and ${leftOut} more on which all agree`;
  return [
    heads.join(' '),
    ...letters,
    '',
    heads.join(' '),
    ...lines,
    '',
    `${cases.length} cases${left}; the verdicts of ${differing} differ.`,
    '',
  ].join('\n');
}
