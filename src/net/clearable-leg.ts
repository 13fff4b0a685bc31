/**
 * The leg between a TCP socket and a TLS socket above it that can be taken off again (CCC, RFC 4217 section 5): it passes
 * whole TLS records up, so that it knows where TLS ends and clear text begins.
 */

import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { LegOutput } from './leg-output.ts';
import { readInto } from './read-into.ts';

const headerBytes = 5;
/** RFC 8446 section 5.2: 2^14 and 256; TLS 1.2 allows 2^14 and 2,048 (RFC 5246 section 6.2.3). */
const maxRecordBytes = 18_432;
/** From change_cipher_spec to application_data. No FTP command begins with one of these bytes. */
const recordTypes = { first: 20, last: 23 } as const;

const nothing: Buffer = Buffer.alloc(0);

const landingBytes = 64 * 1024;
let landingOfAll: Buffer | undefined;
/**
 * All legs read into the same memory: TLS takes its copy before the next leg reads. Without it Node asks for as much anew
 * with each read of each line.
 */
const landing = (): Buffer => (landingOfAll ??= Buffer.allocUnsafeSlow(landingBytes));

/** Whether these bytes can be the beginning of a record; one byte is enough to tell. */
function beginsRecord(bytes: Buffer): boolean {
  const [type = 0, major = 3] = bytes;
  if (type < recordTypes.first || type > recordTypes.last || major !== 3) return false;
  return bytes.length < headerBytes || bytes.readUInt16BE(3) <= maxRecordBytes;
}

/** The length of the first record with its header, undefined while it is not whole. */
function wholeRecord(bytes: Buffer): number | undefined {
  if (bytes.length < headerBytes) return undefined;
  const length = headerBytes + bytes.readUInt16BE(3);
  return bytes.length < length ? undefined : length;
}

/**
 * As much of a stream as Node's TLS asks for where it stands on no socket of the system. It hands on what comes and goes
 * at once; a Duplex in its place would keep each byte of each control line in two more queues.
 */
export class ClearableLeg extends EventEmitter {
  /** TLS takes it over: our half stays open behind the end of the client's. */
  readonly allowHalfOpen = true;
  readonly readable = true;
  readonly writable = true;
  readonly output: LegOutput;
  readonly #raw: Socket;
  #isDestroyed = false;
  #waiting: Buffer = nothing;
  #tlsEnded = false;
  #isPaused = false;
  #finCame = false;
  #finGiven = false;
  #onSent: (() => void) | undefined;
  #onClear: ((rest: Buffer) => void) | undefined;
  #isCleared = false;

