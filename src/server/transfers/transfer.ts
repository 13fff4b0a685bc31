/**
 * One transfer and its fate: whatever ends it, it ends once, by one path, with the data line, the storage, the record
 * and the reply in that order (RFC 959 section 3.2; `server-behaviour` section 4).
 */

import { StorageError } from '../../errors/index.ts';
import {
  type DataConnection,
  errorWords,
  type LineEnding,
  type PumpProgress,
  Scope,
  type TlsFacts,
} from '../../net/index.ts';
import type { TransferCause, TransferDirection, TransferRecord, TransferVerdict } from '../audit.ts';
import type { DataSlot } from './data-slot.ts';
import { SlotFailure } from './slot-failure.ts';
import type { DataLine, DataLineFailure, DataLineRecord } from './data-line.ts';
import { watchStall } from './stall-watch.ts';

/** What a transfer is about. */
export interface TransferPlan {
  readonly direction: TransferDirection;
  readonly verb: string;
  /** Virtual path as the user sees it. */
  readonly path: string;
  readonly startOffset: number;
  /** Text of the 150 reply where it carries a meaning of its own. */
  readonly opening?: string;
}

/** The part of a transfer that differs between download, upload and listing. */
export interface TransferWork {
  /** Moves the payload. Resolves when all of it is with the kernel (sending) or the client has ended (receiving). */
  move(transfer: Transfer, connection: DataConnection): Promise<void>;
  /**
   * Ends the storage side: `complete` tells whether all payload has moved as it should. Runs exactly once, also when
   * nothing has moved. A rejection turns a complete transfer into a failed one. `isWanted` tells at the last moment
   * whether the transfer is still to be completed.
   */
  settle(complete: boolean, isWanted: () => boolean): Promise<void>;
}

/** How a transfer ended. */
export interface TransferOutcome {
  readonly cause: TransferCause;
  /** Words for the reply and the record. */
  readonly detail: string;
  /** The storage error behind it, if any. */
  readonly storageError?: StorageError;
  /** Completed without the proof that TLS can give. */
  readonly unproven?: true;
  readonly unexpected?: unknown;
  /** What became of the data connection where it did not come to a transfer. */
  readonly lineFailure?: DataLineFailure;
}

export interface TransferSettings {
  readonly stallMs: number;
  readonly closedWindowMs: number;
  readonly dataCloseMs: number;
  /** An upload under TLS that ends without close_notify is taken, as unproven. */
  readonly tolerateMissingCloseNotify: boolean;
}

const storageCauses: Partial<Record<StorageError['kind'], TransferCause>> = {
  'no-space': 'disk-full',
  'quota-exceeded': 'quota',
};

/** Causes that are failures of the data connection. */
const lineFailures = ['data-reset', 'data-truncated', 'data-error', 'stalled'] as const;

/** The outcome that a thrown error stands for. */
function outcomeOfError(error: unknown): TransferOutcome {
  if (error instanceof SlotFailure) {
    return {
      cause: error.kind === 'tls-failed' ? 'data-tls-failed' : 'no-data-connection',
      detail: error.message,
      ...(error.kind === 'not-opened' ? {} : { lineFailure: error.kind }),
    };
  }
  if (error instanceof StorageError) {
    return { cause: storageCauses[error.kind] ?? 'storage', detail: error.message, storageError: error };
  }
  return { cause: 'storage', detail: 'internal error', unexpected: error };
}

/**
 * A client that dies in the middle of an upload in clear, or gives it up in good order under TLS as curl does, ends both
 * lines at once, and the end of its data line looks like the end of the file: what the kernel has of the control line is heard before the file is called whole.
 */
