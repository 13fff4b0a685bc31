/** Results as Markdown: one section for each workload, which a later run replaces. */

import type { Row, WorkloadResult } from './run.ts';
import type { Spread } from './statistics.ts';
import type { Column } from './workload.ts';

const ours = 'twinline';

function inFigures(value: number): string {
  if (value >= 100) return value.toFixed(0);
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

function cell(spread: Spread | undefined): string {
  if (spread === undefined) return '–';
  if (spread.min === spread.max) return inFigures(spread.median);
  return `${inFigures(spread.median)} (${inFigures(spread.min)}–${inFigures(spread.max)})`;
}

/** The best median among the peers in a column. */
function bestPeer(rows: readonly Row[], column: Column): number | undefined {
  const medians = rows.filter((row) => row.name !== ours).map((row) => row.spreads[column.name]?.median);
  const known = medians.filter((median) => median !== undefined);
  if (known.length === 0) return undefined;
  return column.better === 'more' ? Math.max(...known) : Math.min(...known);
}

/** How many times better than the best peer: above 1 is better, whichever way the scale runs. */
export function ratio(value: number | undefined, best: number | undefined, column: Column): string {
  if (value === undefined || best === undefined || value === 0 || best === 0) return '–';
  return `${(column.better === 'more' ? value / best : best / value).toFixed(2)} ×`;
}

function tableOf(result: WorkloadResult): string[] {
  const { columns } = result.workload;
  const [main] = columns;
  const heads = columns.map((column) => `${column.name} ${column.unit}`);
  const best = main && bestPeer(result.rows, main);
  const line = (row: Row) => {
    const name = row.version === '' ? row.name : `${row.name} ${row.version}`;
    const times = main === undefined ? '–' : ratio(row.spreads[main.name]?.median, best, main);
    return [name, ...columns.map((column) => cell(row.spreads[column.name])), times];
  };
  const rows = [...result.rows, result.ceiling].map(line);
  const rule = ['---', ...heads.map(() => '---:'), '---:'];
  const table = [['', ...heads, `${main?.name ?? ''} against the best peer`], rule, ...rows];
  return table.map((cells) => `| ${cells.join(' | ')} |`);
}

/** The section of one workload, heading included. */
export function sectionOf(result: WorkloadResult, machine: readonly string[], command: string): string {
  const failed = result.rows.filter((row) => row.failures > 0);
  return [
    `## ${result.workload.name}`,
    '',
    result.workload.about,
    '',
    ...tableOf(result),
    '',
    `Ceiling: ${result.workload.ceilingAbout}. Medians of ${result.rounds} rounds (least–greatest), subjects interleaved, one ` +
      'warm-up round not counted.',
    ...failed.map(
      (row) => `\n${row.name}: ${row.failures} failed tries were repeated; the first said "${row.firstFailure}".`,
    ),
    '',
    `\`${command}\` on ${new Date().toISOString().slice(0, 10)}: ${machine.join('; ')}.`,
    '',
  ].join('\n');
}

const title = `# Results

Made by \`npm run bench -- --write\`; how it measures stands in [testing](../docs/how-to/testing.md). Each section is one run with all
its subjects side by side, so compare within a section and not across.
`;

/** Puts a section into the document in place of the older one of the same workload, or at its end. */
export function replaceSection(document: string, section: string): string {
  const heading = section.slice(0, section.indexOf('\n'));
  const sections = (document === '' ? title : document).split(/^(?=## )/m);
  const at = sections.findIndex((text) => text.startsWith(`${heading}\n`));
  if (at < 0) sections.push(section);
  else sections[at] = section;
  return `${sections.map((text) => text.trimEnd()).join('\n\n')}\n`;
}
