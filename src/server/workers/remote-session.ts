/** A session that lives in a worker, as its server sees it. */

import type { Reply } from '../../protocol/index.ts';
import type { ServerEvent, SessionCause, SessionIdentity } from '../audit.ts';
import type { HostedSession } from '../hosted-session.ts';
import type { EvictionCause, Standing } from '../limits/session-limits.ts';
import type { WorkerCalls } from './calls.ts';
import type { Line } from './line.ts';

export interface RemoteSessionOptions {
  readonly number: number;
  readonly remoteHost: string;
  readonly remotePort: number;
  readonly implicit: boolean;
  readonly line: Line<WorkerCalls>;
}

export class RemoteSession implements HostedSession {
  readonly number: number;
  readonly remoteHost: string;
  readonly #remotePort: number;
  readonly #line: Line<WorkerCalls>;
  standing: Standing;
  transfer: 'running' | undefined;
  #user: string | undefined;
  #isOpen = false;

  constructor({ number, remoteHost, remotePort, implicit, line }: RemoteSessionOptions) {
    this.number = number;
    this.remoteHost = remoteHost;
    this.#remotePort = remotePort;
    this.#line = line;
    this.standing = implicit ? 'handshake' : 'stranger';
  }

  /** Who it is about, while the log takes it for open; undefined before and after. */
  get openIdentity(): SessionIdentity | undefined {
    if (!this.#isOpen) return undefined;
    const { number: session, remoteHost } = this;
    return { session, remoteHost, remotePort: this.#remotePort, user: this.#user };
  }

  /** Notes what its worker reports of it. */
  hear(event: ServerEvent): void {
    if (!('session' in event)) return;
    this.#user = event.user;
    if (event.type === 'session-opened') this.#isOpen = true;
    else if (event.type === 'session-closed') this.#isOpen = false;
    else if (event.type === 'reply' && event.code >= 100 && event.code < 200) this.transfer = 'running';
    else if (event.type === 'transfer') this.transfer = undefined;
  }

  /** Its worker begins it. */
  start(): void {}

  evict(cause: EvictionCause): void {
    this.#line.tell('evict', { session: this.number, cause });
  }

  end(cause: SessionCause, detail: string, reply?: Reply): void {
    // Who ends it counts what that cuts.
    this.transfer = undefined;
    const order = { session: this.number, cause, detail };
    this.#line.tell('end', reply === undefined ? order : { ...order, reply });
  }

  endAfterTransfer(): void {
    this.#line.tell('endAfterTransfer', { session: this.number });
  }
}
