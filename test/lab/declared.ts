/**
 * What the tests of cases say will be seen, told to the registry test that looks for cases which were never seen to
 * pass or never to fail. In its process the tests are told and not run.
 */

import { test } from 'node:test';
import type { CaseReport, LabCase, ServerCase, Verdict } from '../../src/lab/index.ts';
import { assertJudged } from './judge-server.ts';

export const isDeclaring = process.env['TWINLINE_DECLARE_CASES'] === '1';

/** Id of a case, the verdict that must be given, and its outcome. */
export type Declared = readonly [id: string, verdict: Verdict, outcome: string | null];

export const declared: Declared[] = [];

export function declare({ id }: LabCase, verdict: Verdict, outcome: string | undefined): void {
  declared.push([id, verdict, outcome ?? null]);
}

/** One test of a case against a peer that no table has a form for. */
export function judgedTest(
  title: string,
  record: ServerCase,
  run: () => Promise<CaseReport>,
  verdict: Verdict,
  outcome?: string,
): void {
  declare(record, verdict, outcome);
  if (!isDeclaring) test(title, async () => assertJudged(await run(), verdict, outcome));
}
