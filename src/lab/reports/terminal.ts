/** The report for a terminal: a line for each case as it ends, then the story of each failure, the letters and a sum. */

import { gradesOf } from '../engine/grades.ts';
import type { CaseReport, LabReport } from '../engine/lab-report.ts';
import { casesText, countsOf, expectedText, isTold, lineText, profileWords, runNotes } from './case-words.ts';
import { visible } from './escape.ts';
import { paint } from './paint.ts';

/** `FAIL          C02  rfc4217/9/prot-before-pbsz  PROT P is accepted without PBSZ`. */
export function terminalLine(report: CaseReport, colour: boolean): string {
  const { verdict, row, id, says } = report;
  return `${paint(verdict.padEnd(13), verdict, colour)} ${row.padEnd(4)} ${id}  ${visible(says)}\n`;
}

/** Requirement, what would be right, what was seen, what to change, and how to see it again. */
function terminalStory(report: CaseReport, colour: boolean): string {
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['Required', `${report.requirement} (${report.level}, ${report.clause})`],
    ['Expected', expectedText(report)],
    ['Seen', report.says],
    ['Facts', report.facts],
    ...report.lines.map((line) => ['Line', lineText(line)] as const),
    ...report.probes
      .filter(({ ok }) => !ok)
      .map(({ probe, says }) => ['After it', `not so: ${probe}: ${says}`] as const),
    ['Profile', profileWords(report)],
    ['Change', report.verdict === 'INFRA' ? undefined : report.advice],
    ['Again', report.repeat],
  ];
  const shown = rows.flatMap(([name, text]) => (text === undefined ? [] : [`  ${name.padEnd(9)} ${visible(text)}`]));
  return `${paint(report.verdict, report.verdict, colour)} ${report.id}\n${shown.join('\n')}\n`;
}

/** What the profile did not say, once more and together: an unexpected pass is news as well. */
function differences({ cases }: LabReport, colour: boolean): readonly string[] {
  const differing = cases.filter(({ profile }) => profile !== undefined);
  if (differing.length === 0) return [];
  const lines = differing.map(
    (one) =>
      `  ${paint(one.verdict.padEnd(13), one.verdict, colour)} ${one.row.padEnd(4)} ${one.id}  ${visible(profileWords(one) ?? '')}`,
  );
  return ['DIFFERENT FROM THE PROFILE', ...lines, ''];
}

/** What keeps the lab from judging is often one thing for all cases, and told once. */
function isToldBefore({ verdict, says }: CaseReport, before: readonly CaseReport[]): boolean {
  return verdict === 'INFRA' && before.some((other) => other.verdict === 'INFRA' && other.says === says);
}

/** All that stands behind the lines of the cases. */
export function terminalSummary(report: LabReport, colour: boolean): string {
  // What the profile knows is no news: its line above says enough.
  const news = report.cases.filter(
    (one, at, all) => isTold(one) && one.known === undefined && !isToldBefore(one, all.slice(0, at)),
  );
  const stories = news.map((one) => terminalStory(one, colour));
  const letters = gradesOf(report.cases).map(
    ({ area, letter, passed, judged }) => `  ${area.padEnd(11)} ${letter ?? '-'}  ${passed} of ${judged} passed`,
  );
  const counts = countsOf(report.cases).map(({ verdict, count }) => `${count} ${verdict}`);
  return [
    '',
    ...stories,
    'Letters (nothing but a summary; read the cases)',
    ...letters,
    '',
    ...differences(report, colour),
    ...runNotes(report).map((note) => `Note: ${visible(note)}`),
    `${casesText(report.cases.length)} in ${(report.durationMs / 1000).toFixed(1)} s: ${counts.join(', ')}. Seed ${report.seed}.`,
    '',
  ].join('\n');
}

/** What failed, and what to look at: where nothing could be judged, instead of a line for each case. */
export function unjudgedText({ side, target, sanity }: LabReport): string {
  const check =
    side === 'server'
      ? 'Check the address, the port, the TLS mode (ftpes:// for AUTH TLS, ftps:// for TLS from the first byte, ftp:// for none), ' +
        'the user and the password.'
      : 'Check the command: the lab fills in its address as {url}, the login as {user} and {password}, and the authority to trust as ' +
        '{cacert}.';
  const why = visible(sanity.before.says).replace(/\.$/, '');
  return `Nothing could be judged: the plain transfer with ${target} failed: ${why}.\n${check}\n`;
}
