/** Counts a change in every ledger that it falls under, where the quota of whoever makes it has room. */

import type { ClaimAnswer, Ledger, LedgerClaim } from './usage-ledger.ts';

/** What changes; what is left out does not. */
export type ClaimedChange = Partial<Pick<LedgerClaim, 'bytes' | 'files' | 'reservedFiles'>>;

/** Bounds of one of the ledgers; the others count without bound. */
export interface ClaimBounds extends Partial<Pick<LedgerClaim, 'freedBytes' | 'maxBytes' | 'maxFiles'>> {
  /** Undefined: there are no bounds. */
  readonly ledger: Ledger | undefined;
}

/** Nothing is counted anywhere where the answer is another than `counted`. */
export async function countClaimed(
  ledgers: readonly Ledger[],
  change: ClaimedChange,
  { ledger: bound, freedBytes = 0, maxBytes, maxFiles }: ClaimBounds,
): Promise<ClaimAnswer> {
  const { bytes = 0, files = 0, reservedFiles = 0 } = change;
  const answer = await bound?.claim({ bytes, files, reservedFiles, freedBytes, maxBytes, maxFiles });
  if (answer !== undefined && answer !== 'counted') return answer;
  for (const ledger of ledgers) {
    if (ledger === bound) continue;
    await ledger.change(bytes, files);
    await ledger.reserve(reservedFiles);
  }
  return 'counted';
}
