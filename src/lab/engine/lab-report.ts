/** The result of a run: everything that the reports are made from, and nothing that is not in them. */

import type { LabEvent } from './event-log.ts';
import type { Area, LineReport, OutcomeRecord, ProbeReport } from './lab-case.ts';
import type { Level, Verdict } from './verdict.ts';

/** Raised when a reader of older reports could misunderstand a new one. */
export const reportVersion = 1;

export interface CaseReport {
  readonly id: string;
  readonly row: string;
  readonly area: Area;
  readonly level: Level;
  readonly clause: string;
  readonly requirement: string;
  readonly advice: string;
  /** Every outcome that the case knows, by key. */
  readonly outcomes: Readonly<Record<string, OutcomeRecord>>;
  /** A key of `outcomes`; absent where the case came to none. */
  readonly outcome?: string;
  readonly verdict: Verdict;
  /** What was seen, as a sentence. */
  readonly says: string;
  readonly facts?: string;
  readonly lines: readonly LineReport[];
  readonly probes: readonly ProbeReport[];
  readonly durationMs: number;
  readonly events: readonly LabEvent[];
  readonly droppedEvents: number;
  /** The command that repeats this case alone. */
  readonly repeat: string;
  /** Set where a profile was given and says something else. */
  readonly profile?: ProfileDifference;
  /** Set where a profile was given that knows this verdict: why it is so. */
  readonly known?: string;
}

export interface ProfileDifference {
  readonly expected: Verdict;
  readonly kind: 'unexpected-failure' | 'unexpected-pass' | 'different';
  /** What the profile says of the case. */
  readonly reason?: string;
}

export interface SanityReport {
  readonly ok: boolean;
  readonly says: string;
}

export interface LabReport {
  readonly schema: `twinline-lab-report/${typeof reportVersion}`;
  readonly tool: string;
  readonly side: 'server' | 'client';
  /** What was tested, without secrets: the URL, or the command. */
  readonly target: string;
  /** The name of the product, as its greeting or its version line has it. */
  readonly product?: string;
  readonly seed: number;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly durationMs: number;
  readonly sanity: { readonly before: SanityReport; readonly after: SanityReport };
  readonly cases: readonly CaseReport[];
  /** The profile that the run was held against, by name. */
  readonly profile?: string;
  /** What a reader should know: files that could not be removed, features that are missing. */
  readonly notes: readonly string[];
}
