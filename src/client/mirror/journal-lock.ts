/** Keeps two processes from working on one mirror at once: a file with the number of the process that does. */

import { readFile, unlink, writeFile } from 'node:fs/promises';
import { TwinlineError } from '../../errors/index.ts';

interface Holder {
  readonly pid: number;
  /** When the process began, as its system counts; absent where that cannot be told. A number is given again some day. */
  readonly started?: string;
}

export class JournalLock {
  readonly #path: string;

  private constructor(path: string) {
    this.#path = path;
  }

  /** Throws `ERR_TWINLINE_LOCAL_FILE` while another process that lives has it. What a dead one left is taken over. */
  static async take(path: string): Promise<JournalLock> {
    const started = await startOf(process.pid);
    const own: Holder = { pid: process.pid, ...(started === undefined ? {} : { started }) };
    for (let tries = 0; tries < 3; tries += 1) {
      try {
        await writeFile(path, JSON.stringify(own), { flag: 'wx', mode: 0o600 });
        return new JournalLock(path);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const holder = await holderOf(path);
      if (holder !== undefined && (await isAlive(holder))) {
        const message = `Another process (${holder.pid}) is mirroring the same at the moment; wait until it has ended.`;
        throw new TwinlineError('ERR_TWINLINE_LOCAL_FILE', message);
      }
      await unlink(path).catch(() => undefined);
    }
    throw new TwinlineError(
      'ERR_TWINLINE_LOCAL_FILE',
      `The lock "${path}" cannot be taken; remove it if nothing runs.`,
    );
  }

  async release(): Promise<void> {
    await unlink(this.#path).catch(() => undefined);
  }
}

async function holderOf(path: string): Promise<Holder | undefined> {
  try {
    const holder = JSON.parse(await readFile(path, 'utf8')) as Partial<Holder>;
    return typeof holder.pid === 'number' && holder.pid > 0 ? (holder as Holder) : undefined;
  } catch {
    return undefined;
  }
}

async function isAlive({ pid, started }: Holder): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // Somebody else's process is a process.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const now = await startOf(pid);
  return started === undefined || now === undefined || now === started;
}

/** The start time in clock ticks since the boot, and the boot itself (Linux: /proc, whose field 22 it is). */
async function startOf(pid: number): Promise<string | undefined> {
  try {
    const [stat, boot] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'latin1'),
      readFile('/proc/sys/kernel/random/boot_id', 'latin1'),
    ]);
    // The name of the program, in parentheses, may hold anything.
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    return ticks === undefined ? undefined : `${boot.trim()} ${ticks}`;
  } catch {
    return undefined;
  }
}
