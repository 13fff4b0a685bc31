/** A line as it is seen between its two ends, by a relay or by packets: the bytes of each end, and how each has left. */

import { TlsRecordWatch } from './tls-record-watch.ts';

export type End = 'client' | 'server';
export type LineKind = 'control' | 'data';

/** How one end left the line, as it was seen between the two. Times are `performance.now()`. */
export interface EndLeft {
  readonly how: 'close-notify' | 'fin' | 'reset';
  readonly atMs: number;
}

/** A line as it was seen. Times are `performance.now()`. */
export interface SeenLine {
  readonly kind: LineKind;
  readonly firstByteMs: number | undefined;
  readonly isTls: boolean;
  /** The end that left first, if one has. */
  readonly firstToLeave: End | undefined;
  /** One end has reset the line, or both have ended their halves. */
  readonly isOver: boolean;
  bytesFrom(end: End): number;
  /** Bytes that came from an end after the fault was marked. */
  bytesAfterFault(end: End): number;
  left(end: End): EndLeft | undefined;
  /** Ends a line that nobody looks at any more. */
  destroy(): void;
}

interface Half {
  readonly records: TlsRecordWatch;
  bytes: number;
  bytesAtFault: number | undefined;
  left: EndLeft | undefined;
}

const half = (): Half => ({ records: new TlsRecordWatch(), bytes: 0, bytesAtFault: undefined, left: undefined });

export abstract class ObservedLine implements SeenLine {
  readonly kind: LineKind;
  #firstByteMs: number | undefined;
  readonly #halves: Readonly<Record<End, Half>> = { client: half(), server: half() };

  constructor(kind: LineKind) {
    this.kind = kind;
  }

  abstract destroy(): void;

  /** When the first byte passed. */
  get firstByteMs(): number | undefined {
    return this.#firstByteMs;
  }

  bytesFrom(end: End): number {
    return this.#halves[end].bytes;
  }

  bytesAfterFault(end: End): number {
    const { bytes, bytesAtFault = bytes } = this.#halves[end];
    return bytes - bytesAtFault;
  }

  left(end: End): EndLeft | undefined {
    return this.#halves[end].left;
  }

  get isTls(): boolean {
    return this.#halves.client.records.isTls === true;
  }

  get firstToLeave(): End | undefined {
    const [client, server] = [this.left('client')?.atMs ?? Infinity, this.left('server')?.atMs ?? Infinity];
    if (client === Infinity && server === Infinity) return undefined;
    return client < server ? 'client' : 'server';
  }

  get isOver(): boolean {
    const [client, server] = [this.left('client'), this.left('server')];
    return client?.how === 'reset' || server?.how === 'reset' || (client !== undefined && server !== undefined);
  }

  markFault(): void {
    for (const one of Object.values(this.#halves)) one.bytesAtFault = one.bytes;
  }

  /** Counts bytes that an end has sent. Records are read on data lines, which are TLS from the first byte on if at all. */
  protected count(end: End, bytes: Uint8Array, atMs: number): void {
    const one = this.#halves[end];
    this.#firstByteMs ??= atMs;
    one.bytes += bytes.length;
    if (this.kind === 'data') one.records.take(bytes);
  }

  /** What a FIN of an end means now: behind close_notify it is the end that TLS asks for. */
  protected orderlyEnd(end: End): 'close-notify' | 'fin' {
    return this.#halves[end].records.endsInAlert ? 'close-notify' : 'fin';
  }

  /** An end leaves once, and first. */
  protected setLeft(end: End, left: EndLeft): void {
    this.#halves[end].left ??= left;
  }
}
