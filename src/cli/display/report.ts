/** What a client command tells: every event goes through here, so that every display hears the same and the sums are right. */

import type { Client, RetryNotice, TransferPosition, TransferResult } from '../../client/index.ts';
import { TwinlineError } from '../../errors/index.ts';
import { printable } from '../../protocol/index.ts';
import type { ClientCall } from '../client-options/index.ts';
import { describeError } from '../describe-error.ts';
import { exitCodeOf, exitCodes, worstExitCode } from '../exit-codes.ts';
import type { EventOf } from './client-event.ts';
import type { Display, ExpectedTotals } from './display.ts';
import { errorEvent } from './error-event.ts';
import { RateMeter } from './rate-meter.ts';

/** What a transfer moves, and where. */
export type TransferNames = Omit<EventOf<'start'>, 'kind' | 'id'>;

export type VerifiedHash = NonNullable<EventOf<'result'>['hash']>;

export class Report {
  readonly #display: Display;
  readonly #startedMs = performance.now();
  readonly #sums = { complete: 0, unconfirmed: 0, incomplete: 0, entries: 0, errors: 0, bytes: 0 };
  #differences: number | undefined;
  #lastId = 0;
  /** Failures are then told with the name of the file. */
  #isMany = false;
  #lastError: string | undefined;
  #exitCode: number = exitCodes.ok;

  readonly #explained: (error: unknown) => unknown;

  /** `explained` adds to an error what the command knows of it. */
  constructor(display: Display, explained: (error: unknown) => unknown = (error) => error) {
    this.#display = display;
    this.#explained = explained;
  }

  /** The worst of what was reported. */
  get exitCode(): number {
    return this.#exitCode;
  }

  expect(totals: ExpectedTotals): void {
    this.#isMany ||= totals.files > 1;
    this.#display.expect(totals);
  }

  /** Failures name their file from now on, however many files there turn out to be. */
  nameFailures(): void {
    this.#isMany = true;
  }

  /** A login is done. */
  session(client: Client, { connect }: ClientCall): void {
    const { host, security = 'explicit', port = security === 'implicit' ? 990 : 21, user = 'anonymous' } = connect;
    const { tls } = client;
    this.#display.show({
      kind: 'session',
      host,
      port,
      user,
      security,
      tls: tls === undefined ? null : { protocol: tls.protocol, cipher: tls.cipher, resumed: tls.resumed },
    });
  }

  /** A transfer begins; exactly one `finish` or `fail` must follow. */
  start(names: TransferNames): ReportedTransfer {
    this.#lastId += 1;
    const id = this.#lastId;
    this.#display.show({ kind: 'start', id, ...names });
    return new ReportedTransfer(id, names, this.#display, {
      explained: this.#explained,
      sayError: (error) => this.#sayError(error, names.remote),
      ended: (result, error) => {
        this.#sums[result.outcome] += 1;
        this.#sums.bytes += result.bytes;
        if (error !== undefined) this.#count(error);
      },
    });
  }

  action(action: Omit<EventOf<'action'>, 'kind'>): void {
    this.#display.show({ kind: 'action', ...action });
  }

  /** Counted for the summary; who lists prints the entries themselves. */
  countEntry(): void {
    this.#sums.entries += 1;
  }

  value(value: Omit<EventOf<'value'>, 'kind'>): void {
    this.#display.show({ kind: 'value', ...value });
  }

  /** All of a comparison is done, with so many differences: for the summary, also where there is none. */
  compared(differences: number): void {
    this.#differences = differences;
  }

  /** Two sides differ, which is no error and still no success. */
  difference(difference: Omit<EventOf<'difference'>, 'kind'>): void {
    this.#exitCode = worstExitCode(this.#exitCode, exitCodes.different);
    this.#display.show({ kind: 'difference', ...difference });
  }

  notice(message: string): void {
    this.#display.show({ kind: 'notice', message });
  }

  /** A line for people alone. */
  say(text: string): void {
    this.#display.say(text);
  }

  /** Something failed, and the command goes on or ends by it. */
  error(given: unknown, path?: string): void {
    const error = this.#explained(given);
    this.#count(error);
    this.#display.show(errorEvent(error, path === undefined ? {} : { path }));
    this.#sayError(error);
  }

  /** Once, where the same thing ends several transfers. */
  #sayError(error: unknown, name?: string): void {
    const sentence = describeError(error).trimEnd();
    const isNamed = this.#isMany && name !== undefined;
    const text = isNamed ? sentence.replace(/^twinline: /, (word) => `${word}${printable(name)}: `) : sentence;
    if (text !== this.#lastError) this.#display.say(text);
    this.#lastError = text;
  }

  #count(error: unknown): void {
    this.#sums.errors += 1;
    this.#exitCode = worstExitCode(this.#exitCode, exitCodeOf(error));
  }

  /** Takes bars away; called before anything else is written to the screen. */
  close(): void {
    this.#display.close();
  }

  /** The last event. Resolves to the exit code. */
  end(): number {
    this.#display.close();
    const durationMs = performance.now() - this.#startedMs;
    const compared = this.#differences === undefined ? {} : { differences: this.#differences };
    this.#display.show({ kind: 'summary', exitCode: this.#exitCode, ...this.#sums, ...compared, durationMs });
    return this.#exitCode;
  }
}

