/** Names the outcome of a case by the code of one reply. */

import type { Seen } from './lab-case.ts';
import { classOf, type Reply } from './reply.ts';

/** Codes first; then `positive` for other 2xx, `refusal` for other 4xx and 5xx; `other` for what is left. */
export interface OutcomesByCode<Outcome extends string> {
  readonly [code: number]: Outcome;
  readonly positive?: Outcome;
  readonly refusal?: Outcome;
  readonly other: Outcome;
}

/** The facts are the first line of the reply. */
export function outcomeByCode<const Outcome extends string>(
  reply: Reply,
  outcomes: OutcomesByCode<Outcome>,
): Seen<Outcome> {
  const byClass = { 2: outcomes.positive, 4: outcomes.refusal, 5: outcomes.refusal }[classOf(reply)];
  return { outcome: outcomes[reply.code] ?? byClass ?? outcomes.other, facts: reply.text };
}
