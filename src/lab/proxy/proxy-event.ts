/** What the proxy tells while it runs: the content of recordings, and of the lines on a terminal. */

import type { Departure } from './leg.ts';
import type { Side } from './line-pair.ts';

interface EventBase {
  /** Milliseconds since the proxy began. */
  readonly atMs: number;
  readonly session: number;
  /** `control 1`, `data 2`: numbers count within a session; absent for what concerns no line. */
  readonly line?: string;
}

export type ProxyEvent =
  | (EventBase & { readonly kind: 'connected'; readonly by: Side; readonly text: string })
  /** A command or a line of a reply as the sender wrote it; secrets masked. */
  | (EventBase & { readonly kind: 'text'; readonly by: Side; readonly text: string })
  /** What the proxy wrote in place of the text before, or on its own. */
  | (EventBase & { readonly kind: 'changed'; readonly by: Side; readonly text: string })
  /** Payload; consecutive pieces of one direction are joined. */
  | (EventBase & { readonly kind: 'bytes'; readonly by: Side; readonly bytes: number; readonly untilMs: number })
  | (EventBase & { readonly kind: 'tls'; readonly by: Side; readonly text: string })
  /** How a program has left its line. */
  | (EventBase & { readonly kind: 'ended'; readonly by: Side; readonly how: Departure })
  | (EventBase & { readonly kind: 'fault'; readonly fault: number; readonly text: string })
  | (EventBase & { readonly kind: 'closed'; readonly text: string })
  | (EventBase & { readonly kind: 'note'; readonly text: string });

type Bare<T> = T extends unknown ? Omit<T, 'atMs' | 'session'> : never;
export type NewProxyEvent = Bare<Exclude<ProxyEvent, { kind: 'bytes' }>>;

/** Bytes are told together for so long. */
const joinMs = 250;

interface Running {
  readonly line: string;
  readonly by: Side;
  readonly atMs: number;
  bytes: number;
  untilMs: number;
}

/** Stamps the events of one session and joins its bytes. */
export class SessionEvents {
  readonly #session: number;
  readonly #startedMs: number;
  readonly #tell: (event: ProxyEvent) => void;
  #running: Running | undefined;

  /** `startedMs` is the `performance.now()` that times count from. */
  constructor(session: number, startedMs: number, tell: (event: ProxyEvent) => void) {
    this.#session = session;
    this.#startedMs = startedMs;
    this.#tell = tell;
  }

  #now(): number {
    return Math.round((performance.now() - this.#startedMs) * 10) / 10;
  }

  add(event: NewProxyEvent): void {
    this.flush();
    this.#tell({ ...event, atMs: this.#now(), session: this.#session });
  }

  bytes(line: string, by: Side, count: number): void {
    const untilMs = this.#now();
    const running = this.#running;
    if (running !== undefined && running.line === line && running.by === by && untilMs - running.atMs < joinMs) {
      running.bytes += count;
      running.untilMs = untilMs;
      return;
    }
    this.flush();
    this.#running = { line, by, atMs: untilMs, bytes: count, untilMs };
  }

  /** Tells what is joined so far. */
  flush(): void {
    const running = this.#running;
    if (running === undefined) return;
    this.#running = undefined;
    const { line, by, atMs, bytes, untilMs } = running;
    this.#tell({ kind: 'bytes', session: this.#session, line, by, atMs, bytes, untilMs });
  }
}
