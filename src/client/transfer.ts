/** One transfer: command, data line and final reply with one fate, whatever ends first and however. */

import type { Socket } from 'node:net';
import { TimeoutError, TlsError, type TwinlineError } from '../errors/index.ts';
import {
  type DataConnection,
  type Deadline,
  type LineEnding,
  type PumpProgress,
  type Scope,
  startDeadline,
  type TlsFacts,
} from '../net/index.ts';
import { displayCommand, type ParsedReply } from '../protocol/index.ts';
import { abortError, onAbort } from './cancellation.ts';
import { type ControlLoss, controlLostError } from './control-loss.ts';
import type { DataOpening } from './data-opening.ts';
import { TransferKeepalive } from './keepalive.ts';
import { replyError } from './replies.ts';
import { explainReuseRefusal } from './session-reuse.ts';
import type { Session } from './session.ts';
import { traceStep } from './session-trace.ts';
import type { TraceStep } from './trace.ts';
import { explainHandshake, handshakeError, uploadCutError } from './transfer-errors.ts';

/** How long a download whose control line is gone may still take in what has arrived already, in milliseconds. */
const lastBytesMs = 25;
/** How long a server may take to say why it ended or refused a data line, in milliseconds. */
const explanationMs = 5_000;
/** How long a server may take to act on ABOR by itself, in milliseconds. */
const graceMs = 300;
/** How long the peer may take to end its half of a data line that is done, in milliseconds. */
const lingerMs = 1_000;

/** What is to be transferred. */
export interface TransferPlan {
  readonly verb: string;
  readonly argument: string | undefined;
  readonly direction: 'download' | 'upload';
  /** Counted by `carry`. */
  readonly progress: PumpProgress;
  /**
   * Moves the payload and calls `moved` on progress. Resolves for a download at the end of the input, for an upload
   * when the line has taken everything; rejects when the local side fails. It must end when `scope` closes.
   */
  carry(line: Socket, scope: Scope, moved: () => void): Promise<void>;
  /** Told each 1xx reply. */
  onPreliminary?(reply: ParsedReply): void;
  /** Called before the first byte and on each step; what it throws ends the transfer. */
  report(): void;
  /** True while the local side is what holds the transfer up: no time runs against the server then. */
  isHeldUpHere(line: Socket): boolean;
  readonly signal: AbortSignal | undefined;
}

/** How both lines ended. A refusal, a break in the middle and an abort are thrown instead. */
export interface TransferEnd {
  /** The 2xx; undefined when the control line was lost or silent after the data. */
  readonly reply: ParsedReply | undefined;
  /** Why there is no reply. */
  readonly loss: ControlLoss | undefined;
  /** `no-answer`: the peer did not end its half in time. */
  readonly ending: LineEnding | 'no-answer';
  /** The final reply came while payload was still to be moved. */
  readonly isEarly: boolean;
  readonly tls: TlsFacts | undefined;
}

/**
 * Runs a transfer on a data connection that has been opened or prepared for it. The connection is released in any case,
 * in order where both sides were done and by reset where they were not; the session is usable afterwards or known to be
 * lost.
 */
export async function runTransfer(session: Session, opening: DataOpening, plan: TransferPlan): Promise<TransferEnd> {
  return new Transfer(session, opening, plan).run();
}

class Transfer {
  readonly #session: Session;
  readonly #opening: DataOpening;
  readonly #plan: TransferPlan;
  readonly #scope: Scope;
  readonly #stopped = Promise.withResolvers<never>();
  readonly #started = Promise.withResolvers<void>();
  /** Resolves with the final reply, or with undefined when it cannot come any more. */
  readonly #final = Promise.withResolvers<ParsedReply | undefined>();
  /** Undefined until the server has made it, in active mode. */
  #arrived: DataConnection | undefined;
  #reply: ParsedReply | undefined;
  #loss: ControlLoss | undefined;
  #isCarried = false;
  #isEarly = false;
  #hasBegun = false;
  #stall: Deadline | undefined;
  /** On the clock of `performance.now()`. */
  #beganMs = 0;
  #firstByteMs: number | undefined;
  #keepalive: TransferKeepalive | undefined;

