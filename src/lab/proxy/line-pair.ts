/** One line through the proxy: the leg to the client, the leg to the server, both ways between them, and all ways to end it. */

import { releaseChunks } from '../../net/index.ts';
import type { Departure, HalfEnd, Leg } from './leg.ts';
import { Way } from './way.ts';

export type LineKind = 'control' | 'data';
/** `up`: from the client to the server. */
export type Direction = 'up' | 'down';
export type Side = 'client' | 'server';

/** How long a line that both have left waits for its last bytes to be taken. */
const lingerMs = 2_000;

export const senderOf = { up: 'client', down: 'server' } as const satisfies Record<Direction, Side>;

export interface LineHooks {
  moved(line: LinePair, direction: Direction, bytes: number): void;
  /** One program has left. */
  left(line: LinePair, side: Side, how: Departure): void;
  /** Both legs are closed. */
  closed(line: LinePair): void;
}

/** Reads a line along, and passes everything on by itself. */
export interface LineReader {
  bytes(direction: Direction, chunk: Buffer): void;
  left(direction: Direction, how: Departure): void;
}

export class LinePair {
  readonly kind: LineKind;
  /** `control 1`, `data 2`. */
  readonly name: string;
  readonly legs: Readonly<Record<Side, Leg>>;
  readonly ways: Readonly<Record<Direction, Way>>;
  readonly #hooks: LineHooks;
  readonly #timers = new Set<NodeJS.Timeout>();
  #isClosed = false;
  #isLingering = false;

  constructor(kind: LineKind, name: string, client: Leg, server: Leg, hooks: LineHooks) {
    this.kind = kind;
    this.name = name;
    this.legs = { client, server };
    this.#hooks = hooks;
    const way = (direction: Direction, source: Leg, target: Leg): Way =>
      new Way(source, target, {
        moved: (bytes) => hooks.moved(this, direction, bytes),
        left: (how) => hooks.left(this, senderOf[direction], how),
      });
    this.ways = { up: way('up', client, server), down: way('down', server, client) };
  }

  /** Begins to relay; `reader` stands between the legs and the ways where the proxy reads along. */
  start(reader?: LineReader): void {
    for (const direction of ['up', 'down'] as const) {
      const way = this.ways[direction];
      const back = this.ways[direction === 'up' ? 'down' : 'up'];
      way.source.start({
        bytes: (chunk) => {
          if (reader !== undefined) reader.bytes(direction, chunk);
          else if (way.take(chunk)) releaseChunks([chunk]);
        },
        left: (how) => {
          if (reader === undefined) this.leave(direction, how);
          else reader.left(direction, how);
        },
        drained: () => back.drained(),
        closed: () => this.#look(),
      });
    }
  }

  /** The sender of a direction has left, and all that it has said is on its way. */
  leave(direction: Direction, how: Departure): void {
    this.ways[direction].leave(how);
    this.#look();
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Closes what nobody is on any more, and tells when nothing is open. */
  #look(): void {
    const { client, server } = this.legs;
    if (this.#isClosed) return;
    if (client.isOver && server.isOver) {
      this.#isClosed = true;
      for (const timer of this.#timers) clearTimeout(timer);
      this.#shut();
      this.#hooks.closed(this);
      return;
    }
    const isLeft = (leg: Leg): boolean => leg.isOver || leg.left !== undefined;
    if (!isLeft(client) || !isLeft(server) || this.#isLingering) return;
    const haveEnded = Object.values(this.ways).every((way) => way.isEnded || way.target.isOver);
    if (!haveEnded) return;
    this.#isLingering = true;
    this.after(lingerMs, () => {
      client.release();
      server.release();
    });
  }

  #sides(to: Side | 'both'): readonly Side[] {
    return to === 'both' ? ['client', 'server'] : [to];
  }

  #shut(): void {
    for (const way of Object.values(this.ways)) way.shut();
  }

  /** RST to one program or both; to the other one the line stays open and silent. */
  reset(to: Side | 'both'): void {
    this.#shut();
    for (const side of this.#sides(to)) this.legs[side].reset();
  }

  /** FIN to one program or both, on TLS without close_notify unless `how` says so. */
  end(to: Side | 'both', how: HalfEnd): void {
    this.#shut();
    for (const side of this.#sides(to)) {
      this.legs[side].end(how);
    }
  }

  /** Ends one direction in order towards its receiver, and throws away what its sender goes on to send. */
  truncate(direction: Direction): void {
    const way = this.ways[direction];
    way.shut();
    way.target.end(way.target.tls === undefined ? 'fin' : 'close-notify');
  }

  /** Runs `work` after a while, unless the line is closed by then. */
  after(ms: number, work: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      work();
    }, ms);
    this.#timers.add(timer);
  }

  /** Closes both legs with RST; for the end of the proxy. */
  destroy(): void {
    this.#shut();
    for (const leg of Object.values(this.legs)) {
      leg.reset();
    }
  }
}
