/** The error classes of Twinline: codes and kinds decide, message text never does. */

import type { ErrorCode } from './catalogue.ts';

/** The two lines of an FTP session. */
export type Channel = 'control' | 'data';

export interface TwinlineErrorOptions {
  readonly cause?: unknown;
}

/** How far a transfer had come when it failed. All bytes count from the beginning of the file. */
export interface TransferState {
  readonly direction: 'download' | 'upload';
  /** Of a download what has arrived; of an upload what was sent, which need not have arrived. */
  readonly bytesHere: number;
  /** The size there, where the server had told it. */
  readonly bytesThere: number | undefined;
  /** A later try can go on instead of starting again. */
  readonly resumable: boolean;
}

/** Base of every error that Twinline throws on purpose. `code` is stable and has a page in `docs/errors.md`. */
export class TwinlineError extends Error {
  readonly code: ErrorCode;
  #transfer: TransferState | undefined;

  constructor(code: ErrorCode, message: string, options: TwinlineErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
  }

  /** How far the transfer had come that this error ended; undefined for errors of anything else. */
  get transfer(): TransferState | undefined {
    return this.#transfer;
  }

  /** For whoever ran the transfer. The first note counts. */
  noteTransfer(state: TransferState): void {
    this.#transfer ??= state;
  }
}

/** Our own caller asked for something that the protocol does not allow in this state. */
export class LocalProtocolError extends TwinlineError {}

/** The other side sent something that the protocol does not allow. */
export class PeerProtocolError extends TwinlineError {}

export interface UnsafeNameErrorOptions extends TwinlineErrorOptions {
  readonly directory: string;
  readonly entryName: string;
}

/** A listing holds a name that a path made of it would lead astray: `..`, one with a slash, a line that is no entry. */
export class UnsafeNameError extends PeerProtocolError {
  /** The folder that was listed. */
  readonly directory: string;
  readonly entryName: string;

  constructor(message: string, options: UnsafeNameErrorOptions) {
    super('ERR_TWINLINE_UNSAFE_NAME', message, options);
    this.directory = options.directory;
    this.entryName = options.entryName;
  }
}

export interface NotSupportedErrorOptions extends TwinlineErrorOptions {
  /** The commands or features, any of which would have done. */
  readonly needs: readonly string[];
}

/** The server does not offer what an operation needs; nothing was changed. */
export class NotSupportedError extends TwinlineError {
  readonly needs: readonly string[];

  constructor(message: string, options: NotSupportedErrorOptions) {
    super('ERR_TWINLINE_NOT_SUPPORTED', message, options);
    this.needs = options.needs;
  }
}

export interface ReplyErrorOptions extends TwinlineErrorOptions {
  readonly replyCode: number;
  readonly replyLines: readonly string[];
  /** The command as it may be shown: secrets masked. */
  readonly command: string;
}

/** The server answered with a 4xx or 5xx reply (RFC 959 section 4.2). */
export class ReplyError extends TwinlineError {
  readonly replyCode: number;
  readonly replyLines: readonly string[];
  readonly command: string;

  constructor(code: ErrorCode, message: string, options: ReplyErrorOptions) {
    super(code, message, options);
    this.replyCode = options.replyCode;
    this.replyLines = options.replyLines;
    this.command = options.command;
  }
}

export interface TimeoutErrorOptions extends TwinlineErrorOptions {
  readonly channel: Channel;
  readonly phase: string;
  readonly timeoutMs: number;
}

/** A deadline passed; `phase` names which one (connect, tls, greeting, reply, data-connect, stall, …). */
export class TimeoutError extends TwinlineError {
  readonly channel: Channel;
  readonly phase: string;
  readonly timeoutMs: number;

  constructor(code: ErrorCode, message: string, options: TimeoutErrorOptions) {
    super(code, message, options);
    this.channel = options.channel;
    this.phase = options.phase;
    this.timeoutMs = options.timeoutMs;
  }
}

export interface ConnectionLostErrorOptions extends TwinlineErrorOptions {
  readonly channel: Channel;
  readonly phase: string;
  /** Payload bytes moved on the data connection before the loss. */
  readonly bytesMoved?: number;
  readonly resumable?: boolean;
}

/** One of the two lines ended before its work was done. */
export class ConnectionLostError extends TwinlineError {
  readonly channel: Channel;
  readonly phase: string;
  readonly bytesMoved: number;
  readonly resumable: boolean;

  constructor(code: ErrorCode, message: string, options: ConnectionLostErrorOptions) {
    super(code, message, options);
    this.channel = options.channel;
    this.phase = options.phase;
    this.bytesMoved = options.bytesMoved ?? 0;
    this.resumable = options.resumable ?? false;
  }

  /** Bytes of the file here; undefined where no file was transferred. */
  get bytesHere(): number | undefined {
    return this.transfer?.bytesHere;
  }

  /** Bytes of the file there; undefined where the server had not told it. */
  get bytesThere(): number | undefined {
    return this.transfer?.bytesThere;
  }
}

export interface TransferIncompleteErrorOptions extends TwinlineErrorOptions {
  readonly bytesHere: number;
  readonly bytesThere: number;
  readonly resumable: boolean;
}

/** A transfer ended with another number of bytes here than there. Both count from the beginning of the file. */
export class TransferIncompleteError extends TwinlineError {
  readonly bytesHere: number;
  readonly bytesThere: number;
  readonly resumable: boolean;

  constructor(code: ErrorCode, message: string, options: TransferIncompleteErrorOptions) {
    super(code, message, options);
    this.bytesHere = options.bytesHere;
    this.bytesThere = options.bytesThere;
    this.resumable = options.resumable;
  }
}

export interface TlsErrorOptions extends TwinlineErrorOptions {
  readonly channel: Channel;
}

/** TLS could not be established or was refused, on the named line. */
export class TlsError extends TwinlineError {
  readonly channel: Channel;

  constructor(code: ErrorCode, message: string, options: TlsErrorOptions) {
    super(code, message, options);
    this.channel = options.channel;
  }
}

/** A setting, an option or a configuration file is wrong; the message says what to do. */
export class ConfigError extends TwinlineError {}

/** What a storage backend may report; one place in the server maps each kind to a reply. */
export type StorageErrorKind =
  | 'not-found'
  | 'already-exists'
  | 'not-a-directory'
  | 'is-a-directory'
  | 'not-empty'
  | 'permission-denied'
  | 'name-not-allowed'
  | 'bad-offset'
  | 'no-space'
  | 'quota-exceeded'
  | 'read-only'
  | 'busy'
  | 'not-supported'
  /** The restart offset lies behind the end of what is to be resumed (RFC 3659 section 5.4: 554). */
  | 'aborted'
  | 'io';

export interface StorageErrorOptions extends TwinlineErrorOptions {
  /** What the user is told in place of the usual words for the kind; it names nothing of the host. */
  readonly words?: string;
}

/** A storage backend could not do what was asked. `path` is the virtual path, never a path of the host. */
export class StorageError extends TwinlineError {
  readonly kind: StorageErrorKind;
  readonly path: string;
  readonly words: string | undefined;

  constructor(kind: StorageErrorKind, path: string, message: string, options: StorageErrorOptions = {}) {
    super('ERR_TWINLINE_STORAGE', message, options);
    this.kind = kind;
    this.path = path;
    this.words = options.words;
  }
}

/** The user store could not answer (not: the answer was no). */
export class UserStoreError extends TwinlineError {}
