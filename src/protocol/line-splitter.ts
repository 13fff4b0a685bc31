/** Cuts the bytes that a client sends on the control line into command lines, and names the lines that are none. */

import { ByteQueue } from './byte-queue.ts';

const nul = 0x00;
const lf = 0x0a;
const cr = 0x0d;

/** Why a line is no command line: Telnet ends a line with CRLF and nothing else (RFC 959 section 5.3, RFC 854). */
export type MalformedLineReason = 'bare-cr' | 'bare-lf' | 'nul';

export type LineEvent =
  | {
      readonly kind: 'line';
      /** The line without its CRLF; a copy that belongs to the caller. */
      readonly bytes: Uint8Array;
    }
  | { readonly kind: 'too-long' }
  | { readonly kind: 'malformed'; readonly reason: MalformedLineReason };

export interface LineSplitterOptions {
  /** Longest line, CRLF included; 8192 unless told. */
  readonly maxLineBytes?: number;
}

/**
 * A line ends at its CRLF and nowhere else: what a peer puts behind a bare LF must never be read as a line of its own.
 * A line gives exactly one event: its bytes, the first thing that is wrong with it as soon as it has a bare LF or its
 * end, or `too-long` as soon as a byte beyond the bound is there; the rest of the line is dropped as it comes.
 * When `next` is called until it has no more, at most `maxLineBytes` bytes stay held.
 */
export class LineSplitter {
  readonly #queue = new ByteQueue();
  readonly #maxLineBytes: number;
  /** Bytes from the front of the queue that are known to hold no LF. */
  #scanned = 0;
  /** The rest of a line that has had its event is dropped. */
  #discarding = false;
  /** The last byte that was dropped is a CR: with an LF next, the line ends there. */
  #droppedCr = false;
  #swallowLf = false;

  constructor(options: LineSplitterOptions = {}) {
    this.#maxLineBytes = options.maxLineBytes ?? 8192;
  }

  push(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    const skipped = this.#swallowLf && bytes[0] === lf ? 1 : 0;
    this.#swallowLf = false;
    this.#queue.append(skipped === 0 ? bytes : bytes.subarray(skipped));
  }

  next(): LineEvent | undefined {
    if (this.#discarding) this.#discard();
    const end = this.#queue.indexOf(lf, this.#scanned);
    if (end === -1) return this.#withoutEnd();
    this.#scanned = 0;
    return this.#takeLine(end);
  }

  /** Bytes that were pushed and are not consumed by an event. */
  get pendingBytes(): number {
    return this.#queue.length;
  }

  /** All bytes that are not consumed; the splitter is as new afterwards. For the switch to TLS. */
  takePending(): Uint8Array {
    this.#scanned = 0;
    this.#discarding = false;
    this.#droppedCr = false;
    this.#swallowLf = false;
    return this.#queue.take(this.#queue.length);
  }

  /**
   * The pending line if it is well formed, ends in CR and nothing stands behind the CR; nothing is consumed. Its LF may
   * have been sent as urgent data, as by Python's `ftplib.abort()`, and then never comes. Call `next` to the end first.
   */
  peekUnterminated(): Uint8Array | undefined {
    const lineBytes = this.#queue.length - 1;
    if (this.#discarding || lineBytes < 0 || this.#queue.indexOf(cr) !== lineBytes) return undefined;
    if (this.#queue.indexOf(nul) !== -1 || this.#queue.indexOf(lf) !== -1) return undefined;
    return this.#queue.view(0, lineBytes).slice();
  }

  /** Like `peekUnterminated`, and consumes the line; an LF that still comes as the very next byte is swallowed. */
  takeUnterminated(): Uint8Array | undefined {
    const line = this.peekUnterminated();
    if (line === undefined) return undefined;
    this.#queue.drop(this.#queue.length);
    this.#scanned = 0;
    this.#swallowLf = true;
    return line;
  }

  /** Drops what there is up to the end of the line, which may not have come yet. */
  #discard(): void {
    for (;;) {
      const end = this.#queue.indexOf(lf);
      if (end === -1) break;
      const isLineEnd = end === 0 ? this.#droppedCr : this.#queue.view(end - 1, end)[0] === cr;
      this.#droppedCr = false;
      this.#queue.drop(end + 1);
      if (!isLineEnd) continue;
      this.#discarding = false;
      return;
    }
    this.#dropAll();
  }

  #dropAll(): void {
    const { length } = this.#queue;
    if (length > 0) this.#droppedCr = this.#queue.view(length - 1, length)[0] === cr;
    this.#queue.drop(length);
    this.#scanned = 0;
  }

  #withoutEnd(): LineEvent | undefined {
    this.#scanned = this.#queue.length;
    if (this.#scanned <= this.#maxLineBytes) return undefined;
    this.#discarding = true;
    this.#dropAll();
    return { kind: 'too-long' };
  }

  /** Takes what ends with the LF at `end`: a line, or the beginning of one that is malformed. */
  #takeLine(end: number): LineEvent {
    const isLineEnd = end > 0 && this.#queue.view(end - 1, end)[0] === cr;
    this.#discarding = !isLineEnd;
    this.#droppedCr = false;
    const reason = end + 1 > this.#maxLineBytes ? 'too-long' : findDefect(this.#queue.view(0, end + 1));
    if (reason === undefined) {
      const bytes = this.#queue.take(end - 1);
      this.#queue.drop(2);
      return { kind: 'line', bytes };
    }
    this.#queue.drop(end + 1);
    return reason === 'too-long' ? { kind: 'too-long' } : { kind: 'malformed', reason };
  }
}

/** The first defect of what ends with an LF. CR NUL, Telnet's way to write a lone CR, counts as NUL. */
function findDefect(line: Uint8Array): MalformedLineReason | undefined {
  const firstCr = line.indexOf(cr);
  const firstNul = line.indexOf(nul);
  if (firstNul !== -1 && (firstCr === -1 || firstNul <= firstCr + 1)) return 'nul';
  if (firstCr === -1) return 'bare-lf';
  return firstCr === line.length - 2 ? undefined : 'bare-cr';
}