  constructor(session: Session, opening: DataOpening, plan: TransferPlan) {
    this.#session = session;
    this.#opening = opening;
    this.#plan = plan;
    this.#scope = opening.scope;
    this.#stopped.promise.catch(() => undefined);
  }

  async run(): Promise<TransferEnd> {
    const { signal } = this.#plan;
    const countOff = this.#scope.counts.add('transfer');
    const leaveSignal = onAbort(signal, () => signal && this.#stop(abortError(signal)));
    try {
      this.#begin();
      const [data] = await this.#unlessStopped(Promise.all([this.#connect(), this.#started.promise]));
      await this.#carry(data);
      return await this.#conclude(data);
    } catch (error) {
      const failure = await this.#settleAfter(error);
      throw explainReuseRefusal(this.#session, this.#reply) ?? failure;
    } finally {
      leaveSignal();
      countOff();
      this.#traceTotals();
      this.#scope.close();
      this.#session.control.note('data-closed');
      await this.#keepalive?.settle();
    }
  }

  #traceTotals(): void {
    const { verb, direction, progress } = this.#plan;
    this.#session.options.onTrace({ kind: 'transfer', channel: 'data', verb, direction, bytes: progress.bytes });
  }

  #step(step: TraceStep, startedMs: number, channel: 'control' | 'data' = 'data'): void {
    traceStep(this.#session.options.onTrace, channel, step, startedMs);
  }

  #stop(error: Error): void {
    this.#stopped.reject(error);
  }

