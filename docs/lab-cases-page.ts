/** Renders lab-cases.md from the records of the cases. */

import { allCases, type Area, areas, type LabCase, verdictOf } from '../src/lab/index.ts';
import { casesOfRow, catalogue, type CatalogueRow } from './lab-catalogue.ts';
import { anchorOfCase, cellText } from './lab-cases-text.ts';

const areaNames: Readonly<Record<Area, string>> = {
  control: 'The control line',
  tls: 'TLS and certificates',
  data: 'Data connections',
  addressing: 'EPSV, PASV, EPRT and PORT',
  failure: 'Failure behaviour',
  features: 'Features',
  security: 'Security',
};

function conditions(record: LabCase): string {
  const words = [
    record.side === 'client' ? `task: ${record.task}` : record.needs.map((need) => `needs ${need}`).join(', '),
    record.smoke === true ? 'smoke' : '',
    record.intrusive === true ? 'intrusive' : '',
    record.alone === true ? 'alone' : '',
  ].filter((word) => word !== '');
  return words.length === 0 ? '' : ` (${words.join('; ')})`;
}

function outcomesOf({ outcomes, level }: LabCase): string {
  return Object.entries(outcomes)
    .map(([key, { grade, says }]) => `**${verdictOf(grade, level)}** \`${key}\`: ${cellText(says)}`)
    .join('<br>');
}

function lineOf(record: LabCase): string {
  const { id, row, level, clause, requirement } = record;
  return `| <a id="${anchorOfCase(record)}"></a>${row} | \`${id}\`${conditions(record)} | ${level}, ${cellText(clause)} | ${cellText(requirement)} | ${outcomesOf(record)} |`;
}

function sectionOf(side: LabCase['side'], area: Area): readonly string[] {
  const own = allCases.filter((record) => record.side === side && record.area === area);
  if (own.length === 0) return [];
  const head = ['| Row | Case | Level, clause | Requirement | What can be seen |', '|---|---|---|---|---|'];
  return [`### ${areaNames[area]}`, '', ...head, ...own.map(lineOf), ''];
}

function sideOf(side: LabCase['side'], title: string): readonly string[] {
  const count = allCases.filter((record) => record.side === side).length;
  return [`## ${title}`, '', `${count} cases.`, '', ...areas.flatMap((area) => sectionOf(side, area))];
}

function linksOf(entry: CatalogueRow, side: LabCase['side']): string {
  return casesOfRow(allCases, entry, side)
    .map((record) => `[${record.row}](#${anchorOfCase(record)})`)
    .join(' ');
}

function rowLine(entry: CatalogueRow): string {
  const { row, name, smoke, notACase = '' } = entry;
  const cells = [linksOf(entry, 'server'), linksOf(entry, 'client'), notACase];
  return `| ${row}${smoke ? ' (smoke)' : ''} | ${cellText(name)} | ${cells.join(' | ')} |`;
}

const cataloguePart: readonly string[] = [
  '## The catalogue',
  '',
  'Every row, and the cases that judge it. The cells of the control-close matrix, `J-<kind>-<direction>-<phase>-<channel>`, are cases',
  'of their own in the sections on failure. The rows marked smoke, with J-RST-D-1-C, J-RST-U-1-C and J-HOLE-D-1-C, are the minimal set:',
  '`--only smoke` (with L02, which is H02 in a download). A14 in it takes more than five minutes and runs with `--intrusive` only.',
  '',
  '| Row | What | Servers | Clients | Where there is no case |',
  '|---|---|---|---|---|',
  ...catalogue.map(rowLine),
  '',
];

export function renderLabCases(): string {
  return [
    '# The cases of the lab',
    '',
    'This page is made from the records in `src/lab/cases` by `npm run docs`; `twinline lab list` prints the same, and',
    '`twinline lab list --json` for programs. Ids never move. The verdict in front of each outcome is what it counts as:',
    '[Read a report of the lab](how-to/lab-read-a-report.md) says what they mean, and',
    '[Add a case to the lab](how-to/lab-add-a-case.md) how to write one.',
    '',
    ...cataloguePart,
    ...sideOf('server', 'Servers'),
    ...sideOf('client', 'Clients'),
  ].join('\n');
}
