/** How the peer ended a line, as seen on the wire. */

/**
 * - `close-notify`: TLS said goodbye; a FIN or a reset may have followed.
 * - `fin`: an orderly end of the TCP connection (on TLS: without close_notify, which is a truncation).
 * - `reset`: a RST.
 * - `none`: we closed the line ourselves before the peer did anything.
 */
export type EndingKind = 'close-notify' | 'fin' | 'reset' | 'none';

/** What the peer did to end a line. Times are `performance.now()` in milliseconds. */
export interface LineEnding {
  readonly how: EndingKind;
  readonly closeNotifyAtMs?: number;
  readonly finAtMs?: number;
  readonly resetAtMs?: number;
  /** Code of the socket error, such as `ECONNRESET`. */
  readonly errorCode?: string;
}

/** When the first of the things that ended the line happened; `undefined` where the peer did nothing. */
export function endedAtMs(ending: LineEnding): number | undefined {
  const times = [ending.closeNotifyAtMs, ending.finAtMs, ending.resetAtMs].filter((at) => at !== undefined);
  return times.length === 0 ? undefined : Math.min(...times);
}

/** A line ended while something was awaited from it or written to it. */
export class LineEndedError extends Error {
  readonly ending: LineEnding;

  constructor(what: string, ending: LineEnding, received: Buffer) {
    const rest =
      received.length === 0 ? '' : ` Unread: ${JSON.stringify(received.subarray(0, 500).toString('latin1'))}.`;
    super(`The line ended (${ending.how}) before ${what}.${rest}`);
    this.name = 'LineEndedError';
    this.ending = ending;
  }
}
