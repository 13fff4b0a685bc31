/** Reads what the server does where the RFCs leave a choice, and how long it waits. */

import type { ServerLimits } from '../../../server/index.ts';
import type { ControlLossPolicy, MissingCloseNotifyPolicy } from '../../../users/index.ts';
import type { GivenSettings } from '../given-settings.ts';
import type { GivenValues } from '../given-values.ts';
import { limitsOf } from '../limit-records.ts';
import { parseDuration } from '../quantities.ts';

const defaultDrainTimeoutSeconds = 30;
/** A day: a time that may last longer is a mistake in the unit. */
const maxSeconds = 86_400;
/** Ten years: who wants more wants no sweep, and would fill the disk with what nobody sees. */
const maxPartAgeDays = 3_650;

/** Undefined when it was not given. */
export function onControlLossIfGiven<Name extends string>(
  given: GivenValues<Name>,
  name: Name,
): ControlLossPolicy | undefined {
  const text = given.text(name);
  if (text === undefined || text === 'abort' || text === 'finish') return text;
  const graceMs = millisecondsOf(/^grace[: ](.*)$/.exec(text)?.[1] ?? '');
  if (graceMs !== undefined) return { graceMs };
  const form = `must be abort, finish or grace:SECONDS with up to ${maxSeconds} seconds`;
  throw given.wrong(name, `${form}, not "${text}".`);
}

/** Undefined when it was not given. */
export function missingCloseNotifyIfGiven<Name extends string>(
  given: GivenValues<Name>,
  name: Name,
): MissingCloseNotifyPolicy | undefined {
  return given.choiceIfGiven(name, ['refuse', 'tolerate']);
}

/** The limits that were given, `part-max-age` among them. */
export function allLimitsOf(given: GivenSettings): Partial<ServerLimits> {
  const text = given.text('part-max-age');
  const limits = limitsOf(given.table('limits'));
  if (text === undefined) return limits;
  const ageMs = parseDuration(text, 86_400_000) ?? Number.POSITIVE_INFINITY;
  if (ageMs <= maxPartAgeDays * 86_400_000) return { ...limits, partialMaxAgeMs: ageMs };
  throw given.wrong('part-max-age', `takes days from 0 to ${maxPartAgeDays}; "${text}" is not that.`);
}

export function drainTimeoutOf(given: GivenSettings): number {
  const text = given.text('drain-timeout');
  if (text === undefined) return defaultDrainTimeoutSeconds * 1000;
  const timeoutMs = millisecondsOf(text);
  if (timeoutMs !== undefined) return timeoutMs;
  throw given.wrong(
    'drain-timeout',
    `takes seconds from 0 to ${maxSeconds}, or a time such as "2 min"; "${text}" is not that.`,
  );
}

/** Seconds, or a time with its unit, as milliseconds; undefined when the text is not that or too much. */
function millisecondsOf(text: string): number | undefined {
  const ms = parseDuration(text, 1000);
  return ms !== undefined && ms <= maxSeconds * 1000 ? ms : undefined;
}
