/** Cuts a control line into its lines and keeps every byte: what is odd on it passes on as it came. */

const lf = 0x0a;

/** A line that is longer is passed on in pieces and not read. */
const maxLineBytes = 16_384;

export interface CutLine {
  /** All bytes, the end of the line included. */
  readonly bytes: Buffer;
  /** False for pieces of a line that is too long, and for what was not ended: to be passed on only. */
  readonly isWhole: boolean;
}

export class LineCutter {
  #pending: Buffer = Buffer.alloc(0);
  #isInLongLine = false;
  #swallowsLf = false;

  /** The lines that are whole with these bytes, and pieces of those that are too long. */
  push(chunk: Buffer): CutLine[] {
    const skipped = this.#swallowsLf && chunk[0] === lf ? 1 : 0;
    this.#swallowsLf = false;
    this.#pending = Buffer.concat([this.#pending, chunk.subarray(skipped)]);
    const lines: CutLine[] = [];
    for (;;) {
      const end = this.#pending.indexOf(lf);
      if (end === -1) break;
      lines.push({ bytes: this.#pending.subarray(0, end + 1), isWhole: !this.#isInLongLine });
      this.#pending = this.#pending.subarray(end + 1);
      this.#isInLongLine = false;
    }
    if (this.#pending.length > maxLineBytes || (this.#isInLongLine && this.#pending.length > 0)) {
      lines.push({ bytes: this.takeRest(), isWhole: false });
      this.#isInLongLine = true;
    }
    return lines;
  }

  /**
   * An ABOR whose line feed was sent as urgent data, as by Python's `ftplib.abort()`, and has not come: given with a line feed
   * of its own, and one that still comes is left out.
   */
  takeUrgentAbort(): Buffer | undefined {
    if (!/^[^A-Za-z]*ABOR\r$/i.test(this.#pending.toString('latin1'))) return undefined;
    const bytes = Buffer.concat([this.#pending, Buffer.from('\n')]);
    this.#pending = Buffer.alloc(0);
    this.#swallowsLf = true;
    return bytes;
  }

  /** What has come of a line that has no end yet. */
  takeRest(): Buffer {
    const rest = this.#pending;
    this.#pending = Buffer.alloc(0);
    return rest;
  }
}
