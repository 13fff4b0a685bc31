/** The report as JUnit XML, for the test pages of build servers. */

import type { CaseReport, LabReport } from '../engine/lab-report.ts';
import { expectedText, lineText, profileWords, runNotes, subjectOf } from './case-words.ts';
import { markup } from './escape.ts';

type Kind = 'failure' | 'error' | 'skipped' | undefined;

/** Where a profile was given, only what it does not say is a failure. */
function kindOf({ verdict, profile, known }: CaseReport): Kind {
  if (verdict === 'INFRA') return 'error';
  if (profile !== undefined) return 'failure';
  if (verdict === 'SKIP' || verdict === 'UNIMPLEMENTED') return 'skipped';
  const failed = verdict === 'FAIL' || verdict === 'NON-STRICT' || verdict === 'UNCLEAN';
  if (failed) return known === undefined ? 'failure' : 'skipped';
  return undefined;
}

function story(report: CaseReport): readonly string[] {
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['Verdict', report.verdict],
    ['Required', `${report.requirement} (${report.level}, ${report.clause})`],
    ['Expected', expectedText(report)],
    ['Seen', report.says],
    ['Facts', report.facts],
    ...report.lines.map((one) => ['Line', lineText(one)] as const),
    ...report.probes.map(({ probe, ok, says }) => ['After it', `${probe}: ${ok ? 'yes' : 'no'}, ${says}`] as const),
    ['Profile', profileWords(report)],
    ['Change', report.advice],
    ['Again', report.repeat],
  ];
  return rows.flatMap(([name, text]) => (text === undefined ? [] : [`${name}: ${markup(text)}`]));
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

function caseElement(report: CaseReport): string {
  const kind = kindOf(report);
  const open = `  <testcase classname="${markup(`${report.area}.${report.row}`)}" name="${markup(report.id)}" time="${seconds(report.durationMs)}"`;
  const attributes = `message="${markup(`${report.verdict}: ${report.says}`)}"`;
  const body = story(report).join('\n');
  if (kind === 'skipped') return `${open}>\n    <skipped ${attributes}/>\n  </testcase>`;
  if (kind !== undefined) {
    return `${open}>\n    <${kind} ${attributes} type="${report.verdict}">${body}</${kind}>\n  </testcase>`;
  }
  if (report.verdict === 'PASS') return `${open}/>`;
  return `${open}>\n    <system-out>${body}</system-out>\n  </testcase>`;
}

export function junitReport(report: LabReport): string {
  const { cases } = report;
  const count = (kind: Kind): number => cases.filter((one) => kindOf(one) === kind).length;
  const name = `twinline lab ${report.side}: ${subjectOf(report)}`;
  const sums =
    `tests="${cases.length}" failures="${count('failure')}" errors="${count('error')}" ` +
    `skipped="${count('skipped')}" time="${seconds(report.durationMs)}"`;
  const properties = [
    ['target', report.target],
    ['tool', report.tool],
    ['seed', String(report.seed)],
    ...runNotes(report).map((note) => ['note', note] as const),
  ].map(([key = '', value = '']) => `    <property name="${key}" value="${markup(value)}"/>`);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${markup(name)}" ${sums}>`,
    // The schema of JUnit wants no zone and no fractions here.
    ` <testsuite name="${markup(name)}" ${sums} timestamp="${markup(report.startedAt.slice(0, 19))}">`,
    '  <properties>',
    ...properties,
    '  </properties>',
    ...cases.map(caseElement),
    ' </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}
