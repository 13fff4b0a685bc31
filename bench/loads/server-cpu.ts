/** Processor time of a server over one piece of work, the processes of its sessions included. */

import { setTimeout as sleep } from 'node:timers/promises';
import { cpuSeconds, processTree } from '../../test/fixtures/peers/index.ts';
import type { Subject } from '../workload.ts';

const patienceMs = 3000;
const pauseMs = 20;

/** The fewest processes that a server was seen with: those that it has without a session. */
const fewest = new WeakMap<Subject, number>();

/** Waits until the processes of former sessions have ended, so that their time counts as that of children. */
async function idle(subject: Subject): Promise<void> {
  for (let waited = 0; waited < patienceMs; waited += pauseMs) {
    const count = processTree(subject.pid).length;
    const known = fewest.get(subject);
    if (known === undefined || count < known) fewest.set(subject, count);
    if (known !== undefined && count <= known) return;
    await sleep(pauseMs);
  }
}

/** What the server used while `work` ran, its own threads and processes and those of its sessions. */
export async function serverCpuSeconds<T>(
  subject: Subject,
  work: () => Promise<T>,
): Promise<{ value: T; cpu: number }> {
  await idle(subject);
  const before = cpuSeconds(subject.pid);
  const value = await work();
  await idle(subject);
  return { value, cpu: cpuSeconds(subject.pid) - before };
}
