/** When a fault happens: at a reply, a command, a byte or a time, or from the beginning of its line. */

import type { Direction, LineKind } from '../proxy/line-pair.ts';

export type Trigger =
  | { readonly kind: 'start' }
  | { readonly kind: 'after-reply'; readonly code: number }
  | { readonly kind: 'before-reply'; readonly code: number }
  | { readonly kind: 'on-command'; readonly verb: string }
  /** The receiver has so many bytes of one line. */
  | { readonly kind: 'bytes'; readonly line: LineKind; readonly direction: Direction; readonly atBytes: number }
  /** Counted from the opening of the line that the fault is about. */
  | { readonly kind: 'time'; readonly ms: number };

/** Whether commands and replies must be seen, which TLS hides from a blind proxy. */
export function needsWords({ kind }: Trigger): boolean {
  return kind === 'after-reply' || kind === 'before-reply' || kind === 'on-command';
}
