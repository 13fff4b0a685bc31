/** The process of one worker, as the main process holds it: its start, its messages, its end. */

import { type ChildProcess, fork } from 'node:child_process';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { ConfigError, TwinlineError } from '../../../errors/index.ts';
import type { WorkerPort } from '../../../server/index.ts';
import type { WorkerOrders, WorkerStart } from './orders.ts';

const entry = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? './worker-main.ts' : './worker-main.js', import.meta.url),
);

/** How long a worker may take from its start until it can serve. */
const startMs = 120_000;

const notStarted = 'A worker cannot be started:';
const whereToLook = 'Its own words, if any, stand above this; the log of the system tells whether memory was short.';

/** What Node has of a socket. Closing it again does nothing. */
interface ClosableHandle {
  close(): void;
}

export class WorkerChild implements WorkerPort {
  readonly #child: ChildProcess;
  /** Resolves with how the process has ended, in words. */
  readonly ended: Promise<string>;
  /** Sockets that are on their way. */
  readonly #underWay = new Set<Socket>();
  /** The handle of the last socket that was sent, which Node forgets when the process dies before it has taken it. */
  #lastSent: ClosableHandle | undefined;
  #killedFor: string | undefined;

  constructor(orders: WorkerOrders) {
    this.#child = fork(entry, [], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    this.ended = new Promise((resolve) => {
      this.#child.on('error', (error) => {
        if (this.#child.pid === undefined) resolve(error.message);
      });
      this.#child.once('exit', (code, signal) => {
        const how = signal === null ? `it ended with exit code ${code}` : `it was ended by ${signal}`;
        this.#onceAllIsRead(() => {
          this.#dropUnderWay();
          resolve(this.#killedFor ?? how);
        });
      });
    });
    this.send(orders);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Resolves when it can take connections; rejects with what keeps it from that. */
  async ready(): Promise<void> {
    const started = new Promise<WorkerStart>((resolve) =>
      this.#child.once('message', (start) => resolve(start as WorkerStart)),
    );
    const late = setTimeout(() => this.kill(`it was not ready within ${startMs / 1000} s`), startMs);
    const start = await Promise.race([started, this.ended]).finally(() => clearTimeout(late));
    if (typeof start !== 'string' && 'ready' in start) return;
    if (typeof start !== 'string') throw new ConfigError('ERR_TWINLINE_CONFIG', `${notStarted} ${start.problem}`);
    // No setting is to blame: a supervisor may try again.
    throw new TwinlineError('ERR_TWINLINE_SYSTEM', `${notStarted} ${start}. ${whereToLook}`);
  }

  onMessage(take: (message: unknown) => void): void {
    this.#child.on('message', take);
  }

  send(message: unknown, socket?: Socket, sent: () => void = () => undefined): void {
    if (!this.#child.connected) {
      socket?.destroy();
      return;
    }
    // A failure is the end of the process, which is heard of on its own.
    if (socket === undefined) this.#child.send(message as object, sent);
    else this.#sendSocket(message as object, socket);
  }

  #sendSocket(message: object, socket: Socket): void {
    // Else the listener would wait, when it closes, for what the process says of sockets that it may not live to close.
    Object.assign(socket, { server: undefined });
    const { _handle: handle } = socket as Socket & { readonly _handle?: ClosableHandle | null };
    this.#underWay.add(socket);
    this.#child.send(message, socket, () => {
      this.#underWay.delete(socket);
      this.#lastSent = handle ?? undefined;
      socket.destroy();
    });
  }

  /** What a process has said before its end can come after the news of its end. */
  #onceAllIsRead(then: () => void): void {
    if (!this.#child.connected) {
      then();
      return;
    }
    // Of a connection that was on its way there is no `disconnect`, and of one that was ended here no `close`.
    this.#child.once('disconnect', then);
    this.#child.once('close', then);
  }

  /** Else clients of a process that has died would wait for it. */
  #dropUnderWay(): void {
    for (const socket of this.#underWay) socket.destroy();
    this.#lastSent?.close();
  }

  /** The process ends by itself when it hears of it. */
  dismiss(): void {
    if (this.#child.connected) this.#child.disconnect();
  }

  kill(reason?: string): void {
    this.#killedFor ??= reason;
    this.#child.kill('SIGKILL');
  }
}
