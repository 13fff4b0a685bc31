/** The server of `twinline serve --workers N`: the listeners here, the sessions in N processes. */

import type { ServerTlsSettings } from '../../../net/index.ts';
import { loadWorkers, type ServerOptions } from '../../../server/index.ts';
import type { GivenSettings } from '../given-settings.ts';
import type { RunningServer } from '../running-server.ts';
import { ForkedStaff } from './forked-staff.ts';
import type { WorkerOrders } from './orders.ts';

export interface ServerWithWorkers extends RunningServer {
  /** Lets the workers, too, go by what a reload has read; resolves when they do. */
  followReload(given: GivenSettings, tls: ServerTlsSettings | undefined): Promise<void>;
}

/** Starts nothing yet. Throws `ConfigError` as `createServer`. */
export async function createServerWithWorkers(
  workers: number,
  given: GivenSettings,
  options: ServerOptions,
): Promise<ServerWithWorkers> {
  const { WorkersServer } = await loadWorkers();
  const warn = (text: string): void => options.onEvent?.({ at: Date.now(), type: 'warning', text });
  const orders = new Orders(workers, given, options.tlsSettings);
  const server = new WorkersServer(options, new ForkedStaff(workers, { orders: (worker) => orders.of(worker), warn }));
  return {
    start: () => server.start(),
    reconfigure: (fresh) => server.reconfigure(fresh),
    countsByOwner: () => server.countsByOwner(),
    liveSessions: () => server.liveSessions(),
    endSession: (number) => server.endSession(number),
    drain: (timeoutMs) => server.drain(timeoutMs),
    close: () => server.close(),
    replaceTlsSettings: (settings) => {
      server.replaceTlsSettings(settings);
      orders.change(undefined, settings);
    },
    followReload: (fresh, tls) => {
      orders.change(fresh, tls);
      return server.configureWorkers(orders.of(0));
    },
  };
}

/** The orders as they are now; the same object for as long as they stay. */
class Orders {
  readonly #workers: number;
  #given: string;
  #tls: ServerTlsSettings | undefined;
  #made = new Map<number, WorkerOrders>();

  constructor(workers: number, given: GivenSettings, tls: ServerTlsSettings | undefined) {
    this.#workers = workers;
    this.#given = given.snapshot();
    this.#tls = tls;
  }

  change(given: GivenSettings | undefined, tls: ServerTlsSettings | undefined): void {
    this.#given = given?.snapshot() ?? this.#given;
    this.#tls = tls ?? this.#tls;
    this.#made = new Map();
  }

  of(worker: number): WorkerOrders {
    const tls = this.#tls;
    const made = this.#made.get(worker) ?? {
      ...{ worker, workers: this.#workers, given: this.#given },
      ...(tls === undefined ? {} : { tls }),
    };
    this.#made.set(worker, made);
    return made;
  }
}
