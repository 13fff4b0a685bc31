/** The line between the process that owns the listeners and one that serves sessions: calls with and without an answer. */

import type { Socket } from 'node:net';

/** What carries messages between two processes, in order. */
export interface MessagePort {
  /** A socket can go with a message; `sent` hears when the system has taken it, or never will. */
  send(message: unknown, socket?: Socket, sent?: () => void): void;
}

type Call = (argument: never, socket?: Socket) => unknown;

/** Functions that one side offers to the other: each takes one value that JSON can hold, and gives one. */
export type Calls<Offered> = { readonly [Name in keyof Offered]: Call };

type Argument<Other extends Calls<Other>, Name extends keyof Other> = Parameters<Other[Name]>[0];
type Answer<Other extends Calls<Other>, Name extends keyof Other> = Awaited<ReturnType<Other[Name]>>;

/** `[name, argument]`: no answer is wanted; with a number: one is; `[number, value]`, or `[number, null, reason]`: it. */
type Message =
  readonly [name: string, argument: unknown, call?: number] | readonly [call: number, value: unknown, problem?: string];

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** One end. `Other` is what the other side offers. */
export class Line<Other extends Calls<Other>> {
  readonly #port: MessagePort;
  readonly #offers: Readonly<Record<string, Call>>;
  /** Runs before anything is sent: what was gathered goes first. */
  readonly #beforeSending: () => void;
  readonly #waiting = new Map<number, Waiting>();
  /** What goes with the next message: a message of its own for each costs more than what it says. */
  #soon: Message[] = [];
  #whenSent: (() => void)[] = [];
  #isDue = false;
  #nextCall = 1;
  #isClosed = false;

  constructor(port: MessagePort, offers: Readonly<Record<string, Call>>, beforeSending: () => void = () => undefined) {
    this.#port = port;
    this.#offers = offers;
    this.#beforeSending = beforeSending;
  }

  /** Calls without waiting. What is told to a side that has gone is lost, and so is its socket. */
  tell<Name extends keyof Other & string>(name: Name, argument: Argument<Other, Name>, socket?: Socket): void {
    this.#send([name, argument], socket);
  }

  /** The same with the next message, or at the end of this turn; `sent` hears when the system has taken it. */
  tellSoon<Name extends keyof Other & string>(name: Name, argument: Argument<Other, Name>, sent?: () => void): void {
    if (this.#isClosed) return;
    this.#beforeSending();
    this.#soon.push([name, argument]);
    if (sent !== undefined) this.#whenSent.push(sent);
    this.flushSoon();
  }

  /** Rejects when the other side could not do it, or has gone. */
  ask<Name extends keyof Other & string>(name: Name, argument: Argument<Other, Name>): Promise<Answer<Other, Name>> {
    if (this.#isClosed) return Promise.reject(gone());
    const call = this.#nextCall++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(call, { resolve, reject });
      this.#send([name, argument, call]);
    });
  }

  /** Sends what waits at the end of this turn of the event loop. */
  flushSoon(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    setImmediate(() => {
      this.#isDue = false;
      this.flush();
    });
  }

  /** Sends what waits. */
  flush(): void {
    this.#beforeSending();
    if (this.#soon.length > 0 && !this.#isClosed) this.#sendAll();
  }

  #send(message: Message, socket?: Socket): void {
    if (this.#isClosed) {
      socket?.destroy();
      return;
    }
    this.#beforeSending();
    this.#soon.push(message);
    this.#sendAll(socket);
  }

  #sendAll(socket?: Socket): void {
    const [messages, whenSent] = [this.#soon, this.#whenSent];
    this.#soon = [];
    this.#whenSent = [];
    this.#port.send(messages, socket, () => {
      for (const sent of whenSent) sent();
    });
  }

  /** Takes what the other side has sent; a socket belongs to the last message. */
  take(messages: unknown, socket?: Socket): void {
    for (const [to, value, third] of messages as readonly Message[]) {
      if (typeof to === 'number') this.#settle(to, value, third as string | undefined);
      else void this.#answer(to, value, third as number | undefined, socket);
    }
  }

  async #answer(name: string, argument: unknown, call: number | undefined, socket?: Socket): Promise<void> {
    const offered = this.#offers[name];
    if (call === undefined) {
      offered?.(argument as never, socket);
      return;
    }
    try {
      const value = await offered?.(argument as never, socket);
      this.#send([call, value ?? null]);
    } catch (error) {
      this.#send([call, null, error instanceof Error ? error.message : String(error)]);
    }
  }

  #settle(call: number, value: unknown, problem: string | undefined): void {
    const waiting = this.#waiting.get(call);
    this.#waiting.delete(call);
    if (problem === undefined) waiting?.resolve(value);
    else waiting?.reject(new Error(problem));
  }

  /** The other side has gone: nothing is sent any more, and who waits for an answer is told. Idempotent. */
  close(): void {
    this.#isClosed = true;
    for (const waiting of this.#waiting.values()) waiting.reject(gone());
    this.#waiting.clear();
  }
}

function gone(): Error {
  return new Error('The other process has gone.');
}
