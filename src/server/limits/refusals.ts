/** Turns connections away: with a 421 that says why, or an alert where TLS is expected, and at a bounded cost. */

import type { Socket } from 'node:net';
import { Scope, startDeadline } from '../../net/index.ts';
import { type Reply, serialiseReply } from '../../protocol/index.ts';
import type { RefusalCause, ServerEventBody } from '../audit.ts';

/** Refused connections that are told why at once; further ones are reset without a word. */
const maxRefusalsAtOnce = 256;
/** Refused connections that are logged one by one in a second; further ones are counted. */
const maxRefusalEventsPerSecond = 20;
/** How long a refused client may take to read why. */
const refusalLingerMs = 1000;
/** A fatal TLS alert in clear (RFC 8446 section 6): access_denied says more than a reset. */
const accessDeniedAlert = Uint8Array.of(0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x31);

export interface RefusedConnection {
  readonly raw: Socket;
  readonly remoteHost: string;
  readonly remotePort: number;
  readonly implicit: boolean;
  readonly cause: RefusalCause;
  /** For the log: more than the client needs to know. */
  readonly detail: string;
  readonly reply: Reply;
}

/** Refuses connections for one server. */
export class Refusals {
  readonly #scope: Scope;
  readonly #emit: (event: ServerEventBody) => void;
  #lingering = 0;
  #second = 0;
  #eventsInSecond = 0;
  #unreported = 0;

  constructor(scope: Scope, emit: (event: ServerEventBody) => void) {
    this.#scope = scope;
    this.#emit = emit;
  }

  refuse(connection: RefusedConnection): void {
    this.#report(connection);
    const { raw, implicit, reply } = connection;
    if (raw.destroyed) return;
    if (this.#lingering >= maxRefusalsAtOnce || this.#scope.closed) {
      raw.resetAndDestroy();
      return;
    }
    this.#lingering += 1;
    const scope = new Scope(this.#scope);
    const countOff = scope.counts.add('socket');
    raw.once('close', () => {
      this.#lingering -= 1;
      countOff();
      scope.close();
    });
    scope.add(() => raw.destroy());
    startDeadline(scope, refusalLingerMs, () => scope.close());
    raw.once('end', () => scope.close());
    raw.end(implicit ? accessDeniedAlert : serialiseReply(reply));
    // Input is read and dropped: closing with unread input would reset the line and lose the reply.
    raw.resume();
  }

  #report({ cause, detail, remoteHost, remotePort }: RefusedConnection): void {
    const second = Math.floor(performance.now() / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#eventsInSecond = 0;
    }
    this.#eventsInSecond += 1;
    if (this.#eventsInSecond > maxRefusalEventsPerSecond) {
      this.#unreported += 1;
      return;
    }
    const unreported = this.#unreported;
    this.#unreported = 0;
    this.#emit({ type: 'connection-refused', remoteHost, remotePort, cause, detail, unreported });
  }
}
