/** What a worker of `twinline serve` has open: it serves the connections that the main process hands over. */

import type { Socket } from 'node:net';
import { loadWorkers, type WorkerOptions, type WorkerServer } from '../../../server/index.ts';
import type { LocalStorage } from '../../../storage/index.ts';
import type { UserStore } from '../../../users/index.ts';
import { tellSessions } from '../../told-sessions/tell-sessions.ts';
import { DataFolder } from '../data-folder.ts';
import { closeStorages, openStorage, prepareUsers } from '../prepare.ts';
import { serverOptions } from '../server-options.ts';
import type { ServeSettings } from '../settings.ts';
import { boundYoungGeneration } from '../young-generation.ts';
import { settingsOfOrders, type WorkerOrders } from './orders.ts';

/** How long sessions may take to settle their files when the main process is gone. */
const orphanMs = 5_000;
/** How long users that were replaced stay open for logins that are being checked. */
const retiredUsersMs = 60_000;

export class WorkerProcess {
  #server: WorkerServer | undefined;
  #storage: LocalStorage | undefined;
  readonly #storages = new Map<string, LocalStorage>();
  #users: UserStore | undefined;

  async begin(orders: WorkerOrders): Promise<void> {
    const settings = settingsOfOrders(orders);
    const root = settings.root ?? (await new DataFolder(settings.dataDir).files());
    this.#storage = await openStorage(settings, root);
    for (const [name, folder] of settings.storages) this.#storages.set(name, await openStorage(settings, folder));
    const options = await this.#options(settings, orders);
    const { WorkerServer } = await loadWorkers();
    const storages = Object.fromEntries(this.#storages);
    const port = { send: (message: unknown, _: unknown, sent?: () => void) => sendToMain(message, sent) };
    this.#server = new WorkerServer(
      { ...options, rates: settings.rates, storage: this.#storage, storages },
      port,
      (fresh) => this.#follow(fresh as WorkerOrders),
    );
    boundYoungGeneration();
    tellSessions('twinline serve');
  }

  async #options(settings: ServeSettings, { tls }: WorkerOrders): Promise<Omit<WorkerOptions, 'storage'>> {
    const { users } = await prepareUsers(settings);
    this.#users = users;
    return serverOptions(settings, { users, tls: tls && { tlsSettings: tls } }, []);
  }

  /** Goes by settings that have been read anew; those that cannot be change nothing. */
  async #follow(orders: WorkerOrders): Promise<void> {
    const before = this.#users;
    const options = await this.#options(settingsOfOrders(orders), orders);
    try {
      await this.#server?.reconfigure(options);
    } catch (error) {
      await this.#users?.close();
      this.#users = before;
      throw error;
    }
    // A store that cannot be closed any more has nothing left to lose.
    setTimeout(() => void before?.close().catch(() => undefined), retiredUsersMs).unref();
  }

  take(message: unknown, socket: Socket | undefined): void {
    this.#server?.take(message, socket);
  }

  /** The main process has gone, or is done with this one. */
  async leave(): Promise<void> {
    setTimeout(() => process.exit(0), orphanMs).unref();
    await this.#server?.orphan();
    if (this.#storage !== undefined) await closeStorages({ storage: this.#storage, storages: this.#storages });
    await this.#users?.close();
    process.exit(0);
  }
}

/** What cannot be sent any more has nobody left to read it: `disconnect` follows. */
export function sendToMain(message: unknown, sent: () => void = () => undefined): void {
  if (process.connected) process.send?.(message, undefined, undefined, sent);
}
