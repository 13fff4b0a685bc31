/** What stands between the two ends of a note and sees their lines: the relay of the lab, or the firewall of a topology. */

import type { NoteLog } from './note-log.ts';
import type { End, EndLeft, LineKind, SeenLine } from './observed-line.ts';

export type FaultKind = 'reset' | 'fin';

export interface BetweenHooks {
  opened(line: SeenLine): void;
  /** Bytes have come from one end. */
  passed(line: SeenLine, from: End, bytes: Uint8Array): void;
  left(line: SeenLine, end: End, how: EndLeft['how']): void;
}

export interface BetweenOptions extends BetweenHooks {
  readonly host: string;
  readonly port: number;
  /** Bytes a second on data lines until they are released. */
  readonly bytesPerSecond: number;
  readonly connectMs: number;
}

/** A packet that tells of the life of a line, for people. */
export interface ToldPacket {
  /** `performance.now()`. */
  readonly atMs: number;
  readonly text: string;
}

/** `0.806 s: control line: RST …`, with the clock of the log. */
export function packetSentences({ packets }: Pick<Between, 'packets'>, log: NoteLog): string[] {
  const beganMs = performance.now() - log.now();
  return packets.map(({ atMs, text }) => `${((atMs - beganMs) / 1000).toFixed(3)} s: ${text}`);
}

export interface Between {
  readonly lines: readonly SeenLine[];
  /** Where a client that knows nothing of proxies reaches the control line. */
  readonly address: { readonly host: string; readonly port: number };
  /** For clients that take both lines through a proxy, where there is one. */
  readonly proxyUrl?: string;
  /** Data lines are seen whatever the client knows. */
  readonly seesAll: boolean;
  readonly packets: readonly ToldPacket[];
  /** A port at the host of `address` that leads to a data port of the server. */
  forward(port: number): Promise<number>;
  /** The last line of that kind. */
  lineOf(kind: LineKind): SeenLine | undefined;
  /** Counts what comes from now on as "after the fault". */
  markFault(): void;
  cut(line: LineKind, kind: FaultKind): void;
  /** Data pass as fast as the ends are from now on. */
  release(): void;
  close(): Promise<void>;
}

/** Brought by whoever starts a note, where it is not to be the relay. */
export interface BetweenKind {
  /** Where the lines go, in a sentence. */
  readonly setting: string;
  /** What becomes of the control line, behind "the control line is". */
  readonly fault: string;
  start(options: BetweenOptions): Promise<Between>;
}
