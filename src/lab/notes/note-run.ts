/** What every note is started with. */

import type { BetweenKind } from './between.ts';
import type { NoteClient, NoteServer } from './note-ends.ts';
import type { NotePart } from './note-report.ts';

export interface NoteOptions {
  readonly server: NoteServer;
  readonly client: NoteClient;
  /** Default: the relay of the lab. */
  readonly between?: BetweenKind;
  /** Where clients write the secrets of TLS. */
  readonly keylogFile?: string;
  readonly seed: number;
  readonly tool: string;
  /** How a user repeats it. */
  readonly repeat: string;
  /** A folder of the caller for the files of the client; the caller removes or keeps it. */
  readonly folder: string;
  readonly signal?: AbortSignal;
  /** Told while it runs: what is being done, and each part when it is over. */
  readonly onStep?: (text: string) => void;
  readonly onPart?: (part: NotePart) => void;
}

/** What went wrong so that there is no experiment: nothing is said about either end. */
export class NoteFailed extends Error {}
