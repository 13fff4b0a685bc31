/** The process of one worker, as the main process holds it: its start, its messages, its end. */

import { type ChildProcess, fork } from 'node:child_process';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { ConfigError } from '../../../errors/index.ts';
import type { MessagePort } from '../../../server/index.ts';
import type { WorkerOrders, WorkerStart } from './orders.ts';

const entry = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? './worker-main.ts' : './worker-main.js', import.meta.url),
);

export class WorkerChild implements MessagePort {
  readonly #child: ChildProcess;
  /** Resolves with how the process has ended, in words. */
  readonly ended: Promise<string>;
  /** Sockets that are on their way. */
  readonly #underWay = new Set<Socket>();

  constructor(orders: WorkerOrders) {
    this.#child = fork(entry, [], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    this.ended = new Promise((resolve) => {
      this.#child.once('error', (error) => resolve(error.message));
      this.#child.once('exit', (code, signal) => {
        for (const socket of this.#underWay) socket.destroy();
        resolve(signal === null ? `it ended with exit code ${code}` : `it was ended by ${signal}`);
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
    const start = await Promise.race([started, this.ended]);
    if (typeof start !== 'string' && 'ready' in start) return;
    const reason = typeof start === 'string' ? start : start.problem;
    throw new ConfigError('ERR_TWINLINE_CONFIG', `A worker cannot be started: ${reason}`);
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
    this.#underWay.add(socket);
    this.#child.send(message, socket, () => {
      this.#underWay.delete(socket);
      socket.destroy();
    });
  }

  /** The process ends by itself when it hears of it. */
  dismiss(): void {
    if (this.#child.connected) this.#child.disconnect();
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}
