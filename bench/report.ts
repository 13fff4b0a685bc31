/** Results as Markdown: one section for each workload, with ours held against its targets. */

import type { Row, WorkloadResult } from './run.ts';
import type { Spread } from './statistics.ts';
import { bestPeer, inFigures, isOurs, timesAsGood, verdictsOf } from './targets.ts';
import type { Column } from './workload.ts';

/** A result with what it depends on besides the code. */
export interface KeptResult extends WorkloadResult {
  /** Made with --quick: of sizes for which the targets are not meant. */
  readonly isQuick: boolean;
  readonly command: string;
  /** As ISO 8601 has it. */
  readonly date: string;
  readonly machine: readonly string[];
}

function cell(spread: Spread | undefined): string {
  if (spread === undefined) return '–';
  if (spread.min === spread.max) return inFigures(spread.median);
  return `${inFigures(spread.median)} (${inFigures(spread.min)}–${inFigures(spread.max)})`;
}

/** How many times as good as the best peer, to print. */
export function ratio(value: number | undefined, best: number | undefined, column: Column): string {
  if (value === undefined || best === undefined || value === 0 || best === 0) return '–';
  return `${timesAsGood(value, best, column).toFixed(2)} ×`;
}

/** Those with a figure; the others were left out of this run. */
function measuredColumns(result: WorkloadResult): Column[] {
  return result.columns.filter(({ name }) => result.rows.some((row) => row.spreads[name] !== undefined));
}

/** A figure, with the verdict where the column asks something of ours. */
function figure(row: Row, result: WorkloadResult, column: Column): string {
  const verdicts = verdictsOf(row, result.rows, column);
  const words = verdicts.every(({ met }) => met) ? ', **met**' : ', **not met**';
  return `${cell(row.spreads[column.name])}${verdicts.length === 0 ? '' : words}`;
}

function tableOf(result: WorkloadResult, columns: readonly Column[]): string[] {
  const [main] = columns;
  const heads = columns.map((column) => `${column.name} ${column.unit}`);
  const best = main && bestPeer(result.rows, main);
  const line = (row: Row) => {
    const name = row.version === '' ? row.name : `${row.name} ${row.version}`;
    const times = main && best && ratio(row.spreads[main.name]?.median, best.median, main);
    return [name, ...columns.map((column) => figure(row, result, column)), ...(times === undefined ? [] : [times])];
  };
  const rows = [...result.rows, ...(result.ceiling === undefined ? [] : [result.ceiling])].map(line);
  const head = ['', ...heads, ...(best === undefined ? [] : [`${main?.name} against the best peer`])];
  const rule = head.map((_, index) => (index === 0 ? '---' : '---:'));
  const table = [head, rule, ...rows];
  return table.map((cells) => `| ${cells.join(' | ')} |`);
}

function allVerdicts({ rows }: WorkloadResult, columns: readonly Column[]) {
  return columns.flatMap((column) =>
    rows.flatMap((row) => verdictsOf(row, rows, column).map((verdict) => ({ column, row, ...verdict }))),
  );
}

function targetLines(result: KeptResult, columns: readonly Column[]): string[] {
  const lines = allVerdicts(result, columns).map(
    ({ column, row, asked, reached, met }) =>
      `- Target for ${column.name}: ${asked}. ${row.name}: ${reached}, ${met ? 'met' : 'not met'}.`,
  );
  if (lines.length === 0) return [];
  return [...lines, ...(result.isQuick ? ['- The targets are meant for the full sizes, without --quick.'] : []), ''];
}

function roundsInWords({ rounds, isWarm }: WorkloadResult): string {
  if (!isWarm) return 'One round, without a warm-up.';
  const warm = 'after a warm-up round that does not count.';
  return rounds === 1
    ? `One round, ${warm}`
    : `Medians of ${rounds} rounds (least–greatest), subjects interleaved, ${warm}`;
}

/** The section of one workload, heading included. */
export function sectionOf(result: KeptResult): string {
  const columns = measuredColumns(result);
  const failed = result.rows.filter((row) => row.failures > 0);
  const ceiling = result.ceiling === undefined ? '' : `Ceiling: ${result.ceilingAbout}. `;
  return [
    `## ${result.name}`,
    '',
    result.about,
    '',
    ...tableOf(result, columns),
    '',
    ...targetLines(result, columns),
    `${ceiling}${roundsInWords(result)}`,
    ...failed.map(
      (row) =>
        `\n${row.name}: tries that failed and were repeated: ${row.failures}; the first said "${row.firstFailure}".`,
    ),
    '',
    `\`${result.command}\` on ${result.date.slice(0, 10)}: ${result.machine.join('; ')}.`,
    '',
  ].join('\n');
}

/** What a workload is in its first words, for a list; the report has the whole. */
export const inShort = (about: string): string => (about.split(/[.:;] /)[0] ?? '').replaceAll(/ \([^)]*\)/g, '');

/** The first column of each workload in a line, for who wants to know no more than that. */
export function summaryOf(results: readonly KeptResult[]): string {
  const head = ['', 'ours', 'best peer', 'ours against it'];
  const lines = results.flatMap((result) => {
    const [column] = result.columns;
    const ours = result.rows.find(({ name }) => isOurs(name));
    const median = column && ours?.spreads[column.name]?.median;
    if (column === undefined || median === undefined) return [];
    const best = bestPeer(result.rows, column);
    const figureOf = (value: number) => `${inFigures(value)} ${column.unit}`;
    const theirs = best === undefined ? '–' : `${figureOf(best.median)}, ${best.name}`;
    return [[`${result.name}: ${column.name}`, figureOf(median), theirs, ratio(median, best?.median, column)]];
  });
  const table = [head, ['---', '---:', '---:', '---:'], ...lines].map((cells) => `| ${cells.join(' | ')} |`);
  return ['## In short', '', ...table, '', 'Above 1 × ours is the better one.', ''].join('\n');
}

const title = `# Results

Made by \`npm run bench -- --write\` from [results.json](results.json); how it measures stands in [testing](../docs/how-to/testing.md).
Each section is one run with all its subjects side by side, so compare within a section and not across.

![One bar for each server and workload, as long as its figure is to the best of the peers](results.svg)
`;

/** Everything that is asked of ours, in one table. */
function targetsOf(results: readonly KeptResult[]): string {
  const lines = results.flatMap((result) =>
    allVerdicts(result, result.columns).map(({ column, row, asked, reached, met }) => {
      const what = `[${result.name}](#${result.name}): ${column.name}${row.name === 'twinline' ? '' : `, ${row.name}`}`;
      return `| ${what} | ${asked} | ${reached} | ${met ? 'met' : '**not met**'} |`;
    }),
  );
  const head = ['|  | target | reached |  |', '| --- | --- | ---: | --- |'];
  const bounds = 'What bounds those that are not met stands in [docs/performance.md](../docs/performance.md).';
  return ['## Targets', '', ...head, ...lines, '', bounds].join('\n');
}

/** The whole document of what is kept. */
export function documentOf(results: readonly KeptResult[]): string {
  return `${[title, targetsOf(results), summaryOf(results), ...results.map(sectionOf)].map((text) => text.trimEnd()).join('\n\n')}\n`;
}
