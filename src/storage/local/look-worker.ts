/** The thread that looks at entries of folders: names come in by the group, their facts go back as numbers. */

import fs from 'node:fs';
import { parentPort } from 'node:worker_threads';

import { cameUp, factsPerName, type LookAnswer, type LookOrder } from './look-message.ts';

/** One part in so many of its time that the thread works is more than it gets to do behind a disk. */
const busyShare = 8;

// Nobody reads where an error came from, and a folder may have thousands.
Error.stackTraceLimit = 0;

parentPort?.on('message', ({ id, prefix, names, budgetMs }: LookOrder) => {
  const facts = new Float64Array(names.length * factsPerName);
  const isSlow = slownessWatch(budgetMs);
  let count = 0;
  for (const name of names) {
    if (isSlow()) break;
    const stats = lookAt(prefix, name);
    if (stats !== undefined && !stats.isSymbolicLink()) {
      const at = count * factsPerName;
      facts[at] = stats.dev;
      facts[at + 1] = stats.ino;
      facts[at + 2] = stats.mode;
      facts[at + 3] = stats.size;
      facts[at + 4] = stats.mtimeMs;
    }
    count += 1;
  }
  const answer: LookAnswer = { id, count, facts };
  parentPort?.postMessage(answer, [facts.buffer]);
});

parentPort?.postMessage(cameUp, []);

/**
 * Says true when the calls have taken so long, unless the thread has worked for a good part of that time: then it is
 * a busy processor that makes them slow, and they would be no quicker elsewhere.
 */
function slownessWatch(budgetMs: number): () => boolean {
  const begun = performance.now();
  const workedBefore = process.threadCpuUsage();
  let until = begun + budgetMs;
  return () => {
    const now = performance.now();
    if (now < until) return false;
    until = now + budgetMs;
    const { user, system } = process.threadCpuUsage(workedBefore);
    return (user + system) / 1000 < (now - begun) / busyShare;
  };
}

function lookAt(prefix: string, name: string | Uint8Array): fs.Stats | undefined {
  try {
    const path = typeof name === 'string' ? prefix + name : Buffer.concat([Buffer.from(prefix), name]);
    return fs.lstatSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
