/** What is known of one data connection from its opener to its end, and the record that it leaves when it fails. */

import type { ClientHello, TlsFacts } from '../../net/index.ts';

export type DataOpener = 'EPSV' | 'PASV' | 'EPRT' | 'PORT';

/**
 * Why a data connection failed. Before data moved: nobody came, we could not reach the client, no TLS, the client closed
 * it, PROT changed. While data moved: as the cause of the transfer says.
 */
export const dataLineFailures = [
  'nobody-came',
  'dial-failed',
  'tls-failed',
  'closed',
  'protection-changed',
  'data-reset',
  'data-truncated',
  'data-error',
  'stalled',
] as const;
export type DataLineFailure = (typeof dataLineFailures)[number];

/** Why the data line did not resume the TLS session of its control line: the client offered none, or one that is not this. */
export type NotResumed = 'not-offered' | 'not-accepted';

/** Everything that is known of a data connection that failed. */
export interface DataLineRecord {
  readonly cause: DataLineFailure;
  /** The short form: the text of the reply. */
  readonly reason: string;
  readonly opener: DataOpener;
  /** Where we listened, or whither we were to connect, `host:port`. */
  readonly address: string;
  /** What 227 named where that is another address, `host:port`. */
  readonly announced: string | undefined;
  /** The only address from which, or to which, the connection may be. */
  readonly expectedPeer: string;
  /** Who was connected, `host:port`. */
  readonly peer: string | undefined;
  /** Addresses that came and were refused, each once, the first few. */
  readonly refusedPeers: readonly string[];
  /** What PROT had set. */
  readonly protection: 'clear' | 'private';
  readonly tls: TlsFacts | undefined;
  /** Undefined where it resumed, where it did not come to TLS, and in clear. */
  readonly notResumed: NotResumed | undefined;
  /** Payload that moved. */
  readonly bytes: number;
  /** From the opener to the failure. */
  readonly durationMs: number;
}

/** What a data line begins with. */
export interface DataLineBeginning {
  readonly opener: DataOpener;
  readonly address: string;
  readonly announced?: string | undefined;
  readonly expectedPeer: string;
  readonly isPrivate: boolean;
}

const maxRefusedPeers = 8;

/** The story of one data connection; it is told in full only where it ends badly. */
export class DataLine {
  readonly beginning: DataLineBeginning;
  peer: string | undefined;
  tls: TlsFacts | undefined;
  readonly #refusedPeers = new Set<string>();
  readonly #openedAt = performance.now();
  #hello: ClientHello | undefined;

  constructor(beginning: DataLineBeginning) {
    this.beginning = beginning;
  }

  get refusedPeers(): readonly string[] {
    return [...this.#refusedPeers];
  }

  get notResumed(): NotResumed | undefined {
    if (this.tls === undefined || this.tls.resumed) return undefined;
    const offered = this.#hello?.offersTls13Session === true || this.#hello?.offersTls12Session === true;
    return offered ? 'not-accepted' : 'not-offered';
  }

  refuse(from: string): void {
    if (this.#refusedPeers.size < maxRefusedPeers) this.#refusedPeers.add(from);
  }

  helloCame(hello: ClientHello | undefined): void {
    this.#hello = hello;
  }

  record(cause: DataLineFailure, reason: string, bytes: number): DataLineRecord {
    const { opener, address, announced, expectedPeer, isPrivate } = this.beginning;
    return {
      cause,
      reason,
      opener,
      address,
      announced: announced === address ? undefined : announced,
      expectedPeer,
      peer: this.peer,
      refusedPeers: this.refusedPeers,
      protection: isPrivate ? 'private' : 'clear',
      tls: this.tls,
      notResumed: this.notResumed,
      bytes,
      durationMs: Math.round(performance.now() - this.#openedAt),
    };
  }
}
