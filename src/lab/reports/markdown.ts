/** The report as Markdown: letters, a story for each case that is not as it should be, and a table of the others. */

import { gradesOf } from '../engine/grades.ts';
import type { CaseReport, LabReport } from '../engine/lab-report.ts';
import {
  casesText,
  countsOf,
  expectedText,
  isTold,
  lineText,
  profileWords,
  headingOf,
  runNotes,
} from './case-words.ts';
import { markdown, markdownCode } from './escape.ts';

function head(report: LabReport): readonly string[] {
  const counts = countsOf(report.cases).map(({ verdict, count }) => `${count} ${verdict}`);
  return [
    `# ${markdown(headingOf(report))}`,
    '',
    `A ${report.side}, judged by ${markdown(report.tool)}: ${casesText(report.cases.length)} in ${(report.durationMs / 1000).toFixed(1)} s, ` +
      `${counts.join(', ')}.`,
    '',
    `Target ${markdownCode(report.target)}, seed ${report.seed}, begun ${markdown(report.startedAt)}.`,
    '',
    ...runNotes(report).flatMap((note) => [`> ${markdown(note)}`, '']),
    '| Area | Letter | Passed |',
    '|---|---|---|',
    ...gradesOf(report.cases).map(
      ({ area, letter, passed, judged }) => `| ${area} | ${letter ?? '–'} | ${passed} of ${judged} |`,
    ),
    '',
  ];
}

function story(report: CaseReport): readonly string[] {
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['Required', `${markdown(report.requirement)} (${report.level}, ${markdown(report.clause)})`],
    ['Expected', optional(expectedText(report))],
    ['Seen', markdown(report.says)],
    ['Facts', optional(report.facts)],
    ...report.lines.map((line) => ['Line', markdown(lineText(line))] as const),
    ...report.probes.map(
      ({ probe, ok, says }) => ['After it', `${markdown(probe)}: ${ok ? 'yes' : '**no**'}, ${markdown(says)}`] as const,
    ),
    ['Profile', report.profile === undefined ? optional(report.known) : `**${markdown(profileWords(report) ?? '')}**`],
    ['Change', report.verdict === 'INFRA' ? undefined : markdown(report.advice)],
    ['Again', markdownCode(report.repeat)],
  ];
  return [
    `### ${report.verdict} ${markdown(report.row)} ${markdown(report.id)}`,
    '',
    ...rows.flatMap(([name, text]) => (text === undefined ? [] : [`- **${name}**: ${text}`])),
    '',
  ];
}

function optional(text: string | undefined): string | undefined {
  return text === undefined ? undefined : markdown(text);
}

function tableLine({ verdict, row, id, level, says, facts }: CaseReport): string {
  const seen = facts === undefined ? markdown(says) : `${markdown(says)}: ${markdown(facts)}`;
  return `| ${verdict} | ${markdown(row)} | ${markdownCode(id)} | ${level} | ${seen} |`;
}

export function markdownReport(report: LabReport): string {
  const told = report.cases.filter(isTold);
  const others = report.cases.filter((one) => !isTold(one));
  return [
    ...head(report),
    ...(told.length === 0 ? [] : ['## Not as it should be', '', ...told.flatMap(story)]),
    ...(others.length === 0
      ? []
      : [
          '## The other cases',
          '',
          '| Verdict | Row | Case | Level | Seen |',
          '|---|---|---|---|---|',
          ...others.map(tableLine),
          '',
        ]),
  ].join('\n');
}
