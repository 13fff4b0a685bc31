/** What a way of hashing passwords offers, so that the schemes of other programs stand beside each other. */

import { ConfigError } from '../../errors/index.ts';

/** A hash that was understood. */
export interface ParsedHash {
  /** The same for hashes that cost the same work, and another for others. Holds neither salt nor tag. */
  readonly costClass: string;
  /** Does the whole work at once, so it belongs into a thread of its own; never throws for any password. */
  check(password: string): boolean;
}

/** A scheme of another program. */
export interface ForeignScheme {
  /** Its name as people know it. */
  readonly name: string;
  /** Tells by the beginning of the text alone. */
  recognises(text: string): boolean;
  /** Throws `ConfigError` for what is malformed or costs too much; the message never repeats the text. */
  parse(text: string): ParsedHash;
}

export function malformed(name: string, form: string): ConfigError {
  return new ConfigError('ERR_TWINLINE_CONFIG', `The ${name} hash is malformed: it must look like ${form}.`);
}

export function tooCostly(name: string, what: string, max: number): ConfigError {
  const message = `The ${name} hash asks for too much: ${what} must lie between 1 and ${max}.`;
  return new ConfigError('ERR_TWINLINE_CONFIG', message);
}

/** Whether a cost is a whole number from 1 to `max`. */
export function isAllowedCost(cost: number, max: number): boolean {
  return Number.isSafeInteger(cost) && cost >= 1 && cost <= max;
}

/** Base64 in any of its spellings: `.` for `+` (passlib), with and without padding. */
export function decodeBase64(text: string): Buffer {
  return Buffer.from(text.replaceAll('.', '+'), 'base64');
}
