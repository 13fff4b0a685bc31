/** Counts of living things in several processes, added up. */

import type { LiveCount } from '../server.ts';
import type { ServerCounts } from '../session-surroundings.ts';

/** By kind and owner. */
export function sumOfCounts(lists: readonly (readonly LiveCount[])[]): readonly LiveCount[] {
  const sums = new Map<string, LiveCount>();
  for (const { kind, owner, count } of lists.flat()) {
    const key = `${kind} ${owner}`;
    sums.set(key, { kind, owner, count: count + (sums.get(key)?.count ?? 0) });
  }
  return [...sums.values()];
}

/** The same by kind alone, with what `own` has of each. */
export function countsWith(own: ServerCounts, elsewhere: readonly LiveCount[]): ServerCounts {
  const sums: Record<string, number> = { ...own };
  for (const { kind, count } of elsewhere) sums[kind] = (sums[kind] ?? 0) + count;
  return sums as ServerCounts;
}
