/** A profile: what is known of a product, case by case, so that only news is loud. */

import { z } from 'zod';
import type { CaseReport, LabReport, ProfileDifference } from './lab-report.ts';
import { type Verdict, verdicts } from './verdict.ts';

const oneVerdict = z.enum(verdicts);

export const profileSchema = z.strictObject({
  schema: z.literal('twinline-lab-profile/1'),
  side: z.enum(['server', 'client']),
  product: z.string().describe('Name and version of what was judged'),
  cases: z.record(
    z.string().describe('The id of a case'),
    z.strictObject({
      verdict: z.union([oneVerdict, z.array(oneVerdict).min(1)]).describe('Several where it differs from run to run'),
      reason: z.string().describe('Why it is so, or what was seen'),
    }),
  ),
});

export type Profile = z.infer<typeof profileSchema>;

/** Throws `Error` with the place of the first thing that is not as it should be. */
export function parseProfile(json: string): Profile {
  const result = profileSchema.safeParse(JSON.parse(json));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new Error(`${issue?.path.join('.') || 'the profile'}: ${issue?.message ?? 'not as it should be'}`);
}

/** Verdicts that a product without a profile is not expected to get. */
const failures: ReadonlySet<Verdict> = new Set(['FAIL', 'NON-STRICT', 'UNCLEAN']);
/** Nothing was learned of the product. */
const unjudged: ReadonlySet<Verdict> = new Set(['SKIP', 'INFRA']);

/** What differs from the profile; a case that it does not name is expected not to fail. */
export function differenceOf(report: CaseReport, profile: Profile): ProfileDifference | undefined {
  const { verdict, id } = report;
  if (unjudged.has(verdict)) return undefined;
  const entry = profile.cases[id];
  if (entry === undefined) return failures.has(verdict) ? { expected: 'PASS', kind: 'unexpected-failure' } : undefined;
  const known = [entry.verdict].flat();
  if (known.includes(verdict)) return undefined;
  const [expected = verdict] = known;
  const wasFailure = failures.has(expected);
  const kind =
    failures.has(verdict) === wasFailure ? 'different' : wasFailure ? 'unexpected-pass' : 'unexpected-failure';
  return { expected, kind, reason: entry.reason };
}

/** The report with what differs from the profile, and with reasons for what does not. */
export function holdAgainst(report: LabReport, profile: Profile): LabReport {
  const cases = report.cases.map((one): CaseReport => {
    const difference = differenceOf(one, profile);
    if (difference !== undefined) return { ...one, profile: difference };
    const entry = profile.cases[one.id];
    return entry === undefined || unjudged.has(one.verdict) ? one : { ...one, known: entry.reason };
  });
  return { ...report, cases, profile: profile.product };
}

/**
 * The profile that a run makes. Of `before` it keeps the reasons of what is still so, and all of the cases that this run did not
 * judge; what passes now is left out.
 */
export function profileOf(report: LabReport, before?: Profile): Profile {
  const cases: Profile['cases'] = {};
  const judged = new Map(report.cases.filter(({ verdict }) => !unjudged.has(verdict)).map((one) => [one.id, one]));
  for (const [id, entry] of Object.entries(before?.cases ?? {})) if (!judged.has(id)) cases[id] = entry;
  for (const { id, verdict, says } of judged.values()) {
    const old = before?.cases[id];
    if (old !== undefined && [old.verdict].flat().includes(verdict)) cases[id] = old;
    else if (failures.has(verdict)) cases[id] = { verdict, reason: says };
  }
  const product = report.product ?? report.target;
  return { schema: 'twinline-lab-profile/1', side: report.side, product, cases: sorted(cases) };
}

function sorted(cases: Profile['cases']): Profile['cases'] {
  return Object.fromEntries(Object.entries(cases).sort(([first], [second]) => (first < second ? -1 : 1)));
}

/** One case a line, so that a change is one line. */
export function profileText(profile: Profile): string {
  const { cases, ...head } = profile;
  const lines = Object.entries(cases).map(([id, entry]) => `  ${JSON.stringify(id)}: ${JSON.stringify(entry)}`);
  const start = JSON.stringify(head).slice(1, -1);
  return `{${start},"cases":{\n${lines.join(',\n')}\n}}\n`;
}
