/** Whoever watches a running server from outside: each hears its events, none may hold it up. */

import type { ServerEvent, FtpsServer } from '../../server/index.ts';
import { openAdminPort } from './admin-port.ts';
import type { ServeSettings } from './settings.ts';

/** One watcher. */
export interface Observer {
  /** Takes an event; returns at once and never throws. */
  take(event: ServerEvent): void;
  /** What the operator is told about it at the start, one line each. */
  readonly notes: readonly string[];
  close(): Promise<void>;
}

/** All watchers that the settings ask for. */
export class Observers {
  #open: readonly Observer[] = [];

  readonly take = (event: ServerEvent): void => {
    for (const observer of this.#open) observer.take(event);
  };

  get notes(): readonly string[] {
    return this.#open.flatMap((observer) => observer.notes);
  }

  /** Opens them, or none. Rejects with a `TwinlineError` that says what to do. */
  async open(settings: ServeSettings, server: FtpsServer): Promise<void> {
    if (settings.metrics !== undefined) this.#open = [await openAdminPort(settings.metrics, server)];
  }

  async close(): Promise<void> {
    const open = this.#open;
    this.#open = [];
    await Promise.all(open.map((observer) => observer.close()));
  }
}
