/** The driver's end of a load process for sessions. */

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Subject } from '../../workload.ts';
import type { Target } from '../ftp-control.ts';
import type { AnswerMessage, AnswerOf, OrderName, OrderOf } from './orders.ts';

export const targetOf = ({ host, controlPort, user, password }: Subject): Target => ({
  host,
  port: controlPort,
  user,
  password,
});

/** A process that takes one order at a time. Its sessions end with it. */
export class LoadProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #ended: Promise<never>;

  constructor() {
    this.#child = fork(join(import.meta.dirname, 'program.ts'), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.#ended = once(this.#child, 'exit').then(([code, signal]) => {
      throw new Error(`The load process ended with ${code ?? signal}.`);
    });
    // Nobody waits for an answer at the end.
    this.#ended.catch(() => {});
  }

  /** Rejects with what went wrong, and when there is no answer in `timeoutMs`. */
  async order<Name extends OrderName>(name: Name, order: OrderOf<Name>, timeoutMs = 180_000): Promise<AnswerOf<Name>> {
    const answered = once(this.#child, 'message', { signal: AbortSignal.timeout(timeoutMs) });
    this.#child.send({ name, order });
    const [message] = (await Promise.race([answered, this.#ended])) as [AnswerMessage];
    if ('error' in message) throw new Error(`${name}: ${message.error}`);
    return message.answer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGKILL');
    await this.#ended.catch(() => {});
  }
}
