/** What a session tells about itself while it runs: commands, replies, TLS and decisions, in order and without secrets. */

import type { Channel } from '../errors/index.ts';
import type { CertificateFacts, LineEnding, TlsFacts } from '../net/index.ts';
import type { ListingDialect } from '../protocol/index.ts';
import type { Security } from './options.ts';

/** What the session was about. `tls` and `data-connect` name the line by the channel of the event. */
export type TracePhase = 'connect' | 'greeting' | 'tls' | 'login' | 'command' | 'data-connect' | 'transfer' | 'quit';

/**
 * What is timed. `login` counts from the greeting to the open session, `first-byte` from the command of the transfer,
 * `transfer` from the first byte to the last, `final-reply` from the last byte on.
 */
export type TraceStep =
  'dns' | 'connect' | 'tls' | 'login' | 'data-connect' | 'first-byte' | 'transfer' | 'final-reply';

interface TraceBase {
  readonly channel: Channel;
}

interface ReplyNote extends TraceBase {
  readonly kind: 'reply';
  readonly code: number;
  readonly lines: readonly string[];
}

/** Something that happened, before it is stamped. `text` is printable: controls are escaped, passwords masked. */
export type TraceNote =
  /** A session begins; nothing has been sent yet. */
  | (TraceBase & {
      readonly kind: 'session';
      readonly host: string;
      readonly port: number;
      readonly security: Security;
    })
  | (TraceBase & { readonly kind: 'connected'; readonly host: string; readonly port: number })
  /** No connection; `code` is that of the system, such as `ECONNREFUSED` or `ETIMEDOUT`. */
  | (TraceBase & { readonly kind: 'unreachable'; readonly host: string; readonly port: number; readonly code: string })
  | (TraceBase & { readonly kind: 'command'; readonly text: string })
  | ReplyNote
  | (TraceBase & { readonly kind: 'info'; readonly text: string })
  | (TraceBase & {
      readonly kind: 'tls';
      readonly facts: TlsFacts;
      /** Key exchange, such as `X25519`; undefined where the library does not say. */
      readonly group: string | undefined;
      /** Undefined where none was agreed on. */
      readonly alpn: string | undefined;
      /** Absent where a resumed session does not bring it again. */
      readonly certificate: CertificateFacts | undefined;
      /** The issuers of the certificate as far as they were sent or are known; empty on the data line. */
      readonly chain: readonly CertificateFacts[];
      /** Why the certificate is not trusted; undefined when it is, and on the data line, where it must be the same one. */
      readonly problem: string | undefined;
      /** The session goes on: the certificate is trusted, or trust was not asked for. */
      readonly accepted: boolean;
    })
  /** The server gave a TLS session to resume; `bytes` is the length of what is kept of it. */
  | (TraceBase & { readonly kind: 'ticket'; readonly bytes: number })
  | (TraceBase & { readonly kind: 'step'; readonly step: TraceStep; readonly durationMs: number })
  /** A listing was read; `raw` counts the lines that were not understood. */
  | (TraceBase & {
      readonly kind: 'listing';
      readonly verb: 'MLSD' | 'LIST';
      readonly dialect: ListingDialect | 'mlsd' | undefined;
      readonly entries: number;
      readonly raw: number;
    })
  /** Bytes of a listing in base64, with `traceListings` only. */
  | (TraceBase & { readonly kind: 'data'; readonly base64: string })
  /** A transfer is over, well or not; `bytes` were moved. */
  | (TraceBase & {
      readonly kind: 'transfer';
      readonly verb: string;
      readonly direction: 'download' | 'upload';
      readonly bytes: number;
    })
  /** The line has ended, or the peer has ended its half. */
  | (TraceBase & {
      readonly kind: 'ended';
      readonly ending: LineEnding;
      /** The alert of TLS that ended it, such as `close_notify`. */
      readonly alert: string | undefined;
      readonly error: string | undefined;
    });

/** When and where something happened. */
export interface TraceStamp {
  /** Number of the session within the process, from 1; 0 outside of sessions. */
  readonly session: number;
  /** Milliseconds since the process started; never runs backwards. */
  readonly timeMs: number;
  /** Milliseconds since 1970 UTC, by the clock on the wall. */
  readonly at: number;
  readonly phase: TracePhase;
}

/** `waitMs` counts from the command, or from the reply before where the command has had one. */
export type TraceEvent = (Exclude<TraceNote, ReplyNote> | (ReplyNote & { readonly waitMs: number })) & TraceStamp;

export type TraceListener = (event: TraceEvent) => void;

/** Where the parts of a session write what happens; it is stamped on the way to the listener. */
export type TraceSink = (note: TraceNote) => void;
