/** Writes the server's events to a stream without ever making a transfer wait for whoever reads it. */

import { writeSync } from 'node:fs';
import type { Writable } from 'node:stream';
import type { ServerEvent } from '../../server/index.ts';
import type { LogFormat } from '../log-formats/log-format.ts';

/** Bytes that may wait for the reader of the log; lines beyond them are dropped and counted. */
export const maxWaitingLogBytes = 16 * 1024 * 1024;
/** Lines of this many milliseconds go out in one write: a write for each costs more than the rest of a small transfer. */
const gatherMs = 25;
const defaultLastWordsMs = 1000;

export interface EventLogOptions {
  readonly format: LogFormat;
  readonly stream: Writable;
  readonly maxWaitingBytes?: number;
  /** How long the end of the program waits for the reader of the log, in milliseconds; 1,000 unless told. */
  readonly lastWordsMs?: number;
  /** Hears once when nobody reads the log any more. */
  readonly onReaderGone: () => void;
}

/** The log of one server. It writes from `open` on: of a server that could not start, the error alone is of interest. */
export class EventLog {
  readonly #format: LogFormat;
  readonly #stream: Writable;
  readonly #maxWaitingBytes: number;
  readonly #lastWordsMs: number;
  #gathered: string[] = [];
  #timer: NodeJS.Timeout | undefined;
  #droppedLines = 0;
  #isReaderGone = false;
  #isOpen = false;

  constructor(options: EventLogOptions) {
    const { stream, onReaderGone } = options;
    this.#format = options.format;
    this.#stream = stream;
    this.#maxWaitingBytes = options.maxWaitingBytes ?? maxWaitingLogBytes;
    this.#lastWordsMs = options.lastWordsMs ?? defaultLastWordsMs;
    stream.on('error', () => {
      if (this.#isReaderGone) return;
      this.#isReaderGone = true;
      onReaderGone();
    });
  }

  /** Lines that were lost because the reader was too slow. */
  get droppedLines(): number {
    return this.#droppedLines;
  }

  /** Begins to write, with what was taken so far. */
  open(): void {
    this.#isOpen = true;
    this.#write();
  }

  /** Takes an event; returns at once. */
  readonly take = (event: ServerEvent): void => {
    this.#gathered.push(...this.#format(event));
    if (this.#isOpen) this.#timer ??= setTimeout(() => this.#write(), gatherMs);
  };

  #write(whenTaken?: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#isReaderGone) return;
    const lines = this.#gathered.length;
    const text = this.#takeGathered();
    if (this.#stream.writableLength > this.#maxWaitingBytes) this.#droppedLines += lines;
    else if (text !== '' || whenTaken !== undefined) this.#stream.write(text, whenTaken);
  }

  /** For the end of the process: hands over what was gathered, without waiting for anything. */
  writeRest(): void {
    const { fd } = this.#stream as Writable & { readonly fd?: unknown };
    // A stream of a file writes later, and there is no later.
    if (typeof fd === 'number' && this.#isOpen) writeSync(fd, this.#takeGathered());
    else if (this.#isOpen) this.#write();
  }

  #takeGathered(): string {
    const text = this.#gathered.map((line) => `${line}\n`).join('');
    this.#gathered = [];
    return text;
  }

  /**
   * Resolves when everything is written or the reader is gone: true; or when the reader has been waited for long
   * enough: false. What waits then keeps the program from ending by itself.
   */
  async close(): Promise<boolean> {
    const { promise: isTaken, resolve } = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => resolve(false), this.#lastWordsMs);
    this.#stream.once('error', () => resolve(true));
    if (this.#isReaderGone || !this.#isOpen) resolve(true);
    else this.#write(() => resolve(true));
    const taken = await isTaken;
    clearTimeout(timer);
    return taken;
  }
}
