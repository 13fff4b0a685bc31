/** The report as SARIF 2.1.0, for programs that collect the findings of scanners. */

import type { CaseReport, LabReport } from '../engine/lab-report.ts';
import type { Level, Verdict } from '../engine/verdict.ts';
import { expectedText, lineText, profileWords, runNotes } from './case-words.ts';
import { visible } from './escape.ts';

/** Only a result of kind `fail` may have a level (section 3.27.10). */
type Finding =
  | { readonly kind: 'fail'; readonly level: 'error' | 'warning' }
  | { readonly kind: 'pass' | 'informational' | 'notApplicable' | 'review'; readonly level: 'none' };

const findings: Readonly<Record<Verdict, Finding>> = {
  FAIL: { kind: 'fail', level: 'error' },
  'NON-STRICT': { kind: 'fail', level: 'warning' },
  UNCLEAN: { kind: 'fail', level: 'warning' },
  INFO: { kind: 'informational', level: 'none' },
  UNIMPLEMENTED: { kind: 'notApplicable', level: 'none' },
  PASS: { kind: 'pass', level: 'none' },
  SKIP: { kind: 'notApplicable', level: 'none' },
  INFRA: { kind: 'review', level: 'none' },
};

const ruleLevels: Readonly<Record<Level, 'error' | 'warning' | 'note'>> = {
  MUST: 'error',
  SHOULD: 'warning',
  MAY: 'note',
  engineering: 'warning',
};

/** `epsv-unknown-family` becomes `EpsvUnknownFamily`. */
function ruleName(id: string): string {
  const words = (id.split('/').at(-1) ?? id).split('-');
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

function ruleOf({ id, row, area, level, clause, requirement, advice }: CaseReport): object {
  const help = `${requirement} (${level}, ${clause})\n\n${advice}`;
  return {
    id,
    name: ruleName(id),
    shortDescription: { text: requirement },
    fullDescription: { text: `${requirement} (${level}, ${clause})` },
    help: { text: help },
    defaultConfiguration: { level: ruleLevels[level] },
    properties: { tags: [area, level, row], clause, row },
  };
}

function messageOf(report: CaseReport): string {
  const expected = expectedText(report);
  return [
    report.says,
    ...(report.facts === undefined ? [] : [report.facts]),
    ...report.lines.map(lineText),
    ...report.probes.filter(({ ok }) => !ok).map(({ probe, says }) => `not so afterwards: ${probe}: ${says}`),
    ...(report.verdict === 'FAIL' && expected !== undefined ? [`expected: ${expected}`] : []),
    ...[profileWords(report)].filter((words) => words !== undefined),
  ]
    .map(visible)
    .join('. ');
}

function resultOf(report: CaseReport, index: number, target: string): object {
  return {
    ruleId: report.id,
    ruleIndex: index,
    ...findings[report.verdict],
    message: { text: messageOf(report) },
    locations: [{ logicalLocations: [{ fullyQualifiedName: visible(target), kind: 'resource' }] }],
    partialFingerprints: { 'twinlineLab/v1': `${report.id}:${report.outcome ?? report.verdict}` },
    ...(report.known === undefined || findings[report.verdict].kind !== 'fail'
      ? {}
      : { suppressions: [{ kind: 'external', justification: visible(report.known) }] }),
    properties: { verdict: report.verdict, repeat: visible(report.repeat), durationMs: report.durationMs },
  };
}

export function sarifReport(report: LabReport): string {
  const startMs = Date.parse(report.startedAt);
  const [name = 'twinline', version = '0'] = report.tool.split(' ');
  const run = {
    tool: { driver: { name: `${name} lab`, version, rules: report.cases.map(ruleOf) } },
    automationDetails: { id: `twinline-lab/${report.side}/` },
    invocations: [
      {
        executionSuccessful: report.sanity.before.ok && !report.cases.some(({ verdict }) => verdict === 'INFRA'),
        ...(Number.isNaN(startMs)
          ? {}
          : {
              startTimeUtc: new Date(startMs).toISOString(),
              endTimeUtc: new Date(startMs + report.durationMs).toISOString(),
            }),
        toolExecutionNotifications: runNotes(report).map((note) => ({
          level: 'note',
          message: { text: visible(note) },
        })),
      },
    ],
    results: report.cases.map((one, index) => resultOf(one, index, report.target)),
    properties: { target: visible(report.target), seed: report.seed },
  };
  const log = {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [run],
  };
  return `${JSON.stringify(log, undefined, 1)}\n`;
}
