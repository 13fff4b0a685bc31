/** What a note comes to: everything that its reports show, and the JSON report as it is. */

import type { Verdict } from '../engine/verdict.ts';
import type { Clause } from './clauses.ts';
import type { NoteEntry } from './note-log.ts';
import type { End, LineKind } from './observed-line.ts';

export const noteVersion = 1;

export type NoteName = 'control-loss' | 'epsv';

export interface NoteVerdict {
  readonly end: End;
  readonly verdict: Verdict;
  readonly says: string;
  /** What it is judged by: `RFC 959 section 3.2`. */
  readonly clause: string;
}

/** How one end left one line. */
export interface NoteLine {
  readonly line: LineKind;
  readonly end: End;
  /**
   * `never`: still open when the lab stopped looking; `overtaken`: the other end reset the line before this one had left;
   * `cut`: the lab itself has reset it; `not seen`: the line did not pass by the lab.
   */
  readonly how: 'close-notify' | 'fin' | 'reset' | 'never' | 'overtaken' | 'not seen' | 'cut';
  readonly afterFaultMs?: number;
  /** What it sent on the line behind the fault. */
  readonly bytesAfterFault?: number;
}

/** One question put to a server, and its answer. */
export interface NoteQuestion {
  readonly asked: string;
  readonly answered: string;
  readonly verdict: Verdict;
  readonly says: string;
  readonly clause: string;
}

export interface NotePart {
  readonly title: string;
  /** What is done and why, in sentences. */
  readonly story: readonly string[];
  readonly timeline: readonly NoteEntry[];
  readonly droppedEntries: number;
  readonly lines: readonly NoteLine[];
  /** Packets that tell of the life of the lines, each in a sentence; where packets are seen. */
  readonly packets?: readonly string[];
  readonly questions: readonly NoteQuestion[];
  /** What is left: under the final name, beside it, and whether a transfer can go on from there. */
  readonly left: readonly string[];
  readonly verdicts: readonly NoteVerdict[];
  readonly clauses: readonly Clause[];
}

export interface NoteReport {
  readonly schema: string;
  readonly note: NoteName;
  readonly question: string;
  readonly tool: string;
  readonly server: string;
  readonly client: string;
  readonly seed: number;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly setting: readonly string[];
  readonly parts: readonly NotePart[];
  /** The answer in one sentence. */
  readonly answer: string;
  readonly repeat: string;
}

const howWords: Readonly<Record<NoteLine['how'], string>> = {
  'close-notify': 'close_notify and FIN',
  fin: 'FIN',
  reset: 'RST',
  never: 'never, while the lab looked',
  cut: 'ended by the lab, which is the fault',
  overtaken: 'nothing before the RST of the other end',
  'not seen': 'not seen: the line does not pass by the lab',
};

/** `data line, server: FIN 3 ms after the fault, 0 bytes after it`. */
export function lineSentence({ line, end, how, afterFaultMs, bytesAfterFault }: NoteLine): string {
  const when = afterFaultMs === undefined ? '' : `, ${afterFaultMs} ms after the fault`;
  const bytes = bytesAfterFault === undefined ? '' : `, ${bytesAfterFault} bytes sent after the fault`;
  return `${line} line, ${end}: ${howWords[how]}${when}${bytes}`;
}
