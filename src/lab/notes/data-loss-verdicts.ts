/** What a lost data line says about each end: the control line lives, so that the server can still speak. */

import type { NoteEntry } from './note-log.ts';
import type { NotePart, NoteVerdict } from './note-report.ts';
import { clientVerdict, leftOf } from './control-loss-verdicts.ts';
import type { TrialSeen } from './control-loss-trial.ts';

/** The first reply of the server behind the fault, and whether a command behind that was answered well. */
export interface WordAfterFault {
  readonly code: number;
  readonly text: string;
  readonly goesOn: boolean;
}

/** In the dialogue of the client, or in the log of a server whose client has not waited. */
const replyLine = /^(?:< |.*> )(\d{3}) (.*)$/;

export function wordAfterFault(timeline: readonly NoteEntry[]): WordAfterFault | undefined {
  const fault = timeline.findIndex(({ isFault }) => isFault === true);
  const replies = (fault === -1 ? [] : timeline.slice(fault + 1)).flatMap(({ column, text }) => {
    const [, code, words = ''] = (column === 'lab' ? undefined : replyLine.exec(text)) ?? [];
    return code === undefined ? [] : [{ code: Number(code), text: `${code} ${words.replace(/\.$/, '')}` }];
  });
  const [first] = replies;
  if (first === undefined) return undefined;
  return { ...first, goesOn: replies.slice(1).some(({ code }) => code >= 200 && code < 300) };
}

export function judgeDataLoss(seen: TrialSeen): Pick<NotePart, 'verdicts' | 'left'> {
  return { verdicts: [serverVerdict(seen), clientVerdict(seen)], left: leftOf(seen) };
}

/** Replies that RFC 959 section 5.4 has for a data line that is lost in a transfer. */
const rightCodes: readonly number[] = [425, 426, 451];

function serverVerdict({ timeline, serverLeftControl, hasLog, outcome, watchedMs }: TrialSeen): NoteVerdict {
  const made = (verdict: NoteVerdict['verdict'], says: string): NoteVerdict => ({
    end: 'server',
    verdict,
    says,
    clause: 'RFC 959 sections 4.2 and 5.4',
  });
  const word = wordAfterFault(timeline);
  if (word === undefined) {
    if (serverLeftControl) return made('FAIL', 'it ends the control line without a word');
    // Whoever leaves at once hears nothing, and under TLS the lab does not either.
    if (!hasLog && outcome.endedByItself) return made('INFO', 'the client left before a reply could be seen');
    return made('FAIL', `no reply comes within ${watchedMs / 1000} s`);
  }
  if (word.code < 400) return made('FAIL', `it confirms a transfer that was cut: ${word.text}`);
  if (!rightCodes.includes(word.code))
    return made('NON-STRICT', `it refuses by another reply than 425, 426 or 451: ${word.text}`);
  if (serverLeftControl && !word.goesOn) return made('NON-STRICT', `it ends the session behind ${word.text}`);
  return made('PASS', `it says ${word.text}${word.goesOn ? ', and answers the next command' : ''}`);
}

/** The last sentence of the note. */
export function dataLossAnswer(server: string, trials: readonly TrialSeen[]): string {
  const places = new Map<string, string[]>();
  for (const { timeline, direction } of trials) {
    const word = wordAfterFault(timeline);
    const does = word === undefined ? 'was not heard' : `answers ${word.code} on the control line`;
    places.set(does, [...(places.get(does) ?? []), `in the ${direction}`]);
  }
  const told = [...places].map(([does, where]) => `${does} ${where.join(' and ')}`);
  return `When the data line is lost, ${server} ${told.join(', and ')}.`;
}
