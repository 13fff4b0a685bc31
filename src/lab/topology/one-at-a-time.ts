/** One process at a time builds or removes a topology: a name in the kernel stands for the right, and ends with who holds it. */

import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { TopologyError } from './tools.ts';

/** Longer than any network takes to be built, in milliseconds. */
const patienceMs = 30_000;
const lookEveryMs = 50;

/** Runs `work` when nobody else on this machine builds or removes this topology. Rejects with `TopologyError` where that never is. */
export async function oneAtATime<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
  const until = performance.now() + patienceMs;
  let held = await hold(name);
  while (held === undefined) {
    if (performance.now() > until) {
      throw new TopologyError(
        `Another process has been building or removing the topology "${name}" for ${patienceMs / 1000} s.`,
      );
    }
    await sleep(lookEveryMs);
    held = await hold(name);
  }
  try {
    return await work();
  } finally {
    held.close();
  }
}

/** An abstract address of the kernel: no file, which a crash could leave. Undefined while another process has it. */
async function hold(name: string): Promise<Server | undefined> {
  const server = createServer((socket) => socket.destroy());
  server.listen({ path: `\0twinline-topology-${name}` });
  try {
    await once(server, 'listening');
    return server;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') return undefined;
    throw error;
  }
}