  #unlessStopped<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, this.#stopped.promise]);
  }

  #begin(): void {
    const { replyMs } = this.#session.options.deadlines;
    const { verb, argument } = this.#plan;
    const deadline = startDeadline(this.#scope, replyMs, () => {
      const message = `The server did not answer ${verb} within ${replyMs / 1000} s.`;
      const details = { channel: 'control', phase: 'reply', timeoutMs: replyMs } as const;
      this.#session.control.destroy(new TimeoutError('ERR_TWINLINE_TIMEOUT', message, details));
    });
    this.#hasBegun = true;
    this.#beganMs = performance.now();
    this.#session.control.start(verb, argument, {
      preliminary: (reply) => {
        deadline.stop();
        this.#plan.onPreliminary?.(reply);
        this.#keepalive ??= new TransferKeepalive(this.#session);
        this.#session.control.note('transfer-started');
        this.#started.resolve();
      },
      final: (reply) => {
        deadline.stop();
        this.#finished(reply);
      },
      lost: (loss) => {
        deadline.stop();
        this.#controlLost(loss);
      },
    });
  }

  get #command(): string {
    return displayCommand(this.#plan.verb, this.#plan.argument);
  }

  #finished(reply: ParsedReply): void {
    this.#keepalive?.stop();
    this.#reply = reply;
    this.#isEarly = !this.#isCarried;
    if (reply.code >= 300) this.#stop(replyError(this.#command, reply));
    this.#started.resolve();
    this.#final.resolve(reply);
    if (this.#isBrokenUpload) this.#stopForLostData();
  }

  #controlLost(loss: ControlLoss): void {
    this.#loss = loss;
    this.#final.resolve(undefined);
    const stop = (): void => this.#stop(this.#controlLostError(loss));
    // What has arrived already may be the rest of the file, with its orderly end.
    if (this.#plan.direction === 'download' && this.#stall !== undefined && loss.ending !== 'local') {
      startDeadline(this.#scope, lastBytesMs, stop);
    } else if (!this.#isCarried) stop();
  }

  #controlLostError(loss: ControlLoss): TwinlineError {
    const phase = this.#stall === undefined ? 'start of the transfer' : 'transfer';
    return controlLostError(loss, { phase, bytesMoved: this.#plan.progress.bytes, resumable: true });
  }

  get #isBrokenUpload(): boolean {
    return this.#plan.direction === 'upload' && !this.#isCarried && this.#arrived?.ending !== undefined;
  }

  /** A server that ends the data line of an upload too early mostly says why; it gets the time to do so. */
  #dataEnded(ending: LineEnding): void {
    if (!this.#isBrokenUpload || ending === 'local' || this.#stall === undefined) return;
    if (this.#reply !== undefined) this.#stopForLostData();
    else startDeadline(this.#scope, explanationMs, () => this.#stopForLostData());
  }

  #stopForLostData(): void {
    if (this.#arrived !== undefined) this.#stop(uploadCutError(this.#arrived, this.#plan.progress.bytes));
  }

  async #connect(): Promise<DataConnection> {
    const data = await this.#opening.connection();
    this.#arrived = data;
    data.onEnding((ending) => this.#dataEnded(ending));
    await this.#secure(data);
    return data;
  }

  /** TLS begins with the command and does not wait for the 150: some servers send it only after the handshake. */
  async #secure(data: DataConnection): Promise<void> {
    const { tls, options } = this.#session;
    if (tls === undefined) {
      data.useClear();
      return;
    }
    this.#session.info('Doing the TLS handshake on the data connection', 'data');
    const { tlsMs } = options.deadlines;
    const startedMs = performance.now();
    try {
      await data.startTls((raw) => tls.wrapData(raw), tlsMs, 'secureConnect');
    } catch (error) {
      throw handshakeError(error, tlsMs);
    }
    this.#step('tls', startedMs);
    const { tlsSocket } = data;
    if (tlsSocket === undefined) return;
    tls.checkData(tlsSocket);
    this.#learnReuse(tlsSocket.isSessionReused());
  }

  /** One line that does not resume says little where others do: a ticket may have run out. */
  #learnReuse(isReused: boolean): void {
    const { knowledge } = this.#session;
    if (isReused) knowledge.learn({ sessionReuse: 'works' });
    else if (knowledge.facts.sessionReuse === undefined) knowledge.learn({ sessionReuse: 'absent' });
  }

  async #carry(data: DataConnection): Promise<void> {
    this.#watchForStall(data);
    const moved = (): void => {
      this.#stall?.restart();
      if (this.#firstByteMs === undefined) this.#firstByte();
      this.#report();
    };
    try {
      this.#report();
      await this.#unlessStopped(this.#plan.carry(data.line, data.scope, moved));
    } finally {
      this.#stall?.stop();
    }
    this.#isCarried = true;
    this.#step('transfer', this.#firstByteMs ?? this.#beganMs);
  }

  #firstByte(): void {
    this.#firstByteMs = performance.now();
    this.#step('first-byte', this.#beganMs);
  }

  #report(): void {
    try {
      this.#plan.report();
    } catch (error) {
      this.#stop(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #watchForStall(data: DataConnection): void {
    const { stallMs } = this.#session.options.deadlines;
    this.#stall = startDeadline(this.#scope, stallMs, () => {
      // A program that was busy elsewhere is late; what lies in the socket by now has not been looked at yet.
      const before = this.#plan.progress.bytes;
      setImmediate(() => this.#judgeStall(data, before));
    });
  }

  #judgeStall(data: DataConnection, bytesBefore: number): void {
    if (this.#isCarried || this.#scope.closed) return;
    if (this.#plan.progress.bytes > bytesBefore || this.#plan.isHeldUpHere(data.line)) {
      this.#watchForStall(data);
      return;
    }
    const { stallMs } = this.#session.options.deadlines;
    const message = `Nothing moved on the data connection for ${stallMs / 1000} s.`;
    const details = { channel: 'data', phase: 'stall', timeoutMs: stallMs } as const;
    this.#stop(new TimeoutError('ERR_TWINLINE_TIMEOUT', message, details));
  }

  /** Both lines must say that they are done, in either order. */
  async #conclude(data: DataConnection): Promise<TransferEnd> {
    const { finalReplyMs } = this.#session.options.deadlines;
    const arrived = data.ending;
    // The session has taken its data line along; a final reply may have come long before the data.
    const sessionLoss = this.#session.control.loss;
    if (arrived === 'local' && sessionLoss !== undefined) throw this.#controlLostError(sessionLoss);
    const isOrderly = arrived === undefined || arrived === 'fin' || arrived === 'close-notify';
    const closed = Promise.withResolvers<LineEnding | 'no-answer'>();
    const isUpload = this.#plan.direction === 'upload';
    if (isOrderly) data.finish(isUpload ? finalReplyMs : lingerMs, closed.resolve);
    else closed.resolve(arrived);
    const carriedMs = performance.now();
    const reply = await this.#unlessStopped(this.#awaitFinal(finalReplyMs));
    if (reply !== undefined) this.#step('final-reply', carriedMs, 'control');
    const ending = reply === undefined ? (data.ending ?? 'no-answer') : await this.#awaitEnd(closed.promise);
    if (reply === undefined && this.#loss?.ending === 'local' && !isOrderly) throw this.#controlLostError(this.#loss);
    return {
      reply,
      loss: this.#loss,
      isEarly: this.#isEarly,
      ending: isUpload ? ending : (arrived ?? 'local'),
      tls: data.tls,
    };
  }

  async #awaitFinal(timeoutMs: number): Promise<ParsedReply | undefined> {
    const deadline = startDeadline(this.#session.scope, timeoutMs, () => {
      const message = `The server did not say within ${timeoutMs / 1000} s how the transfer ended.`;
      const details = { channel: 'control', phase: 'final-reply', timeoutMs } as const;
      this.#session.control.destroy(new TimeoutError('ERR_TWINLINE_TIMEOUT', message, details), 'timeout');
    });
    try {
      return await this.#final.promise;
    } finally {
      deadline.stop();
    }
  }

  async #awaitEnd(closed: Promise<LineEnding | 'no-answer'>): Promise<LineEnding | 'no-answer'> {
    const late = Promise.withResolvers<'no-answer'>();
    const deadline = startDeadline(this.#session.scope, lingerMs, () => late.resolve('no-answer'));
    if (this.#session.scope.closed) late.resolve('no-answer');
    try {
      return await Promise.race([closed, late.promise]);
    } finally {
      deadline.stop();
    }
  }

  /** After a failure: the data line goes, the replies that are still due are waited for, and the best error is chosen. */
  async #settleAfter(failure: unknown): Promise<unknown> {
    const isLate = failure instanceof TimeoutError && failure.phase === 'tls';
    const isBroken = failure instanceof TlsError && failure.code === 'ERR_TWINLINE_TLS_HANDSHAKE';
    if (!this.#hasBegun || this.#loss !== undefined) return failure;
    // A server whose handshake hangs has nothing to explain.
    const mayExplain = isBroken && this.#reply === undefined;
    if (mayExplain) await this.#within(explanationMs, this.#final.promise);
    const explanation = this.#reply;
    if (explanation === undefined) await this.#abort();
    else if ((isBroken || isLate) && explanation.code >= 400)
      return explainHandshake(failure, this.#command, explanation);
    return failure;
  }

  async #within(timeoutMs: number, work: Promise<unknown>): Promise<void> {
    const late = Promise.withResolvers<void>();
    const deadline = startDeadline(this.#session.scope, timeoutMs, () => late.resolve());
    await Promise.race([work, late.promise]);
    deadline.stop();
  }

  /**
   * A real ABOR (RFC 959 section 4.1.3), whose replies are 426 and 226 in the good case. A server that does not answer in
   * time has lost count, and the session ends.
   */
  async #abort(): Promise<void> {
    const { control, options } = this.#session;
    const { abortMs } = options.deadlines;
    control.note('abort-requested');
    control.start('ABOR', undefined, { final: () => undefined, lost: () => undefined });
    // A server that reads its control line ends the download itself; one that is busy sending needs the reset.
    if (this.#plan.direction === 'download') await this.#within(graceMs, this.#final.promise);
    this.#arrived?.reset();
    await this.#within(abortMs, this.#final.promise);
    const isInStep = this.#reply !== undefined && (await control.resynchronise(abortMs));
    if (!isInStep) control.destroy();
  }
}
