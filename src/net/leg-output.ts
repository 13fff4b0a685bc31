/** The way of TLS records to the socket below a leg, in as few writes as may be: on a busy server they are the most expensive part of a login. */

import type { Socket } from 'node:net';

/** How long tickets wait for the reply that they go out with, in milliseconds. Clients speak first behind a handshake. */
const ticketsWaitMs = 10;

type WhenSent = (error?: Error | null) => void;

export class LegOutput {
  readonly #raw: Socket;
  #records: Buffer[] = [];
  #whenSent: WhenSent[] = [];
  #held: 'nothing' | 'tickets' | 'everything' = 'nothing';
  #ticketsWait: NodeJS.Timeout | undefined;

  constructor(raw: Socket) {
    this.#raw = raw;
    raw.once('close', () => this.#endWait());
  }

  /** Takes records, which go out with `send`. */
  add(records: Buffer, whenSent: WhenSent): void {
    this.#records.push(records);
    this.#whenSent.push(whenSent);
  }

  send(): void {
    if (this.#held === 'nothing') {
      this.flush();
      return;
    }
    // TLS waits for its write before it makes the next one, with which this one is to go.
    for (const whenSent of this.#whenSent.splice(0)) whenSent();
    if (this.#held === 'everything') return;
    this.#held = 'nothing';
    this.#ticketsWait = setTimeout(() => this.flush(), ticketsWaitMs);
  }

  /** TLS 1.3 has done its handshake: what it sends in this turn are session tickets. Until {@link ticketsSent}. */
  holdTickets(): void {
    this.#held = 'tickets';
  }

  ticketsSent(): void {
    if (this.#held === 'tickets') this.#held = 'nothing';
  }

  /** From now on everything goes out with the end: the last reply, close_notify and FIN. */
  holdForEnd(): void {
    this.#held = 'everything';
  }

  #endWait(): void {
    clearTimeout(this.#ticketsWait);
    this.#ticketsWait = undefined;
  }

  flush(): void {
    this.#endWait();
    const whenSent = this.#whenSent;
    const records = this.#take();
    this.#whenSent = [];
    if (records === undefined) return;
    const sent: WhenSent = (error) => {
      for (const callback of whenSent) callback(error);
    };
    if (this.#raw.writableEnded || this.#raw.destroyed) process.nextTick(sent);
    else this.#raw.write(records, sent);
  }

  #take(): Buffer | undefined {
    const records = this.#records;
    this.#records = [];
    return records.length > 1 ? Buffer.concat(records) : records[0];
  }

  /** Sends what is held, and the end of our half. `done` is called when all of it has been taken, or never will be. */
  end(done: () => void): void {
    this.#endWait();
    const records = this.#take();
    if (this.#raw.writableEnded || this.#raw.destroyed) process.nextTick(done);
    else if (records === undefined) this.#raw.end(() => done());
    else this.#raw.end(records, () => done());
  }
}
