/**
 * A report as it is kept in docs/lab: without what differs from run to run and says nothing of the server. Ports, the folders
 * of the machine, names of files, clock times and the very number of bytes of a part are masked, and durations are rounded up.
 */

import type { CaseReport, LabReport } from '../src/lab/index.ts';

/** Up to the next power of ten, from 100 ms on: times of a machine with other work differ by much, and mean the same. */
function roundedUp(ms: number): number {
  return Math.max(100, 10 ** Math.ceil(Math.log10(Math.max(1, ms))));
}

function shownDuration(ms: number): string {
  const seconds = roundedUp(ms) / 1000;
  return `up to ${seconds} s`;
}

/** `N of M bytes` and `N bytes of M`, where neither nothing nor everything. */
function shownPart(part: number, whole: number, unchanged: string): string {
  return part > 0 && part < whole ? `a part of ${whole} bytes` : unchanged;
}

type Rule = readonly [RegExp, (...groups: string[]) => string];

const rules: readonly Rule[] = [
  [/twinline-lab-[a-z0-9]{8}/g, () => 'SCRATCH'],
  [/\bf\d+-[a-z0-9]{4}(?=\.[a-z]+)/g, () => 'FILE'],
  [/\|\|\|\d{4,5}\|/g, () => '|||PORT|'],
  [/\((\d+,\d+,\d+,\d+),\d+,\d+\)/g, (_, host = '') => `(${host},P,P)`],
  [/\bport \d{4,5}\b/g, () => 'port PORT'],
  [/\bports [\d, and…]*\d[ ,…]*/g, () => 'ports PORT, PORT, …'],
  [/\b127\.0\.0\.1:\d+/g, () => '127.0.0.1:PORT'],
  [/\b20(?!200102030405)\d{12}(?:\.\d+)?\b/g, () => 'YYYYMMDDhhmmss'],
  [/\bunique=[^;]+/gi, () => 'unique=…'],
  [/\b(\d+(?:\.\d+)?) ms\b/g, (_, ms = '') => shownDuration(Number(ms))],
  [/\b(\d+) of (\d+) bytes\b/g, (all, part = '', whole = '') => shownPart(Number(part), Number(whole), all)],
  [/\b(\d+) bytes of (\d+)\b/g, (all, part = '', whole = '') => shownPart(Number(part), Number(whole), all)],
];

/** `folders` are what the machine calls the folder that the server shows, and the one that it lies in. */
export function maskedText(text: string, folders: readonly string[]): string {
  const known = folders.reduce((masked, folder) => masked.replaceAll(folder, 'ROOT'), text);
  return rules.reduce((masked, [pattern, shown]) => masked.replaceAll(pattern, shown), known);
}

function publishedCase(one: CaseReport, mask: (text: string) => string): CaseReport {
  return {
    ...one,
    says: mask(one.says),
    ...(one.facts === undefined ? {} : { facts: mask(one.facts) }),
    lines: one.lines.map(({ afterFaultMs, bytesAfterFault, ...line }) => ({
      ...line,
      ...(afterFaultMs === undefined ? {} : { afterFaultMs: roundedUp(afterFaultMs) }),
      ...(bytesAfterFault === 0 ? { bytesAfterFault } : {}),
    })),
    probes: one.probes.map(({ probe, ok, says }) => ({ probe: mask(probe), ok, says: mask(says) })),
    durationMs: roundedUp(one.durationMs),
    events: [],
    droppedEvents: 0,
  };
}

/** The date without the time, and no events; `report` is not changed. */
export function publishedReport(report: LabReport, folders: readonly string[]): LabReport {
  return {
    ...report,
    startedAt: report.startedAt.slice(0, 10),
    durationMs: Math.ceil(report.durationMs / 10_000) * 10_000,
    cases: report.cases.map((one) => publishedCase(one, (text) => maskedText(text, folders))),
  };
}
