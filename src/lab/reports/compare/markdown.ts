/** The matrix as Markdown. */

import { markdown, markdownCode } from '../escape.ts';
import type { ComparedCase, Comparison } from './comparison.ts';

function tableHead(first: readonly string[], names: readonly string[]): readonly string[] {
  const cells = [...first, ...names.map(markdown)];
  return [`| ${cells.join(' | ')} |`, `|${cells.map(() => '---|').join('')}`];
}

function caseLine({ row, id, level, cells }: ComparedCase): string {
  const verdicts = cells.map((cell) => (cell === undefined ? '–' : bold(cell.verdict)));
  return `| ${markdown(row)} | ${markdownCode(id)} | ${level} | ${verdicts.join(' | ')} |`;
}

/** What is wrong stands out among what is not. */
function bold(verdict: string): string {
  return ['FAIL', 'NON-STRICT', 'UNCLEAN'].includes(verdict) ? `**${verdict}**` : verdict;
}

/** Who does what, where they do not agree. */
function difference(one: ComparedCase, names: readonly string[]): readonly string[] {
  const seen = one.cells.flatMap((cell, index) => {
    if (cell === undefined || cell.verdict === 'SKIP') return [];
    const facts = cell.facts === undefined ? '' : ` (${markdown(cell.facts)})`;
    return [`- **${markdown(names[index] ?? '')}**: ${cell.verdict}, ${markdown(cell.says)}${facts}`];
  });
  return [
    `### ${markdown(one.row)} ${markdown(one.id)}`,
    '',
    `${markdown(one.requirement)} (${markdown(one.level)}, ${markdown(one.clause)})`,
    '',
    ...seen,
    '',
  ];
}

export function comparisonMarkdown(comparison: Comparison): string {
  const { side, subjects, areas, cases, leftOut } = comparison;
  const names = subjects.map(({ name }) => name);
  const differing = cases.filter((one) => one.differs);
  return [
    `# ${subjects.length} ${side}s side by side`,
    '',
    ...subjects.map(
      ({ name, subject, tool, startedAt }) =>
        `- **${markdown(name)}**: ${markdown(subject)} (${markdown(tool)}, ${markdown(startedAt)})`,
    ),
    '',
    ...tableHead(['Area'], names),
    ...areas.map(
      ({ area, grades }) =>
        `| ${area} | ${grades.map(({ letter, passed, judged }) => `${letter ?? '–'} (${passed}/${judged})`).join(' | ')} |`,
    ),
    '',
    ...(leftOut === 0 ? [] : [`${leftOut} cases on which all agree are left out.`, '']),
    ...tableHead(['Row', 'Case', 'Level'], names),
    ...cases.map(caseLine),
    '',
    ...(differing.length === 0
      ? []
      : ['## Where they differ', '', ...differing.flatMap((one) => difference(one, names))]),
  ].join('\n');
}
