/** One run of the shell: its sessions, its folder on the server, and what it prints to. */

import { type Client, type ClientPool, createPool } from '../../client/index.ts';
import type { ClientCall } from '../client-options/index.ts';
import { maxParallel } from '../client-run/over-sessions.ts';
import { withInterrupts } from '../interrupt.ts';
import type { Output } from '../output.ts';
import { pathInShell, type ShellPlace } from './shell-place.ts';

export class ShellState implements ShellPlace, AsyncDisposable {
  readonly call: ClientCall;
  readonly pool: ClientPool;
  readonly output: Output;
  /** Set by `exit`. */
  isOver = false;
  /** Empty where the server does not say. */
  loginDirectory = '';
  #directory = '';
  #previous = '';

  constructor(call: ClientCall, output: Output) {
    this.call = call;
    this.pool = createPool(call.connect, { size: maxParallel });
    this.output = { ...output, shell: this };
  }

  get directory(): string {
    return this.#directory;
  }

  /** Runs `work` with a session; Ctrl-C aborts it and keeps the session. */
  withClient<Result>(work: (client: Client, signal: AbortSignal) => Promise<Result>): Promise<Result> {
    return withInterrupts(this.output, this.call.maxTimeMs, (signal) =>
      this.pool.use((client) => work(client, signal), { signal }),
    );
  }

  /** Connects, and begins in the folder of the URL. Rejects where there is no login or no such folder. */
  async begin(): Promise<void> {
    await this.withClient((client) => {
      this.loginDirectory = client.loginDirectory ?? '';
      return Promise.resolve();
    });
    this.#directory = this.loginDirectory;
    this.#previous = this.loginDirectory;
    const path = this.call.url.path.replace(/(?<=.)\/+$/, '');
    if (path !== '') await this.changeDirectory(path);
  }

  /** `-` is the folder before. The server says whether there is one of that name. */
  async changeDirectory(word: string): Promise<void> {
    const wanted = word === '-' ? this.#previous : pathInShell(word, this);
    await this.withClient(async (client, signal) => {
      await client.changeDirectory(wanted === '' ? '.' : wanted, { signal });
      this.#previous = this.#directory;
      this.#directory = await client.workingDirectory({ signal });
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.pool.quit();
  }
}
