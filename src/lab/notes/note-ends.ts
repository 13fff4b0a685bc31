/** The two ends of a note, as the experiment sees them: whoever starts a note brings them. */

import type { ServerTarget } from '../server-lab/server-target.ts';

/** What a server itself says of its last transfer. */
export interface TransferWord {
  /** It ended the transfer because the control line was gone. */
  readonly stoppedForControl: boolean;
  readonly detail: string;
}

export interface NoteServer {
  /** As reports call it. */
  readonly name: string;
  readonly target: ServerTarget;
  /** Addresses that it can be reached by, at most one of a family. */
  readonly addresses: readonly { readonly family: 4 | 6; readonly host: string; readonly port?: number }[];
  /** PEM file with what its certificate is checked against; for the places of a client command. */
  readonly caFile?: string;
  /** Its log, line by line, in the form of FileZilla Server. Left out where only the wire tells of the server. */
  readonly onLog?: (listen: (line: string) => void) => () => void;
  readonly lastTransfer?: () => TransferWord | undefined;
}

export type Direction = 'download' | 'upload';

export interface ClientJob {
  readonly direction: Direction;
  readonly target: ServerTarget;
  /** Where the control line is reached through the relay. */
  readonly relay: { readonly host: string; readonly port: number };
  /** Takes both lines through the relay, where there is one. */
  readonly proxyUrl: string | undefined;
  /** Where the secrets of TLS are to be written, for a reader of packets. */
  readonly keylogFile?: string;
  /** A port at the host of `relay` that leads to a data port of the server. */
  readonly forward: (port: number) => Promise<number>;
  /** Relative to the folder after login. */
  readonly remote: string;
  readonly local: string;
  readonly bytes: Buffer;
  readonly caFile: string | undefined;
  /** A line of its dialogue, with `> `, `< ` or `* ` in front. */
  readonly say: (text: string) => void;
  readonly signal: AbortSignal;
}

/** What the client makes of it. */
export interface ClientOutcome {
  /** It says that all is well. */
  readonly claimsSuccess: boolean;
  /** It ended by itself; false where the lab had to end it. */
  readonly endedByItself: boolean;
  /** `exit code 56: …`. */
  readonly says: string;
}

export interface NoteClient {
  readonly name: string;
  /** Both lines go through the relay, so that the lab sees how each end treats them. */
  readonly takesProxy: boolean;
  /** It keeps its data line on purpose, so that nothing is to be said about it. */
  readonly isPatient?: boolean;
  /** What it can be told to do. Default: both. */
  readonly directions?: readonly Direction[];
  /** Never rejects for what the peer does; ends when `signal` fires. */
  run(job: ClientJob): Promise<ClientOutcome>;
}
