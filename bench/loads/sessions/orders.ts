/** What the load process for sessions is told to do, and what it answers. */

import type { Target } from '../ftp-control.ts';

export type Ending = 'RST' | 'FIN';

export interface Orders {
  /** Logs in and out `count` times in all, `atOnce` at the same time; what is not through in `limitMs` is not waited for. */
  logins: {
    order: { target: Target; count: number; atOnce: number; limitMs: number };
    answer: { done: number; elapsedMs: number; cpuMs: number };
  };
  /** Opens sessions until this process holds `sessions`, and keeps them. */
  open: { order: { target: Target; sessions: number }; answer: { sessions: number } };
  /** Sends a NOOP every `everyMs` milliseconds, on the open sessions in turn, until `endNoops`. */
  beginNoops: { order: { everyMs: number }; answer: object };
  endNoops: { order: object; answer: { noops: Noop[] } };
  /** Moves one file in every open session at the same time; `#` in the path becomes the number of the session. */
  transfer: { order: Movement; answer: MovementTimes };
  /** Begins a download in every open session that does not end by itself; answers when all are under way. */
  beginTransfers: { order: Movement; answer: object };
  /** How many of these still run, and what they have brought. */
  lookAtTransfers: { order: object; answer: { running: number; bytes: number } };
  /** Begins `count` downloads of a file that does not end, and reads no further. */
  prepareBreaks: { order: { target: Target; count: number; path: string }; answer: object };
  /** Breaks the control lines of `count` of them off, one after the other, and waits for the end of the data line. */
  breaks: { order: { ending: Ending; count: number; limitMs: number }; answer: { timesMs: number[] } };
  /** Lists a folder; rejects unless `entries` lines name one of its files. */
  list: {
    order: { target: Target; verb: 'MLSD' | 'LIST'; path: string; entries: number };
    answer: { elapsedMs: number; bytes: number };
  };
}

export interface Movement {
  readonly host: string;
  readonly direction: 'down' | 'up';
  readonly path: string;
  readonly bytes: number;
}

/** Points in time in milliseconds since the epoch, which two processes share. */
export interface MovementTimes {
  readonly began: number;
  /** All transfers are under way. */
  readonly allRun: number;
  readonly ended: number;
}

export interface Noop {
  /** As in {@link MovementTimes}. */
  readonly sent: number;
  readonly latencyMs: number;
}

export type OrderName = keyof Orders;
export type OrderOf<Name extends OrderName> = Orders[Name]['order'];
export type AnswerOf<Name extends OrderName> = Orders[Name]['answer'];

/** What goes from the driver to the load process, and back. */
export interface OrderMessage<Name extends OrderName = OrderName> {
  readonly name: Name;
  readonly order: OrderOf<Name>;
}
export type AnswerMessage = { readonly answer: object } | { readonly error: string };

/** What the files of a folder to be listed are called. */
export const listedName = (index: number): string => `entry-${String(index).padStart(6, '0')}`;
