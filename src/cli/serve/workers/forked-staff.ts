/** Keeps the processes of all workers running: one that goes before its time is started again, ever later if it goes on. */

import type { CrewMember, WorkerStaff, WorkersServer } from '../../../server/index.ts';
import type { WorkerOrders } from './orders.ts';
import { WorkerChild } from './worker-child.ts';

/** The pause before a worker is started again; it doubles each time that the worker has not lived for `steadyMs`. */
const firstRestartMs = 100;
const lastRestartMs = 30_000;
const steadyMs = 60_000;
/** How long a worker that is dismissed may take to close its files. */
const dismissMs = 10_000;

export interface ForkedStaffOptions {
  /** As they are now, for the worker of this number. */
  orders(worker: number): WorkerOrders;
  /** Tells the operator, in a sentence. */
  warn(text: string): void;
}

/** One place: the process that fills it by now, if any. */
interface Place {
  readonly worker: number;
  child: WorkerChild | undefined;
  member: CrewMember | undefined;
  restartMs: number;
  timer: NodeJS.Timeout | undefined;
}

export class ForkedStaff implements WorkerStaff {
  readonly #options: ForkedStaffOptions;
  readonly #places: readonly Place[];
  #isStopping = false;

  constructor(workers: number, options: ForkedStaffOptions) {
    this.#options = options;
    this.#places = Array.from({ length: workers }, (_, index) => ({
      ...{ worker: index + 1, child: undefined, member: undefined },
      ...{ restartMs: firstRestartMs, timer: undefined },
    }));
  }

  async start(server: WorkersServer): Promise<void> {
    const started = await Promise.allSettled(this.#places.map((place) => this.#fill(place, server)));
    const failed = started.find((one) => one.status === 'rejected');
    if (failed === undefined) return;
    await this.stop();
    throw failed.reason;
  }

  /** Starts the process of a place. Rejects when it does not come to be ready. */
  async #fill(place: Place, server: WorkersServer): Promise<void> {
    const orders = this.#options.orders(place.worker);
    const child = new WorkerChild(orders);
    place.child = child;
    try {
      await child.ready();
    } catch (error) {
      child.kill();
      await child.ended;
      place.child = undefined;
      throw error;
    }
    const beganAt = performance.now();
    const member = server.join(child, place.worker, child.pid);
    child.onMessage((message) => member.take(message));
    place.member = member;
    const now = this.#options.orders(place.worker);
    // It was read anew while the process started.
    if (now !== orders) void member.line.ask('configure', now).catch(() => undefined);
    void child.ended.then((detail) => {
      place.child = undefined;
      place.member = undefined;
      if (this.#isStopping) {
        member.lost(detail);
        return;
      }
      if (performance.now() - beganAt >= steadyMs) place.restartMs = firstRestartMs;
      const { worker, restartMs } = place;
      server.lost(member, { worker, pid: child.pid, detail, restartMs });
      this.#refillLater(place, server);
    });
  }

  #refillLater(place: Place, server: WorkersServer): void {
    const { restartMs, worker } = place;
    place.restartMs = Math.min(restartMs * 2, lastRestartMs);
    place.timer = setTimeout(() => {
      this.#fill(place, server).catch((error: unknown) => {
        if (this.#isStopping) return;
        const reason = error instanceof Error ? error.message : String(error);
        const waitText = `It is tried again in ${place.restartMs / 1000} s.`;
        this.#options.warn(`Worker ${worker} is missing. ${reason} ${waitText}`);
        this.#refillLater(place, server);
      });
    }, restartMs);
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    const timer = setTimeout(() => this.kill(), dismissMs);
    await Promise.all(this.#places.map((place) => dismiss(place)));
    clearTimeout(timer);
  }

  kill(): void {
    for (const { child } of this.#places) child?.kill();
  }
}

/** Lets a worker close what it has open, and waits for the end of its process. */
async function dismiss({ child, member, timer }: Place): Promise<void> {
  clearTimeout(timer);
  if (child === undefined) return;
  await Promise.race([member?.line.ask('close', null).catch(() => undefined), child.ended]);
  child.dismiss();
  await child.ended;
}
