/**
 * One direction of a relayed line: bytes go from one leg to the other as fast as both can, unless a fault shapes them, holds
 * them back, throws them away, or waits for a certain byte.
 */

import type { Departure, Leg } from './leg.ts';

/** Bytes that wait on a shaped or stalled way before their sender is made to wait. */
const maxHeldBytes = 1024 * 1024;
/** With a limited rate, what goes out at once: the share of so many milliseconds. */
const rateStepMs = 20;

/** What a fault does to the bytes of a way for as long as it is there. */
export interface Shaper {
  /** Milliseconds that the next chunk waits behind its arrival. */
  readonly latencyMs?: () => number;
  readonly bytesPerSecond?: number;
  /** The size of the next piece; each goes out for itself. */
  readonly pieceBytes?: () => number;
}

export interface WayHooks {
  /** Payload has come from the source. */
  moved(bytes: number): void;
  /** The source has left; called before that is passed on. */
  left(how: Departure): void;
}

interface Mark {
  readonly atBytes: number;
  readonly reached: () => void;
}

export class Way {
  readonly source: Leg;
  readonly target: Leg;
  /** Payload that came from the source. */
  takenBytes = 0;
  /** Payload that was passed to the target. */
  passedBytes = 0;
  readonly #hooks: WayHooks;
  readonly #marks: Mark[] = [];
  readonly #shapers = new Set<Shaper>();
  #queue: { bytes: Buffer; readonly dueMs: number }[] = [];
  #queuedBytes = 0;
  #lastDueMs = 0;
  #paidUntilMs = 0;
  #stalls = 0;
  #isShut = false;
  #isFull = false;
  #isAtMark = false;
  #isSourcePaused = false;
  #ending: Departure | undefined;
  #isEndDue = false;
  #isEndDone = false;
  #timer: NodeJS.Timeout | undefined;
  #endDelayMs = 0;
  #endTimer: NodeJS.Timeout | undefined;
  #omitsCloseNotify = false;
  #corruptLeft = 0;

  constructor(source: Leg, target: Leg, hooks: WayHooks) {
    this.source = source;
    this.target = target;
    this.#hooks = hooks;
  }

  /** Payload that was taken and not passed on, for whatever reason. */
  get heldBytes(): number {
    return this.#queuedBytes;
  }

  /** The source has left, and that was passed on. */
  get isEnded(): boolean {
    return this.#isEndDone || (this.#isEndDue && this.#isShut);
  }

  /** Takes payload of the source, in order. True where nothing of the chunk is held here. */
  take(chunk: Buffer): boolean {
    if (chunk.length === 0) return true;
    this.takenBytes += chunk.length;
    this.#hooks.moved(chunk.length);
    return this.pass(chunk);
  }

  /** Passes bytes on that were counted, or that are the proxy's own. True where none of them is held here. */
  pass(chunk: Buffer): boolean {
    if (this.#isShut) return true;
    if (this.#isOpen && this.passedBytes + chunk.length < (this.#marks[0]?.atBytes ?? Infinity)) {
      this.#write(chunk);
      return true;
    }
    this.#lastDueMs = Math.max(this.#lastDueMs, performance.now() + this.#latencyMs());
    this.#queue.push({ bytes: chunk, dueMs: this.#lastDueMs });
    this.#queuedBytes += chunk.length;
    this.#bound();
    this.#pump();
    return false;
  }

  get #isOpen(): boolean {
    return (
      this.#queue.length === 0 &&
      this.#shapers.size === 0 &&
      this.#stalls === 0 &&
      !this.#isAtMark &&
      this.#lastDueMs <= performance.now()
    );
  }

  #latencyMs(): number {
    let sum = 0;
    for (const { latencyMs } of this.#shapers) sum += latencyMs?.() ?? 0;
    return sum;
  }

  /** Makes the sender wait while too much is held here or the receiver is slow. */
  #bound(): void {
    const isTooMuch = this.#isFull || this.#queuedBytes > maxHeldBytes;
    if (isTooMuch === this.#isSourcePaused) return;
    this.#isSourcePaused = isTooMuch;
    if (isTooMuch) this.source.pause();
    else this.source.resume();
  }

