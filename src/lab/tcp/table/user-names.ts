/** Names of users by number, from /etc/passwd. */

import { readFileSync } from 'node:fs';

/** Empty where the file cannot be read: numbers are shown then. */
export function userNames(path = '/etc/passwd'): ReadonlyMap<number, string> {
  let text = '';
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return new Map();
  }
  return new Map(
    text
      .split('\n')
      .map((line) => line.split(':'))
      .filter((fields) => /^\d+$/.test(fields[2] ?? ''))
      // The first name of a number is the one that counts.
      .toReversed()
      .map(([name = '', , uid]) => [Number(uid), name]),
  );
}
