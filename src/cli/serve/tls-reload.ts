/** Brings new certificates into a running server: when their files change, and when somebody asks for it. */

import { unwatchFile, watchFile } from 'node:fs';
import type { CertificatePair, ServerTlsSettings } from '../../net/index.ts';
import type { ServerEvent } from '../../server/index.ts';
import { describeCertificate } from './certificate.ts';
import { loadTls, tlsFiles } from './load-tls.ts';
import type { RunningServer } from './running-server.ts';
import type { ServeSettings } from './settings.ts';

/** How often the files are looked at: asking is cheap, and works on every file system and through links. */
const lookEveryMs = 5_000;
/** A certificate and its key are two files: the second has come by then. */
const settleMs = 1_000;

export interface TlsReloadOptions {
  readonly settings: ServeSettings;
  readonly server: Pick<RunningServer, 'replaceTlsSettings'>;
  /** Takes the event that tells of settings that could not be used. */
  readonly take: (event: ServerEvent) => void;
  /** For tests. */
  readonly lookEveryMs?: number;
  readonly settleMs?: number;
}

export class TlsReload {
  readonly #options: TlsReloadOptions;
  #settings: ServeSettings;
  #files: readonly string[] = [];
  /** The certificate that an authority has given, in place of the first of the settings. */
  #ordered: CertificatePair | undefined;
  #timer: NodeJS.Timeout | undefined;
  #loading: Promise<boolean> = Promise.resolve(true);
  #closed = false;

  constructor(options: TlsReloadOptions) {
    this.#options = options;
    this.#settings = options.settings;
  }

  /** Looks after the files of these settings from now on; the server has them already. */
  follow(settings: ServeSettings): void {
    this.#unwatch();
    this.#settings = settings;
    if (this.#closed || settings.tls === 'off') return;
    this.#files = tlsFiles(settings);
    const interval = this.#options.lookEveryMs ?? lookEveryMs;
    for (const file of this.#files) watchFile(file, { interval, persistent: false }, this.#onChange);
  }

  readonly #onChange = (): void => {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.reload(), this.#options.settleMs ?? settleMs).unref();
  };

  /** Presents a certificate that an authority has given, from now on. */
  present(pair: CertificatePair): Promise<boolean> {
    this.#ordered = pair;
    return this.reload();
  }

  /**
   * Reads the files anew. Resolves with true when the server goes by them, and with false when they cannot be used: the
   * server keeps what it has, and the log says what to do. One at a time.
   */
  reload(): Promise<boolean> {
    this.#loading = this.#loading.then(() => this.#reload());
    return this.#loading;
  }

  async #reload(): Promise<boolean> {
    try {
      const tlsSettings = await this.#load();
      if (this.#closed || tlsSettings === undefined) return true;
      this.#options.server.replaceTlsSettings(tlsSettings);
      return true;
    } catch (error) {
      this.#options.take({ at: Date.now(), type: 'tls-settings-refused', error });
      return false;
    }
  }

  async #load(): Promise<ServerTlsSettings | undefined> {
    const ordered = this.#ordered && describeCertificate(this.#ordered, this.#settings.dataDir);
    return (await loadTls(this.#settings, ordered))?.tlsSettings;
  }

  #unwatch(): void {
    for (const file of this.#files) unwatchFile(file, this.#onChange);
    this.#files = [];
    clearTimeout(this.#timer);
  }

  /** Resolves when nothing is being read any more. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#unwatch();
    await this.#loading;
  }
}