/** What a transfer needs of its report. */
interface TransferOwner {
  explained(error: unknown): unknown;
  sayError(error: unknown): void;
  ended(result: EventOf<'result'>, error: unknown): void;
}

/** Between two looks at the progress of one transfer. */
const progressMs = 100;

/** One transfer, from its first byte to its verdict. */
export class ReportedTransfer {
  readonly id: number;
  readonly #names: TransferNames;
  readonly #display: Display;
  readonly #owner: TransferOwner;
  readonly #startedMs = performance.now();
  #last: TransferPosition | undefined;
  #toldMs = -progressMs;
  #meter: RateMeter | undefined;

  constructor(id: number, names: TransferNames, display: Display, owner: TransferOwner) {
    this.id = id;
    this.#names = names;
    this.#display = display;
    this.#owner = owner;
  }

  /** True once a byte has moved. */
  get hasBegun(): boolean {
    return (this.#last?.bytes ?? 0) > 0;
  }

  progress(progress: TransferPosition): void {
    const { offset, bytes, total = null } = progress;
    // A retry may begin further back than it has been: its rate begins anew.
    if (this.#last?.offset !== offset) this.#meter = new RateMeter(offset + bytes);
    this.#last = progress;
    const nowMs = performance.now();
    if (nowMs - this.#toldMs < progressMs) return;
    this.#toldMs = nowMs;
    this.#meter?.note(offset + bytes, nowMs);
    this.#display.show({ kind: 'progress', id: this.id, offset, bytes, size: total, rate: this.#meter?.rate ?? 0 });
  }

  retry({ attempt, tries, delayMs, error }: RetryNotice): void {
    const code = error instanceof TwinlineError ? error.code : null;
    this.#display.show({ kind: 'retry', id: this.id, attempt, tries, delayMs, code, message: error.message });
  }

  finish(result: TransferResult): void {
    const { outcome, note = null, offset, bytes, size = null, durationMs, modifiedMs } = result;
    const hash: VerifiedHash | null =
      result.hash === undefined ? null : { algorithm: result.hash.algorithm, value: result.hash.digest };
    const modified = modifiedMs === undefined ? null : new Date(modifiedMs).toISOString();
    this.#end({ outcome, note, offset, bytes, size, durationMs, modified, hash }, undefined);
  }

  /** Tells the error, and that the transfer is incomplete by it. */
  fail(given: unknown): void {
    const error = this.#owner.explained(given);
    this.#display.show(errorEvent(error, { id: this.id, path: this.#names.remote }));
    this.#owner.sayError(error);
    const { offset = 0, bytes = 0, total: size = null } = this.#last ?? {};
    const durationMs = performance.now() - this.#startedMs;
    const nothing = { note: null, modified: null, hash: null };
    this.#end({ outcome: 'incomplete', offset, bytes, size, durationMs, ...nothing }, error);
  }

  #end(verdict: Omit<EventOf<'result'>, 'kind' | 'id' | keyof TransferNames>, error: unknown): void {
    const event: EventOf<'result'> = { kind: 'result', id: this.id, ...this.#names, ...verdict };
    this.#display.show(event);
    this.#owner.ended(event, error);
  }
}