  /** `raw` must have been made with `allowHalfOpen: true`. */
  constructor(raw: Socket) {
    super();
    this.#raw = raw;
    this.output = new LegOutput(raw);
    readInto(raw, landing, this.#onLanded);
    // Bytes that were read before, and all bytes where the above is not possible.
    raw.on('data', this.#onData);
    raw.on('end', this.#onEnd);
    raw.on('close', this.#onClose);
  }

  /** True once the end of TCP has been passed up: an end of TLS before that is a close_notify. */
  get finGiven(): boolean {
    return this.#finGiven;
  }

  /**
   * Takes `tls`, the socket above, off. `sent` is called when its close_notify is on its way and clear text may follow;
   * `clear` when the client's first bytes in clear are there, or the end of its half, with those bytes. The client's own
   * close_notify may come in between, or not at all: curl sends none.
   */
  takeOff(tls: TLSSocket, sent: () => void, clear: (rest: Buffer) => void): void {
    this.#onSent = sent;
    this.#onClear = clear;
    tls.once('end', () => {
      this.#tlsEnded = true;
    });
    tls.end();
    this.#lookForClear();
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#waiting = this.#waiting.length === 0 ? chunk : Buffer.concat([this.#waiting, chunk]);
    if (this.#onClear !== undefined) this.#lookForClear();
    else this.#passRecords();
  };

  readonly #onLanded = (count: number): boolean => {
    const landed = landing().subarray(0, count);
    // In clear the socket goes on as one that reads for itself.
    if (this.#isCleared) return this.#raw.push(Buffer.from(landed));
    this.#onData(landed);
    if (this.#waiting.buffer === landed.buffer) this.#waiting = Buffer.from(this.#waiting);
    return true;
  };

  /** Passes up all whole records; what is no TLS at all is passed up too, for TLS to refuse it. */
  #passRecords(): void {
    let length = 0;
    while (length < this.#waiting.length) {
      const rest = this.#waiting.subarray(length);
      const record = beginsRecord(rest) ? wholeRecord(rest) : rest.length;
      if (record === undefined) break;
      length += record;
    }
    if (length > 0) this.#pass(length);
  }

  #pass(length: number): void {
    const records = this.#waiting.subarray(0, length);
    this.#waiting = length === this.#waiting.length ? nothing : this.#waiting.subarray(length);
    if (!this.#isDestroyed) this.emit('data', records);
  }

  /** One record at a time, because TLS alone knows whether it was the last. */
  readonly #lookForClear = (): void => {
    const waiting = this.#waiting;
    if (this.#isCleared || waiting.length === 0) return;
    if (this.#tlsEnded || !beginsRecord(waiting)) {
      this.#clear();
      return;
    }
    const record = wholeRecord(waiting);
    if (record === undefined) return;
    this.#pass(record);
    this.#raw.resume();
    setImmediate(this.#lookForClear);
  };

  #clear(): void {
    if (this.#isCleared) return;
    this.#isCleared = true;
    this.#raw.off('data', this.#onData);
    this.#raw.off('end', this.#onEnd);
    this.#raw.off('close', this.#onClose);
    // A copy: the socket may keep it until somebody reads, and what is below belongs to all legs.
    this.#onClear?.(Buffer.from(this.#waiting));
  }

  readonly #onEnd = (): void => {
    if (this.#onClear !== undefined) {
      this.#clear();
      return;
    }
    if (this.#waiting.length > 0) this.#pass(this.#waiting.length);
    this.#finCame = true;
    this.#giveFin();
  };

  /** Like all that is read, the end waits while TLS wants nothing: behind a close_notify it would be a second end. */
  #giveFin(): void {
    if (!this.#finCame || this.#finGiven || this.#isPaused || this.#isDestroyed) return;
    this.#finGiven = true;
    this.emit('end');
  }

  readonly #onClose = (): void => {
    this.destroy();
  };

  pause(): void {
    this.#isPaused = true;
    if (!this.#isCleared) this.#raw.pause();
  }

  resume(): void {
    this.#isPaused = false;
    if (!this.#isCleared) this.#raw.resume();
    this.#giveFin();
  }

  write(records: Buffer, done: (error?: Error | null) => void): void {
    this.output.add(records, done);
  }

  /** TLS writes between this and `uncork`, and never else. */
  cork(): void {}

  uncork(): void {
    this.output.send();
  }

  /** TLS has written its last. */
  end(done: () => void): void {
    if (this.#onSent === undefined) {
      this.output.end(done);
      return;
    }
    this.output.flush();
    this.#onSent();
    process.nextTick(done);
  }

  /** Ends the leg alone: the socket below goes on in clear, or is its owner's to end. */
  destroy(): void {
    if (this.#isDestroyed) return;
    this.#isDestroyed = true;
    this.output.flush();
    process.nextTick(() => this.emit('close'));
  }
}

/** As `watchCloseNotify` of a TLS socket right above TCP: whether the end that TLS reports was a close_notify. */
export function watchCloseNotifyAbove(tls: TLSSocket, leg: ClearableLeg): { readonly received: boolean } {
  const seen = { received: false };
  const push = tls.push.bind(tls);
  tls.push = (chunk: unknown, encoding?: BufferEncoding): boolean => {
    if (chunk === null && !leg.finGiven) seen.received = true;
    return push(chunk, encoding);
  };
  return seen;
}
