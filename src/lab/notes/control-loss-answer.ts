/** The last sentence of the first note. */

import { judgeTrial, type ServerFate } from './control-loss-verdicts.ts';
import type { TrialSeen } from './control-loss-trial.ts';

const fates: Readonly<Record<ServerFate, string>> = {
  stopped: 'stops at once',
  'stopped-late': 'stops, and late',
  'went-on': 'goes on for the whole file, which RFC 959 section 3.2 forbids',
  'kept-open': 'keeps the data line open, which RFC 959 section 3.2 forbids',
  'not-shown': 'could not show its choice',
};

export function answerOf(server: string, trials: readonly TrialSeen[]): string {
  const told = trials.map((seen) => `in the ${seen.direction} ${fates[judgeTrial(seen).fate]}`);
  return `When the control line is lost, ${server} ${told.join(', and ')}.`;
}