async function controlLineSettles(): Promise<void> {
  for (let turn = 0; turn < 2; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** A running transfer. `interrupt` may be called at any moment, any number of times; the first call decides. */
export class Transfer {
  readonly plan: TransferPlan;
  readonly scope: Scope;
  readonly progress: PumpProgress = { bytes: 0 };
  readonly #slot: DataSlot;
  readonly #settings: TransferSettings;
  readonly #startedAt = performance.now();
  #connection: DataConnection | undefined;
  #tls: TlsFacts | undefined;
  readonly #line: DataLine | undefined;
  #interruption: TransferOutcome | undefined;
  #moved: () => void = () => undefined;
  #payloadDone = false;
  /** A download has been handed to the kernel to its end. */
  #allSent = false;
  /** Settles when our end of an upload's line is out: what belongs to the slot is reset, and this must not be. */
  #released: Promise<unknown> | undefined;
  #truncated = false;

  constructor(plan: TransferPlan, parent: Scope, slot: DataSlot, settings: TransferSettings) {
    this.plan = plan;
    this.scope = new Scope(parent, undefined, 'transfer');
    this.scope.add(parent.count('transfer'));
    this.#slot = slot;
    this.#settings = settings;
    this.#line = slot.line;
  }

  /** So far. */
  get durationMs(): number {
    return Math.round(performance.now() - this.#startedAt);
  }

  /** True once `interrupt` has been called. */
  get interrupted(): boolean {
    return this.#interruption !== undefined;
  }

  /** For the pumps: payload has moved. */
  readonly onProgress = (): void => this.#moved();

  /**
   * Ends the transfer now: the data line by reset, never by close_notify or an orderly FIN, so that nothing cut short
   * looks complete; reading and writing stop; the rest of `run` then settles storage and record.
   */
  interrupt(cause: TransferCause, detail: string, storageError?: StorageError): void {
    if (this.#interruption !== undefined) return;
    this.#interruption = { cause, detail, ...(storageError === undefined ? {} : { storageError }) };
    this.#connection?.reset();
    this.#slot.clear();
    this.scope.close();
  }

  #attach(connection: DataConnection): void {
    this.#connection = connection;
    this.#tls = connection.tls;
    const watch = watchStall(this.scope, connection, this.#settings, ({ untakenBytes, afterMs }) => {
      // All of it has come, or has been taken, and the wait for the client's own end has a bound of its own.
      if (this.#payloadDone || (this.#allSent && untakenBytes === 0)) return;
      this.interrupt('stalled', `no data moved for ${afterMs / 1000} s`);
    });
    this.#moved = () => watch.moved();
    connection.onEnding((ending) => this.#onDataEnding(ending));
    // A client may end its own half of a download and go on reading; one that dies behind it must not wait for the stall timer.
    if (this.plan.direction !== 'upload') connection.onLossBehindEnd((ending) => this.#onDataEnding(ending));
    // Nothing comes from the client of a download but its end, which is noticed only by reading.
    if (this.plan.direction !== 'upload') connection.line.resume();
  }

  #onDataEnding(ending: LineEnding): void {
    if (this.#payloadDone) return;
    const error = this.#connection?.error;
    switch (ending) {
      case 'reset':
        this.interrupt('data-reset', 'the client reset the data connection');
        return;
      case 'timeout':
        this.interrupt('data-error', 'the network lost the data connection');
        return;
      case 'error':
        this.interrupt(
          'data-error',
          `the data connection failed: ${error === undefined ? 'unknown error' : errorWords(error)}`,
        );
        return;
      case 'local':
        this.interrupt('data-error', 'the data connection was closed');
        return;
      case 'fin':
        // While we send, the client may have closed only its own half; while it sends under TLS, this is a truncation.
        if (this.plan.direction === 'upload' && this.#tls !== undefined) this.#truncated = true;
        return;
      case 'close-notify':
        return;
    }
  }

  /** All payload of an upload has come: holds it against the size that ALLO announced. Equal sizes prove it whole. */
  compareSize(announcedBytes: number, bytes: number): void {
    if (bytes === announcedBytes) this.proveWhole();
    else this.interrupt('data-truncated', `${bytes} bytes came where ALLO had announced ${announcedBytes}`);
  }

  /** The payload of an upload says itself that nothing of it is missing. */
  proveWhole(): void {
    this.#truncated = false;
  }

  /** Runs the whole transfer; resolves with its outcome. Never rejects. */
  async run(work: TransferWork): Promise<TransferOutcome> {
    let outcome = await this.#moveAll(work);
    // An upload is complete only while the control connection lives, to the moment at which its name changes.
    if (outcome.cause === 'completed' && this.#interruption !== undefined) outcome = this.#interruption;
    try {
      await work.settle(outcome.cause === 'completed', () => this.#interruption === undefined);
    } catch (error) {
      const gaveUp = error instanceof StorageError && error.kind === 'aborted' ? this.#interruption : undefined;
      if (outcome.cause === 'completed') outcome = gaveUp ?? outcomeOfError(error);
    }
    if (outcome.cause === 'completed') await this.#released;
    else this.#connection?.reset();
    this.#slot.clear();
    this.scope.close();
    return outcome;
  }

  async #moveAll(work: TransferWork): Promise<TransferOutcome> {
    try {
      const connection = await this.#slot.take();
      if (this.#interruption !== undefined) return this.#interruption;
      this.#attach(connection);
      await work.move(this, connection);
      if (this.#interruption !== undefined) return this.#interruption;
      if (this.#truncated && !this.#settings.tolerateMissingCloseNotify) {
        return { cause: 'data-truncated', detail: 'the data connection ended without a TLS close_notify' };
      }
      if (this.plan.direction === 'upload') {
        await controlLineSettles();
        if (this.#interruption !== undefined) return this.#interruption;
      }
      return await this.#finish(connection);
    } catch (error) {
      return this.#interruption ?? outcomeOfError(error);
    }
  }

  /** All payload has moved: ends our half in order. A download is complete when the client has taken the end of it. */
  async #finish(connection: DataConnection): Promise<TransferOutcome> {
    const receiving = this.plan.direction === 'upload';
    this.#allSent = !receiving;
    const ended = new Promise<LineEnding | 'no-answer'>((resolve) =>
      connection.finish(
        this.#settings.dataCloseMs,
        (ending) => {
          this.#payloadDone = true;
          resolve(ending);
        },
        { untilTaken: !receiving },
      ),
    );
    // The client has said that it sent everything; how it takes our end does not change that.
    if (receiving) {
      this.#payloadDone = true;
      this.#released = ended;
      return this.#truncated
        ? { cause: 'completed', detail: 'the data connection ended without a TLS close_notify', unproven: true }
        : { cause: 'completed', detail: '' };
    }
    const ending = await ended;
    if (this.#interruption !== undefined) return this.#interruption;
    if (ending === 'reset') return { cause: 'data-reset', detail: 'the client reset the data connection' };
    return { cause: 'completed', detail: '' };
  }

  /** The record of this transfer; `outcome` is what `run` resolved with. */
  record(outcome: TransferOutcome): Omit<TransferRecord, 'dataType'> {
    const taken: TransferVerdict = outcome.unproven === true ? 'unproven' : 'complete';
    return {
      direction: this.plan.direction,
      verb: this.plan.verb,
      path: this.plan.path,
      startOffset: this.plan.startOffset,
      bytes: this.progress.bytes,
      durationMs: this.durationMs,
      cause: outcome.cause,
      verdict: outcome.cause === 'completed' ? taken : 'interrupted',
      detail: outcome.detail,
      tls: this.#tls,
      dataPeer: this.#line?.peer,
      dataAddress: this.#line?.beginning.address,
    };
  }

  /** The record of the data connection where that is what failed. */
  lineRecord(outcome: TransferOutcome): DataLineRecord | undefined {
    const failure = outcome.lineFailure ?? lineFailures.find((cause) => cause === outcome.cause);
    return failure && this.#line?.record(failure, outcome.detail, this.progress.bytes);
  }
}
