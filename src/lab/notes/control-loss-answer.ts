/** The last sentence of the first note. */

import { judgeTrial, type ServerFate } from './control-loss-verdicts.ts';
import type { TrialSeen } from './control-loss-trial.ts';

const fates: Readonly<Record<ServerFate, string>> = {
  stopped: 'stops at once',
  'stopped-late': 'stops late',
  'went-on': 'goes on for the whole file, against RFC 959 section 3.2,',
  'kept-open': 'keeps the data line open, against RFC 959 section 3.2,',
  'not-shown': 'did not get to show its choice',
};

export function answerOf(server: string, trials: readonly TrialSeen[]): string {
  const places = new Map<ServerFate, string[]>();
  for (const seen of trials) {
    const { fate } = judgeTrial(seen);
    places.set(fate, [...(places.get(fate) ?? []), `in the ${seen.direction}`]);
  }
  const told = [...places].map(([fate, where]) => `${fates[fate]} ${where.join(' and ')}`);
  return `When the control line is lost, ${server} ${told.join(', and ')}.`;
}
