/** Whoever watches a running server from outside: each hears its events, none may hold it up. */

import type { AdminPort } from './admin-port.ts';
import type { Sink, SinkReports } from '../../console/index.ts';
import type { ServerEvent } from '../../server/index.ts';
import { printable } from '../../protocol/index.ts';
import { fileProblem } from '../file-problem.ts';
import type { LogFormat } from '../log-formats/log-format.ts';
import { DataFolder } from './data-folder.ts';
import { openSinks } from './open-sinks.ts';
import type { RunningServer } from './running-server.ts';
import type { ServeSettings } from './settings.ts';

/** All watchers that the settings ask for. */
export class Observers {
  readonly #say: (text: string) => void;
  #sinks: readonly Sink[] = [];
  #admin: AdminPort | undefined;
  readonly #reopen = (): void => {
    for (const sink of this.#sinks) sink.reopen?.();
  };

  constructor(say: (text: string) => void) {
    this.#say = say;
  }

  readonly take = (event: ServerEvent): void => {
    for (const sink of this.#sinks) sink.take(event);
    this.#admin?.take(event);
  };

  /** What the operator is told at the start, one line each. */
  get notes(): readonly string[] {
    return this.#admin === undefined ? [] : [`Metrics are at ${this.#admin.url}/metrics`];
  }

  /** Opens them, or none. Rejects with a `TwinlineError` that says what to do. */
  async open(settings: ServeSettings, server: RunningServer, format: () => Promise<LogFormat>): Promise<void> {
    // Without a listener this signal would open the debugger of the platform.
    process.on('SIGUSR1', this.#reopen);
    this.#sinks = await openSinks(settings.sinks, settings.hooks, format, this.#reports());
    if (settings.metrics === undefined) return;
    const { openAdminPort } = await import('./admin-port.ts');
    const token = settings.adminApi ? await new DataFolder(settings.dataDir).adminToken() : undefined;
    this.#admin = await openAdminPort(settings.metrics, server, () => this.#sinks, token);
  }

  #reports(): SinkReports {
    return {
      trouble: (name, error) =>
        this.#say(
          name.startsWith('hook ')
            ? `twinline: Warning: ${name} failed for ${printable(fileProblem(error))}`
            : `twinline: Warning: ${name} cannot be written: ${fileProblem(error)}. The server goes on; what happens ` +
                `meanwhile is kept up to a bound and written when it works again.`,
        ),
      recovered: (name, lost) =>
        this.#say(`twinline: ${name} is written again${lost === 0 ? '' : `; ${lost} entries were lost meanwhile`}.`),
    };
  }

  async close(): Promise<void> {
    process.off('SIGUSR1', this.#reopen);
    await Promise.all([this.#admin?.close(), ...this.#sinks.map((sink) => sink.close())]);
    for (const { name, counts } of this.#sinks) {
      if (counts.dropped > 0) this.#say(`${counts.dropped} entries of ${name} were lost.`);
    }
    this.#sinks = [];
  }
}
