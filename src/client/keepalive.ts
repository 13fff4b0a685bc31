/** NOOP on the control line in the middle of a long transfer, for the firewalls that forget silent connections. */

import type { ControlSession } from './control-session.ts';
import { type Deadline, startDeadline } from '../net/index.ts';
import type { Session } from './session.ts';

/** How long replies to NOOP may come behind the final reply of the transfer, in milliseconds. */
const lateReplyMs = 3_000;

/**
 * Sends NOOP at intervals while a transfer runs. What the server does with the first one is learned and decides about all
 * others: answered at once or after the transfer, they go on; refused, or never answered, there are no more of them.
 */
export class TransferKeepalive {
  readonly #session: Session;
  readonly #control: ControlSession;
  #timer: Deadline | undefined;
  #waiting = 0;
  #isOver = false;
  #caughtUp: (() => void) | undefined;

  constructor(session: Session) {
    this.#session = session;
    this.#control = session.control;
    const { keepaliveMs } = session.options;
    this.#timer =
      keepaliveMs === undefined ? undefined : startDeadline(session.scope, keepaliveMs, () => this.#send(keepaliveMs));
  }

  #send(everyMs: number): void {
    const { noop } = this.#session.knowledge.facts;
    const isUseful = noop !== 'refused' && noop !== 'silent' && (noop === 'deferred' || this.#waiting === 0);
    if (this.#isOver || this.#control.loss !== undefined || !isUseful) return;
    this.#waiting += 1;
    this.#control.start('NOOP', undefined, {
      final: ({ code }) => {
        this.#waiting -= 1;
        this.#learn(code >= 500 ? 'refused' : this.#isOver ? 'deferred' : 'at-once');
        if (this.#waiting === 0) this.#caughtUp?.();
      },
      lost: () => {
        // A server that has never answered one and goes behind the first is not asked again.
        if (noop === undefined) this.#learn('silent');
        this.#caughtUp?.();
      },
    });
    this.#timer = startDeadline(this.#session.scope, everyMs, () => this.#send(everyMs));
  }

  #learn(noop: 'at-once' | 'deferred' | 'refused' | 'silent'): void {
    const { knowledge } = this.#session;
    // The last one of a transfer may be answered behind its end by any server.
    if (noop === 'deferred' && knowledge.facts.noop !== undefined) return;
    knowledge.learn({ noop });
  }

  /** The final reply of the transfer has come: sends no more. */
  stop(): void {
    this.#isOver = true;
    this.#timer?.stop();
  }

  /** Waits for replies that are still due, so that the next command gets its own. Within bounds, and never rejects. */
  async settle(): Promise<void> {
    this.stop();
    if (this.#waiting === 0 || this.#control.loss !== undefined || this.#control.outstanding === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#caughtUp = resolve;
    const deadline = startDeadline(this.#session.scope, lateReplyMs, resolve);
    await promise;
    deadline.stop();
    if (this.#waiting === 0 || this.#control.loss !== undefined) return;
    this.#learn('silent');
    this.#session.info('The server does not answer NOOP in a transfer; it is not sent there any more');
    if (!(await this.#control.resynchronise(this.#session.options.deadlines.abortMs))) this.#control.destroy();
  }
}
