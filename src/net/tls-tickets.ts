/** TLS sessions of one FTP session, kept as they come, so that data lines resume what the control line began. */

/**
 * A pool of resumable TLS sessions. Those of TLS 1.3 are handed out once each, newest first (RFC 8446 appendix C.4);
 * when the pool has run dry the last one is given again: most servers take it, and the others do a full handshake.
 * A session of TLS 1.2 is good for any number of lines.
 */
export class TicketPool {
  #fresh: Buffer[] = [];
  #last: Buffer | undefined;

  add(session: Buffer, use: 'once' | 'often'): void {
    if (use === 'once') this.#fresh.push(session);
    else this.#fresh = [];
    this.#last = session;
    if (this.#fresh.length > maxTickets) this.#fresh.shift();
  }

  take(): Buffer | undefined {
    const session = this.#fresh.pop() ?? this.#last;
    this.#last = session;
    return session;
  }
}

/** Servers give two tickets at a time and one data line is open at a time. */
const maxTickets = 8;
