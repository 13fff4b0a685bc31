/** The program of a worker of `twinline serve`: it is deaf to signals from its first moment on, and then loads the rest. */

import type { Socket } from 'node:net';
import type { WorkerOrders, WorkerStart } from './orders.ts';

// Signals that a terminal or a supervisor sends to all processes are for the main one, which says what is to be done.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR1'] as const) process.on(signal, () => undefined);
const leaveAtOnce = (): void => process.exit(0);
process.once('disconnect', leaveAtOnce);
const orders = new Promise<WorkerOrders>((resolve) =>
  process.once('message', (message) => resolve(message as WorkerOrders)),
);

const { sendToMain, WorkerProcess } = await import('./worker-process.ts');
const worker = new WorkerProcess();
process.on('disconnect', () => void worker.leave());
process.off('disconnect', leaveAtOnce);
sendToMain(await begin(await orders));

async function begin(given: WorkerOrders): Promise<WorkerStart> {
  // The kernel shows 15 characters, `twinline worker`, so that `conns --process worker` finds all of them.
  process.title = `twinline worker ${given.worker}`;
  let start: WorkerStart = { ready: true };
  try {
    await worker.begin(given);
  } catch (error) {
    start = { problem: error instanceof Error ? error.message : String(error) };
  }
  process.on('message', (message, socket) => worker.take(message, socket as Socket | undefined));
  return start;
}
