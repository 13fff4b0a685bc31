/** Keeps the packets of this process's peers, and of nobody else, in a file with the keys of their TLS. */

import { closeSync, openSync, writeSync } from 'node:fs';
import { type LineEnds, openedLines, tlsKeys } from '../../peer/index.ts';
import { endText, parseTcpPacket } from '../tcp/wire/tcp-packet.ts';
import { type CapturedPacket, PacketCapture } from './packet-capture.ts';
import { beginBlocks, packetBlock, secretsBlock } from './pcapng.ts';

/** A line is known when its handshake is over: packets of no known line wait this long for it, in milliseconds. */
const unknownMs = 3_000;
/** What may wait so; what came first goes first. */
const maxUnknownBytes = 32 * 1024 * 1024;
/** Further packets are counted and not kept. */
const maxFileBytes = 2 * 1024 * 1024 * 1024;

interface Waiting extends CapturedPacket {
  readonly key: string;
}

export class LinePackets implements Disposable {
  /** Packets that found no room. */
  dropped = 0;
  /** What the first write that failed has failed with; nothing is written behind it. */
  failure: NodeJS.ErrnoException | undefined;
  readonly #file: number;
  readonly #lines = new Set<string>();
  readonly #onLine = (message: unknown): void => this.#know(message as LineEnds);
  readonly #onKeys = (message: unknown): void => this.#write(secretsBlock(message as Buffer));
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #fileBytes = 0;
  #capture: PacketCapture | undefined;

  private constructor(file: number) {
    this.#file = file;
    this.#write(beginBlocks());
  }

  /**
   * Begins the file anew, for its owner alone. Throws the error of the system where it cannot be written, and `TwinlineError`
   * or `SystemCallError` where packets cannot be read: without koffi, without CAP_NET_RAW.
   */
  static async begin(path: string): Promise<LinePackets> {
    const kept = new LinePackets(openSync(path, 'w', 0o600));
    try {
      kept.#capture = await PacketCapture.open(undefined, (packet) => kept.#take(packet));
    } catch (error) {
      closeSync(kept.#file);
      throw error;
    }
    openedLines.subscribe(kept.#onLine);
    tlsKeys.subscribe(kept.#onKeys);
    return kept;
  }

  [Symbol.dispose](): void {
    this.#capture?.close();
    openedLines.unsubscribe(this.#onLine);
    tlsKeys.unsubscribe(this.#onKeys);
    closeSync(this.#file);
  }

  #take(packet: CapturedPacket): void {
    const parsed = parseTcpPacket(packet.bytes);
    if (parsed === undefined) return;
    const key = `${endText(parsed.from)} ${endText(parsed.to)}`;
    if (this.#lines.has(key)) this.#keep(packet);
    else this.#hold({ ...packet, key });
  }

  #hold(packet: Waiting): void {
    this.#waiting.push(packet);
    this.#waitingBytes += packet.bytes.length;
    for (;;) {
      const [first] = this.#waiting;
      if (first === undefined) return;
      if (this.#waitingBytes <= maxUnknownBytes && packet.atMs - first.atMs <= unknownMs) return;
      this.#waiting.shift();
      this.#waitingBytes -= first.bytes.length;
    }
  }

  #know({ local, remote }: LineEnds): void {
    // What has come for it by now is looked at before a line with the same ports can follow it.
    this.#capture?.drain();
    this.#lines.add(`${endText(local)} ${endText(remote)}`).add(`${endText(remote)} ${endText(local)}`);
    const known = this.#waiting.filter(({ key }) => this.#lines.has(key));
    if (known.length === 0) return;
    this.#waiting = this.#waiting.filter(({ key }) => !this.#lines.has(key));
    this.#waitingBytes = this.#waiting.reduce((sum, { bytes }) => sum + bytes.length, 0);
    for (const packet of known) this.#keep(packet);
  }

  #keep({ atMs, bytes }: CapturedPacket): void {
    if (this.#fileBytes + bytes.length > maxFileBytes) this.dropped += 1;
    else this.#write(packetBlock(atMs, bytes));
  }

  #write(bytes: Buffer): void {
    if (this.failure !== undefined) return;
    try {
      for (let done = 0; done < bytes.length;) done += writeSync(this.#file, bytes, done);
      this.#fileBytes += bytes.length;
    } catch (error) {
      this.failure = error as NodeJS.ErrnoException;
    }
  }
}
