/** The thread that looks at entries of folders: names come in by the group, their facts go back as numbers. */

import fs from 'node:fs';
import { parentPort } from 'node:worker_threads';

import { cameUp, factsPerName, type LookAnswer, type LookOrder } from './look-message.ts';

// Nobody reads where an error came from, and a folder may have thousands.
Error.stackTraceLimit = 0;

parentPort?.on('message', ({ id, prefix, names, budgetMs }: LookOrder) => {
  const facts = new Float64Array(names.length * factsPerName);
  const until = performance.now() + budgetMs;
  let count = 0;
  for (const name of names) {
    if (performance.now() > until) break;
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

function lookAt(prefix: string, name: string | Uint8Array): fs.Stats | undefined {
  try {
    const path = typeof name === 'string' ? prefix + name : Buffer.concat([Buffer.from(prefix), name]);
    return fs.lstatSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
