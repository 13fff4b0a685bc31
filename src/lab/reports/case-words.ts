/** What every format says of a case in words: one wording for all of them. */

import type { LineReport } from '../engine/lab-case.ts';
import type { CaseReport, LabReport } from '../engine/lab-report.ts';
import { type Verdict, verdicts } from '../engine/verdict.ts';

/** Verdicts that have a story: something to see, and to change. */
const toldVerdicts: ReadonlySet<Verdict> = new Set(['FAIL', 'NON-STRICT', 'UNCLEAN', 'INFRA']);

/** Whether a reader must look at it: it is not as it should be, or not as the profile says. */
export function isTold({ verdict, profile }: CaseReport): boolean {
  return toldVerdicts.has(verdict) || profile !== undefined;
}

/** `a session is refused; or it is closed`; absent where no outcome is a pass. */
export function expectedText({ outcomes }: CaseReport): string | undefined {
  const right = Object.values(outcomes).filter(({ grade }) => grade === 'pass');
  return right.length === 0 ? undefined : right.map(({ says }) => says).join('; or ');
}

const endings: Readonly<Record<LineReport['ending'], string>> = {
  'close-notify': 'close_notify',
  fin: 'FIN',
  reset: 'RST',
  open: 'still open',
  here: 'closed by the lab',
};

/** `control 1: RST, 12 ms after the fault, 0 bytes after it (clean)`. */
export function lineText({ line, ending, afterFaultMs, bytesAfterFault, isClean }: LineReport): string {
  const time = afterFaultMs === undefined ? '' : `, ${Math.round(afterFaultMs)} ms after the fault`;
  const bytes = bytesAfterFault === undefined ? '' : `, ${bytesAfterFault} bytes after it`;
  return `${line}: ${endings[ending]}${time}${bytes} (${isClean ? 'clean' : 'not clean'})`;
}

/** `unexpected failure: the profile says PASS (reason)`, or why the profile knows it. */
export function profileWords({ profile, known }: CaseReport): string | undefined {
  if (profile === undefined) return known === undefined ? undefined : `known: ${known}`;
  const reason = profile.reason === undefined ? '' : ` (${profile.reason})`;
  return `${profile.kind.replaceAll('-', ' ')}: the profile says ${profile.expected}${reason}`;
}

/** How many cases have each verdict, the gravest first; those without any are left out. */
export function countsOf(
  cases: readonly CaseReport[],
): readonly { readonly verdict: Verdict; readonly count: number }[] {
  return verdicts.flatMap((verdict) => {
    const count = cases.filter((one) => one.verdict === verdict).length;
    return count === 0 ? [] : [{ verdict, count }];
  });
}

/** `1 case`, `2 cases`. */
export function casesText(count: number): string {
  return count === 1 ? '1 case' : `${count} cases`;
}

/** What was judged: the product where it told its name, else the target. */
export function subjectOf({ product, target }: LabReport): string {
  return product ?? target;
}

/** A greeting may be a page; a heading is a line. */
const maxHeadingCharacters = 70;

export function headingOf(report: LabReport): string {
  const subject = subjectOf(report);
  return subject.length <= maxHeadingCharacters ? subject : `${subject.slice(0, maxHeadingCharacters - 1)}…`;
}

/** Sentences on everything that is true of the run as a whole. */
export function runNotes(report: LabReport): readonly string[] {
  const { before, after } = report.sanity;
  const differing = report.cases.filter(({ profile }) => profile !== undefined).length;
  return [
    ...(before.ok ? [] : [`The plain transfer before the cases failed, so they say nothing: ${before.says}`]),
    ...(after.ok || !before.ok ? [] : [`The plain transfer after the cases failed: ${after.says}`]),
    ...(report.profile === undefined ? [] : [profileNote(report.profile, differing)]),
    ...report.notes,
  ];
}

function profileNote(name: string, differing: number): string {
  if (differing === 0) return `All is as the profile of ${name} says.`;
  return `${differing} ${differing === 1 ? 'case differs' : 'cases differ'} from the profile of ${name}.`;
}
