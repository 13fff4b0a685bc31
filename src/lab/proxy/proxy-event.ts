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
  /** Payload; what comes one way within a quarter of a second is joined, unless something else happens meanwhile. */
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
  readonly session: number;
  readonly line: string;
  readonly by: Side;
  readonly atMs: number;
  bytes: number;
  untilMs: number;
}

/** Stamps the events of all sessions of a proxy and joins their bytes; tells all in the order of their `atMs`. */
export class ProxyEvents {
  readonly #startedMs = performance.now();
  readonly #tell: (event: ProxyEvent) => void;
  /** By session, line and direction, in the order in which they began. */
  readonly #running = new Map<string, Running>();
  #timer: NodeJS.Timeout | undefined;

  constructor(tell: (event: ProxyEvent) => void) {
    this.#tell = tell;
  }

  #now(): number {
    return Math.round((performance.now() - this.#startedMs) * 10) / 10;
  }

  add(session: number, event: NewProxyEvent): void {
    this.flush();
    this.#tell({ ...event, atMs: this.#now(), session });
  }

  bytes(session: number, line: string, by: Side, count: number): void {
    const untilMs = this.#now();
    const key = `${session} ${line} ${by}`;
    const running = this.#running.get(key);
    if (running === undefined) {
      this.#running.set(key, { session, line, by, atMs: untilMs, bytes: count, untilMs });
      this.#timer ??= setTimeout(() => this.flush(), joinMs);
      return;
    }
    running.bytes += count;
    running.untilMs = untilMs;
  }

  /** Tells what is joined so far; at the end of the proxy, so that nothing is left. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const all = [...this.#running.values()];
    this.#running.clear();
    for (const running of all) this.#tell({ kind: 'bytes', ...running });
  }
}
