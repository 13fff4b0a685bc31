/** Reads the configuration again while the server runs: what can change does, and a bad file changes nothing. */

import { TwinlineError } from '../../errors/index.ts';
import type { ServerTlsSettings } from '../../net/index.ts';
import type { ListenerOptions, ServerEvent } from '../../server/index.ts';
import type { UserStore } from '../../users/index.ts';
import type { OptionValues } from '../define-subcommand.ts';
import { problemsIn } from '../problems.ts';
import { FileWatch } from './file-watch.ts';
import type { GivenSettings } from './given-settings.ts';
import { type LoadedSettings, loadSettings } from './load-settings.ts';
import { prepareTls, prepareUsers, readGivenTls } from './prepare.ts';
import type { RunningServer } from './running-server.ts';
import { serverOptions } from './server-options.ts';
import type { SettingRecord } from './setting-record.ts';
import { type SettingName, settingRecords } from './setting-records.ts';
import { resolveSettings, type ServeSettings } from './settings.ts';

/** How long users that were replaced stay open for logins that are being checked: longer than any of them takes. */
const retiredUsersMs = 60_000;

export interface ReloadsOptions {
  readonly options: OptionValues;
  readonly loaded: LoadedSettings;
  readonly users: UserStore;
  /** Sockets that were handed over, which stay. */
  readonly inherited: readonly ListenerOptions[];
  readonly server: Pick<RunningServer, 'reconfigure'>;
  readonly emit: (event: ServerEvent) => void;
  /** Hears the settings of each reload that was taken; resolves when they count everywhere. */
  readonly onReload: (
    settings: ServeSettings,
    given: GivenSettings,
    tls: ServerTlsSettings | undefined,
  ) => Promise<void>;
}

/** The settings of a running server. */
export class Reloads {
  readonly #options: OptionValues;
  readonly #inherited: readonly ListenerOptions[];
  readonly #server: Pick<RunningServer, 'reconfigure'>;
  readonly #emit: (event: ServerEvent) => void;
  readonly #onReload: ReloadsOptions['onReload'];
  #loaded: LoadedSettings;
  #users: UserStore;
  readonly #retired = new Map<UserStore, NodeJS.Timeout>();
  #running: Promise<void> = Promise.resolve();
  readonly #watch: FileWatch | undefined;

  constructor({ options, loaded, users, inherited, server, emit, onReload }: ReloadsOptions) {
    this.#options = options;
    this.#loaded = loaded;
    this.#users = users;
    this.#inherited = inherited;
    this.#server = server;
    this.#emit = emit;
    this.#onReload = onReload;
    const file = options['config'];
    if (typeof file === 'string' && loaded.settings.watchConfig)
      this.#watch = new FileWatch(file, () => void this.reload());
  }

  /** As they are now. */
  get settings(): ServeSettings {
    return this.#loaded.settings;
  }

  /** Reads everything again, one time after the other. Never rejects: what is wrong is an event, and the old settings stay. */
  reload(): Promise<void> {
    this.#running = this.#running.then(() => this.#tryReload());
    return this.#running;
  }

  async #tryReload(): Promise<void> {
    try {
      await this.#reload();
    } catch (error) {
      const problems =
        error instanceof TwinlineError ? problemsIn(error).map(({ message }) => message) : [String(error)];
      this.#emit({ at: Date.now(), type: 'settings-refused', problems });
    }
  }

  async #reload(): Promise<void> {
    const before = this.#loaded.given;
    const fresh = await loadSettings(this.#options);
    const records: readonly SettingRecord[] = settingRecords;
    const differing = records.filter(({ name }) => !fresh.given.isSame(before, name as SettingName));
    const later = differing.filter(({ reload }) => reload === 'restart').map(({ name }) => name as SettingName);
    const given = fresh.given.keeping(before, later);
    const settings = later.length === 0 ? fresh.settings : resolveSettings(given);
    const { tls } = await prepareTls(settings, await readGivenTls(settings));
    const { users } = await prepareUsers(settings);
    try {
      await this.#server.reconfigure(serverOptions(settings, { users, tls }, this.#inherited));
    } catch (error) {
      await users.close();
      throw error;
    }
    this.#retire(this.#users);
    this.#users = users;
    this.#loaded = { settings, given };
    await this.#onReload(settings, given, tls?.tlsSettings);
    const changed = differing.map(({ name }) => name).filter((name) => !later.includes(name as SettingName));
    this.#emit({ at: Date.now(), type: 'settings-reloaded', changed, afterRestart: later });
  }

  #retire(users: UserStore): void {
    const timer = setTimeout(() => {
      this.#retired.delete(users);
      // A store that cannot be closed any more has nothing left to lose.
      users.close().catch(() => undefined);
    }, retiredUsersMs);
    this.#retired.set(users, timer.unref());
  }

  /** Ends what reloads have opened; a reload that runs is waited for. */
  async close(): Promise<void> {
    this.#watch?.close();
    await this.#running;
    for (const [users, timer] of this.#retired) {
      clearTimeout(timer);
      await users.close();
    }
    this.#retired.clear();
    await this.#users.close();
  }
}
