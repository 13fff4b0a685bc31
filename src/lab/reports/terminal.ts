/** The report for a terminal: a line for each case as it ends, then the story of each failure, the letters and a sum. */

import { styleText } from 'node:util';
import { printable } from '../../protocol/index.ts';
import { gradesOf } from '../engine/grades.ts';
import type { CaseReport, LabReport } from '../engine/lab-report.ts';
import { type Verdict, verdicts } from '../engine/verdict.ts';

const colours: Readonly<Record<Verdict, 'red' | 'yellow' | 'green' | 'blue' | 'magenta' | 'gray'>> = {
  PASS: 'green',
  FAIL: 'red',
  'NON-STRICT': 'yellow',
  UNCLEAN: 'yellow',
  INFO: 'blue',
  UNIMPLEMENTED: 'gray',
  SKIP: 'gray',
  INFRA: 'magenta',
};

/** Verdicts that have a story: something to see, and to change. */
const toldVerdicts: ReadonlySet<Verdict> = new Set(['FAIL', 'NON-STRICT', 'UNCLEAN', 'INFRA']);

function paint(text: string, verdict: Verdict, colour: boolean): string {
  return colour ? styleText(colours[verdict], text, { validateStream: false }) : text;
}

/** `FAIL          C02  rfc4217/9/prot-before-pbsz  PROT P is accepted without PBSZ`. */
export function terminalLine(report: CaseReport, colour: boolean): string {
  const { verdict, row, id, says } = report;
  return `${paint(verdict.padEnd(13), verdict, colour)} ${row.padEnd(4)} ${id}  ${printable(says)}\n`;
}

/** Requirement, what would be right, what was seen, what to change, and how to see it again. */
export function terminalStory(report: CaseReport, colour: boolean): string {
  const right = Object.values(report.outcomes).filter(({ grade }) => grade === 'pass');
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['Required', `${report.requirement} (${report.level}, ${report.clause})`],
    ['Expected', right.map(({ says }) => says).join('; or ') || undefined],
    ['Seen', report.says],
    ['Facts', report.facts],
    ...report.lines.map(
      ({ line, ending, afterFaultMs, bytesAfterFault }) =>
        [
          'Line',
          `${line}: ${ending}${afterFaultMs === undefined ? '' : `, ${afterFaultMs} ms after the fault`}` +
            (bytesAfterFault === undefined ? '' : `, ${bytesAfterFault} bytes after it`),
        ] as const,
    ),
    ...report.probes
      .filter(({ ok }) => !ok)
      .map(({ probe, says }) => ['After it', `not so: ${probe}: ${says}`] as const),
    ['Profile', profileText(report)],
    ['Change', report.verdict === 'INFRA' ? undefined : report.advice],
    ['Again', report.repeat],
  ];
  const shown = rows.flatMap(([name, text]) => (text === undefined ? [] : [`  ${name.padEnd(9)} ${printable(text)}`]));
  return `${paint(report.verdict, report.verdict, colour)} ${report.id}\n${shown.join('\n')}\n`;
}

function profileText({ profile }: CaseReport): string | undefined {
  if (profile === undefined) return undefined;
  const reason = profile.reason === undefined ? '' : ` (${profile.reason})`;
  return `${profile.kind.replaceAll('-', ' ')}: it says ${profile.expected}${reason}`;
}

/** All that stands behind the lines of the cases. */
export function terminalSummary(report: LabReport, colour: boolean): string {
  const told = report.cases.filter(({ verdict, profile }) => toldVerdicts.has(verdict) || profile !== undefined);
  const stories = told.map((one) => terminalStory(one, colour));
  const letters = gradesOf(report.cases).map(
    ({ area, letter, passed, judged }) => `  ${area.padEnd(11)} ${letter ?? '-'}  ${passed} of ${judged} passed`,
  );
  const counts = verdicts.flatMap((verdict) => {
    const count = report.cases.filter((one) => one.verdict === verdict).length;
    return count === 0 ? [] : [`${count} ${verdict}`];
  });
  const sanity = [
    ['before', report.sanity.before],
    ['after', report.sanity.after],
  ] as const;
  const broken = sanity.flatMap(([when, { ok, says }]) =>
    ok ? [] : [`The plain transfer ${when} the cases failed, so they say nothing: ${printable(says)}\n`],
  );
  return [
    '',
    ...stories,
    'Letters (nothing but a summary; read the cases)',
    ...letters,
    '',
    ...broken,
    ...report.notes.map((note) => `Note: ${printable(note)}`),
    `${report.cases.length} cases in ${(report.durationMs / 1000).toFixed(1)} s: ${counts.join(', ')}. Seed ${report.seed}.`,
    '',
  ].join('\n');
}
