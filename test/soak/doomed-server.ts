/** `twinline serve` in a process group of its own, to be killed with everything that belongs to it. */

import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { within } from '../../src/testing/index.ts';
import { cleanEnvironment, launcher } from '../fixtures/serve-process.ts';

/** One line of the JSON log. */
export type LogLine = { readonly event: string } & Readonly<Record<string, unknown>>;

export interface DoomedServerOptions {
  readonly root: string;
  readonly dataDir: string;
  readonly durability?: 'fsync' | 'rename';
  /** Where a new identity of the machine's boot is put, so that the server believes the machine was restarted. */
  readonly bootIdFile?: string | undefined;
}

/** Needs root: the file lies over the kernel's own for this process alone. */
const underOtherBoot = 'mount --bind "$0" /proc/sys/kernel/random/boot_id && exec "$@"';

export class DoomedServer {
  readonly log: LogLine[] = [];
  stderr = '';
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  readonly #watchers = new Set<() => void>();
  #rest = '';

  constructor({ root, dataDir, durability = 'fsync', bootIdFile }: DoomedServerOptions) {
    const settings = ['--root', root, '--data-dir', dataDir, '--durability', durability, '--user', 'user:pass'];
    const words = ['serve', '--listen', '127.0.0.1:0', '--tls', 'optional', '--log-format', 'json', ...settings];
    const server = [process.execPath, launcher, ...words];
    if (bootIdFile !== undefined) writeFileSync(bootIdFile, `${randomUUID()}\n`);
    const line =
      bootIdFile === undefined ? server : ['unshare', '-m', 'sh', '-c', underOtherBoot, bootIdFile, ...server];
    this.#child = spawn(line[0] ?? '', line.slice(1), {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...cleanEnvironment },
    });
    this.#exited = once(this.#child, 'close').then(() => this.#wake());
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => this.#take(text));
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
  }

  #take(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.log.push(JSON.parse(line) as LogLine);
    this.#wake();
  }

  #wake(): void {
    for (const look of this.#watchers) look();
  }

  /** The first log line of an event, now or soon. Rejects when the process ends before. */
  async event(name: string): Promise<LogLine> {
    const { promise, resolve, reject } = Promise.withResolvers<LogLine>();
    const look = (): void => {
      const line = this.log.find(({ event }) => event === name);
      if (line !== undefined) resolve(line);
      else if (this.#child.exitCode !== null || this.#child.signalCode !== null) {
        reject(new Error(`The server ended before the event ${name}.\n${this.stderr}`));
      }
    };
    this.#watchers.add(look);
    try {
      look();
      return await within(promise, `the server's event ${name}`, 30_000);
    } finally {
      this.#watchers.delete(look);
    }
  }

  /** Waits until the server serves; resolves with its port. */
  async online(): Promise<number> {
    await this.event('online');
    return Number((await this.event('listening'))['port']);
  }

  /** Kills the whole process group without warning; resolves when it is gone. */
  async kill(): Promise<void> {
    const { pid, exitCode, signalCode } = this.#child;
    if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, 'SIGKILL');
    await this.#exited;
  }
}
