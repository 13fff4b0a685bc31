/** Ends what a client has left running out of reach of its process group: a daemon that took a session of its own. Linux alone tells of it. */

import { readdir, readFile } from 'node:fs/promises';

/** A process may start another one while it is looked for; this often is looked again. */
const maxLooks = 3;

/** `home` is the folder that the client was given as its HOME, and nobody else. Gives the number of processes that were ended. */
export async function endStrays(home: string): Promise<number> {
  // One that was killed may still be on its way out when it is looked again.
  const ended = new Set<number>();
  for (let look = 0; look < maxLooks; look += 1) {
    const strays = (await strayIds(home)).filter((pid) => !ended.has(pid));
    if (strays.length === 0) break;
    for (const pid of strays) if (end(pid)) ended.add(pid);
  }
  return ended.size;
}

async function strayIds(home: string): Promise<readonly number[]> {
  const names = await readdir('/proc').catch(() => []);
  const ids = names.filter((name) => /^\d+$/.test(name)).map(Number);
  const isStray = await Promise.all(ids.map((pid) => hasHome(pid, home)));
  return ids.filter((pid, at) => isStray[at] === true && pid !== process.pid);
}

async function hasHome(pid: number, home: string): Promise<boolean> {
  const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
  return environment.split('\0').includes(`HOME=${home}`);
}

function end(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
    return false;
  }
}
