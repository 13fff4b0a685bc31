/** Holds what came of a rogue case against what must come of it: an empty list is a pass. */

import { inspect } from 'node:util';
import {
  defaultMaxRssMiB,
  defaultWithinMs,
  ownProcessWithinMs,
  type ExpectedFile,
  type RogueCase,
  type RogueExpectation,
} from './define-rogue-case.ts';
import type { Observation } from './observe.ts';

type Check = (expected: RogueExpectation, seen: Observation) => readonly string[];

const shown = (text: string): string => JSON.stringify(text.length > 600 ? `${text.slice(0, 600)}…` : text);

const exitCode: Check = (expected, seen) =>
  seen.exitCode === expected.exitCode ? [] : [`exit code ${seen.exitCode} in place of ${expected.exitCode}`];

const messages: Check = ({ message, neverSays }, { stderr }) => [
  ...(message === undefined || message.test(stderr) ? [] : [`standard error does not match ${message}`]),
  ...(neverSays?.test(stderr) === true ? [`standard error matches ${neverSays}`] : []),
  ...(/Unexpected error/.test(stderr) ? ['an error that is none of ours'] : []),
];

const stdout: Check = ({ stdout: wanted }, seen) => {
  if (wanted === undefined) return [];
  if (wanted instanceof RegExp) {
    const text = seen.stdout.toString();
    return wanted.test(text) ? [] : [`standard output ${shown(text)} does not match ${wanted}`];
  }
  return seen.stdout.equals(wanted) ? [] : [`standard output holds ${seen.stdout.length} other bytes`];
};

function isAsExpected(expected: ExpectedFile, bytes: Buffer): boolean {
  if (expected instanceof Uint8Array) return bytes.equals(expected);
  if ('repeating' in expected) return bytes.length >= expected.least && repeats(bytes, Buffer.from(expected.repeating));
  const { beginningOf, least = 0, most = beginningOf.length } = expected;
  if (bytes.length < least || bytes.length > most) return false;
  return bytes.equals(beginningOf.subarray(0, bytes.length));
}

function repeats(bytes: Buffer, unit: Buffer): boolean {
  for (let at = 0; at < bytes.length; at += unit.length) {
    const piece = bytes.subarray(at, at + unit.length);
    if (!piece.equals(unit.subarray(0, piece.length))) return false;
  }
  return true;
}

function differences(
  what: string,
  expected: Readonly<Record<string, ExpectedFile>>,
  seen: ReadonlyMap<string, Buffer>,
): readonly string[] {
  const wrong = Object.entries(expected).flatMap(([name, wanted]) => {
    const bytes = seen.get(name);
    if (bytes === undefined) return [`${what} ${name} is not there`];
    return isAsExpected(wanted, bytes) ? [] : [`${what} ${name} holds ${bytes.length} bytes that it should not`];
  });
  const strange = [...seen.keys()].filter((name) => !(name in expected));
  return [...wrong, ...strange.map((name) => `${what} ${name} should not be there (${seen.get(name)?.length} bytes)`)];
}

const files: Check = (expected, seen) => differences('local file', expected.files ?? {}, seen.files);

const uploads: Check = (expected, seen) =>
  expected.uploads === undefined ? [] : differences('upload', expected.uploads, seen.uploads);

/** The beginning of a ClientHello: whoever waits for commands takes it for lines, as its bytes happen to be. */
const clientHello = String.fromCharCode(22, 3);

/** What came before a ClientHello that the server has not taken for one. */
function inClear({ sessions }: Observation): readonly string[] {
  return sessions.flatMap((lines) => {
    const hello = lines.findIndex((line) => line.startsWith(clientHello));
    return hello === -1 ? lines : lines.slice(0, hello);
  });
}

const wire: Check = ({ sent, neverSent, sessions }, seen) => {
  const lines = seen.sessions.flat().join('\n');
  return [
    ...(sent === undefined || sent.test(lines) ? [] : [`what was sent does not match ${sent}`]),
    ...(neverSent?.test(lines) === true ? [`what was sent matches ${neverSent}`] : []),
    ...(sessions === undefined || sessions === seen.sessions.length
      ? []
      : [`${seen.sessions.length} sessions in place of ${sessions}`]),
    ...(/[\0\r\n]/.test(inClear(seen).join('')) ? ['a line end or NUL inside of a command'] : []),
  ];
};

const bounds: Check = (expected, seen) => {
  const { maxRssMiB = defaultMaxRssMiB } = expected;
  const { withinMs = expected.maxRssMiB === undefined ? defaultWithinMs : ownProcessWithinMs } = expected;
  return [
    ...(seen.durationMs <= withinMs ? [] : [`it took ${Math.round(seen.durationMs)} ms, more than ${withinMs}`]),
    ...(seen.peakRssMiB > maxRssMiB ? [`${Math.round(seen.peakRssMiB)} MiB of memory, more than ${maxRssMiB}`] : []),
  ];
};

/** The checks by name; every case passes through all of them. */
export const checks: Readonly<Record<string, Check>> = { exitCode, messages, stdout, files, uploads, wire, bounds };

/** What is not as it must be, in sentences. */
export function problemsOf(expected: RogueExpectation, seen: Observation): readonly string[] {
  return Object.values(checks).flatMap((check) => check(expected, seen));
}

/** The behaviour that a case is about must have taken place, or it would prove nothing. */
export function proofProblems(record: RogueCase, seen: Observation): readonly string[] {
  const { scripted } = seen;
  const isScripted = scripted.length > 0;
  const hasHappened = scripted.some((name) => seen.performed.has(name));
  return [
    ...(isScripted && !hasHappened ? [`${record.id}: the server never came to what the case is about`] : []),
    ...(seen.scriptError === undefined ? [] : [`the script failed: ${inspect(seen.scriptError)}`]),
  ];
}
