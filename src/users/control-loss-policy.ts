/** The policy for a lost control connection as text. */

import { ConfigError } from '../errors/index.ts';
import type { ControlLossPolicy } from './user-store.ts';

export function serialiseControlLoss(policy: ControlLossPolicy): string {
  return typeof policy === 'string' ? policy : `grace ${policy.graceMs / 1000}`;
}

/** `abort`, `finish` or `grace:SECONDS`, with a space in place of the colon as well; throws `ConfigError` otherwise. */
export function parseControlLoss(text: string): ControlLossPolicy {
  if (text === 'abort' || text === 'finish') return text;
  const seconds = /^grace[: ](\d{1,6}(?:\.\d{1,3})?)$/.exec(text)?.[1];
  if (seconds !== undefined) return { graceMs: Math.round(Number(seconds) * 1000) };
  throw new ConfigError('ERR_TWINLINE_CONFIG', `"${text}" is not abort, finish or grace:SECONDS.`);
}