  #write(chunk: Buffer): void {
    this.passedBytes += chunk.length;
    const bytes = this.#corruptLeft > 0 ? this.#corrupted(chunk) : chunk;
    if (this.target.write(bytes)) return;
    this.#isFull = true;
    this.#bound();
  }

  #corrupted(chunk: Buffer): Buffer {
    const bytes = Buffer.from(chunk);
    const count = Math.min(this.#corruptLeft, bytes.length);
    for (let at = 0; at < count; at += 1) bytes[at] = (bytes[at] ?? 0) ^ 0xff;
    this.#corruptLeft -= count;
    return bytes;
  }

  /** Throws away what waits, and says how many bytes that was. */
  drop(): number {
    const bytes = this.#queuedBytes;
    this.#queue = [];
    this.#queuedBytes = 0;
    this.#bound();
    return bytes;
  }

  /** The target has room again, or is gone. */
  drained(): void {
    this.#isFull = false;
    this.#pump();
    this.#bound();
  }

  readonly #pump = (): void => {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    while (this.#stalls === 0 && !this.#isAtMark && !this.#isShut) {
      if (this.passedBytes >= (this.#marks[0]?.atBytes ?? Infinity)) {
        this.#reachMark();
        continue;
      }
      const head = this.#queue[0];
      if (head === undefined) break;
      if (this.#isFull) return;
      const waitMs = Math.max(head.dueMs, this.#paidUntilMs) - performance.now();
      if (waitMs > 0) {
        this.#timer = setTimeout(this.#pump, Math.ceil(waitMs));
        return;
      }
      if (this.#writePiece(head)) return;
    }
    this.#bound();
    if (this.#queue.length === 0 || this.#isShut) this.#lookForEnd();
  };

  /** True where the next piece is for another turn. */
  #writePiece(head: { bytes: Buffer }): boolean {
    let size = Math.min(head.bytes.length, (this.#marks[0]?.atBytes ?? Infinity) - this.passedBytes);
    let isSliced = false;
    for (const { bytesPerSecond, pieceBytes } of this.#shapers) {
      if (bytesPerSecond !== undefined) size = Math.min(size, Math.max(1, (bytesPerSecond * rateStepMs) / 1000));
      if (pieceBytes !== undefined) size = Math.min(size, Math.max(1, pieceBytes()));
      isSliced ||= pieceBytes !== undefined;
    }
    const piece = head.bytes.subarray(0, Math.floor(size));
    head.bytes = head.bytes.subarray(piece.length);
    this.#queuedBytes -= piece.length;
    if (head.bytes.length === 0) this.#queue.shift();
    this.#write(piece);
    const rate = Math.min(...[...this.#shapers].map(({ bytesPerSecond = Infinity }) => bytesPerSecond));
    if (Number.isFinite(rate)) {
      this.#paidUntilMs = Math.max(this.#paidUntilMs, performance.now()) + (piece.length / rate) * 1000;
    }
    if (!isSliced || this.#queue.length === 0) return false;
    this.#timer = setTimeout(this.#pump, 1);
    return true;
  }

  #reachMark(): void {
    const mark = this.#marks.shift();
    this.#isAtMark = true;
    this.target.flushed(() => {
      this.#isAtMark = false;
      mark?.reached();
      this.#pump();
    });
  }

  /** Calls back when the receiver's kernel has so many bytes of payload and not one more; at once where it has them. */
  when(atBytes: number, reached: () => void): void {
    this.#marks.push({ atBytes, reached });
    this.#marks.sort((a, b) => a.atBytes - b.atBytes);
    if (atBytes <= this.passedBytes) this.#pump();
  }

  /** Calls back when all that was taken so far has been passed on. */
  whenPassed(done: () => void): void {
    this.when(this.passedBytes + this.#queuedBytes, done);
  }

  /** The source has left: passed on behind its bytes. */
  leave(how: Departure): void {
    this.#hooks.left(how);
    this.#ending = how;
    this.#pump();
  }

  #lookForEnd(): void {
    if (this.#ending === undefined || this.#stalls > 0 || this.#isAtMark) return;
    if (this.#ending === 'fin' || this.#ending === 'close-notify') this.#endInOrder(this.#ending);
    else if (!this.#isEndDue && !this.#isShut) {
      this.#isEndDone = true;
      this.target.flushed(() => this.target.reset());
    }
    this.#isEndDue = true;
  }

  #endInOrder(how: 'fin' | 'close-notify'): void {
    if (this.#isEndDue || this.#isShut) return;
    const end = (): void => {
      this.target.end(this.#omitsCloseNotify ? 'fin' : how);
      this.#isEndDone = true;
    };
    if (this.#endDelayMs === 0) end();
    else this.#endTimer = setTimeout(end, this.#endDelayMs);
  }

  /** What comes from now on waits here, the end of the line too. The result lets it go. */
  stall(): () => void {
    this.#stalls += 1;
    let isOn = true;
    return () => {
      if (isOn) this.#stalls -= 1;
      isOn = false;
      this.#pump();
    };
  }

  /** The result takes the shaper away. */
  shape(shaper: Shaper): () => void {
    this.#shapers.add(shaper);
    return () => {
      this.#shapers.delete(shaper);
      this.#pump();
    };
  }

  /** All that comes from now on waits so long. */
  delay(ms: number): void {
    this.#lastDueMs = Math.max(this.#lastDueMs, performance.now() + ms);
  }

  corrupt(bytes: number): void {
    this.#corruptLeft += bytes;
  }

  omitCloseNotify(): void {
    this.#omitsCloseNotify = true;
  }

  endLate(ms: number): void {
    this.#endDelayMs = Math.max(this.#endDelayMs, ms);
  }

  /** Throws away what waits and what comes; the source may go on sending. */
  shut(): void {
    this.#isShut = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#endTimer);
    this.#queue = [];
    this.#queuedBytes = 0;
    this.#isFull = false;
    this.#bound();
  }
}
