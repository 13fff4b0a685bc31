/**
 * TLS contexts that sessions take turns with: a handshake borrows one, under the ticket key of its own session. A context
 * of its own would cost each session a third of a millisecond and 32 KiB, for as long as it lasts.
 */

import type { SecureContext } from 'node:tls';

/** Contexts that wait for the next handshake; more are made when more handshakes run at once, and dropped behind them. */
const maxSpareContexts = 32;

/** A context for one handshake. */
export interface BorrowedContext {
  readonly context: SecureContext;
  /**
   * To be called when the handshake is done, with its tickets written, or its socket closed. From then on OpenSSL looks at
   * the ticket key of this context no more for that socket: there is no renegotiation. Idempotent.
   */
  giveBack(): void;
}

/** What Node has below a `SecureContext`: what `setTicketKeys` of a `tls.Server` calls. */
interface KeyedContext {
  setTicketKeys(keys: Buffer): void;
}

/** Contexts that differ in nothing but their ticket key. */
export class ContextPool {
  readonly #create: (ticketKeys: Buffer) => SecureContext;
  readonly #spare: SecureContext[] = [];

  constructor(create: (ticketKeys: Buffer) => SecureContext) {
    this.#create = create;
  }

  /** `ticketKeys` are 48 bytes. Nobody else has the context until it is given back. */
  borrow(ticketKeys: Buffer): BorrowedContext {
    const spare = this.#spare.pop();
    (spare?.context as KeyedContext | undefined)?.setTicketKeys(ticketKeys);
    const context = spare ?? this.#create(ticketKeys);
    let isOut = true;
    return {
      context,
      giveBack: () => {
        if (isOut && this.#spare.length < maxSpareContexts) this.#spare.push(context);
        isOut = false;
      },
    };
  }
}
