/** How the bytes of a file look on the data line: by TYPE, and by MODE. */

import type { TransferType } from '../../protocol/index.ts';
import type { Session } from '../session.ts';

export interface TransferForm {
  readonly type: TransferType;
  /** Compression of MODE Z, 1 (fast) to 9 (small); undefined in stream mode. */
  readonly deflateLevel: number | undefined;
}

/** The form of a transfer that begins now. */
export function formOf({ type, choices }: Session): TransferForm {
  return { type, deflateLevel: choices.deflates ? choices.deflateLevel : undefined };
}
