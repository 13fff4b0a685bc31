/** Reads the greeting. */

import type { GivenSettings } from '../given-settings.ts';

/** A page of text: clients keep a greeting in memory, and those that show it show it at every connection. */
export const maxWelcomeLines = 100;
/** As long as a command may be: some clients read replies into a buffer of that size. */
export const maxWelcomeLineBytes = 1_000;

/** The lines of the greeting; none: the server's own. */
export function welcomeOf(given: GivenSettings): readonly string[] {
  const lines = given.texts('welcome').flatMap((text) => text.replace(/\r?\n$/, '').split(/\r?\n/));
  if (lines.length > maxWelcomeLines) {
    throw given.wrong('welcome', `has ${lines.length} lines: ${maxWelcomeLines} are as many as clients show.`);
  }
  const long = lines.findIndex((line) => Buffer.byteLength(line) > maxWelcomeLineBytes);
  if (long === -1) return lines;
  throw given.wrong('welcome', `has more than ${maxWelcomeLineBytes} bytes in line ${long + 1}: break it in two.`);
}
