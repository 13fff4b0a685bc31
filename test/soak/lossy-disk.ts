/** A file system whose unsynced writes are lost on demand: ext4 on a loop device that is shut down without its journal. */

import { truncate, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTempFolder, runCommand, type TempFolder } from '../../src/testing/index.ts';

/**
 * EXT4_IOC_SHUTDOWN with EXT4_GOING_FLAGS_NOLOGFLUSH: nothing that waits in memory is written any more, neither data nor
 * journal, and every later call fails. The next mount finds what a loss of power would have left.
 */
const shutdownProgram = `
import fcntl, os, struct, sys
fcntl.ioctl(os.open(sys.argv[1], os.O_RDONLY), 0x8004587D, struct.pack('I', 2))
`;

/**
 * No safety nets: ext4 writes the data of a file by itself when it replaces another (auto_da_alloc), and its journal
 * every five seconds (commit).
 */
const mountOptions = 'loop,noauto_da_alloc,commit=300';
const imageBytes = 1024 * 1024 * 1024;

async function run(command: string, ...args: string[]): Promise<void> {
  const { exitCode, stderr } = await runCommand(command, args);
  if (exitCode !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr.trim() || `exit code ${exitCode}`}`);
}

/** Tries again for a few seconds. */
async function patiently(work: () => Promise<void>): Promise<void> {
  for (let left = 200; ; left -= 1) {
    try {
      return await work();
    } catch (error) {
      if (left === 0) throw error;
      await sleep(20);
    }
  }
}

/** A mounted disk of its own. */
export class LossyDisk implements AsyncDisposable {
  readonly #folder: TempFolder;
  #isMounted = false;

  private constructor(folder: TempFolder) {
    this.#folder = folder;
  }

  /** Rejects with the reason on machines that cannot have one: it takes root, loop devices, ext4, Python and `unshare`. */
  static async create(): Promise<LossyDisk> {
    const disk = new LossyDisk(await createTempFolder('twinline-disk-'));
    try {
      await writeFile(disk.#image, '');
      await truncate(disk.#image, imageBytes);
      await run('mkfs.ext4', '-q', '-F', '-m', '0', disk.#image);
      await run('mkdir', disk.path);
      await disk.#mount();
      await run('python3', '-c', 'import fcntl');
      await run('unshare', '-m', 'sh', '-c', 'mount --bind /dev/null /proc/sys/kernel/random/boot_id');
      return disk;
    } catch (error) {
      await disk[Symbol.asyncDispose]();
      throw error;
    }
  }

  get #image(): string {
    return this.#folder.join('image');
  }

  /** Where it is mounted. */
  get path(): string {
    return this.#folder.join('mounted');
  }

  async #mount(): Promise<void> {
    await run('mount', '-t', 'ext4', '-o', mountOptions, this.#image, this.path);
    this.#isMounted = true;
  }

  async #unmount(): Promise<void> {
    // A process that was killed a moment ago may still be letting go of its files, and its view of the mounts after that.
    await patiently(() => run('umount', this.path));
    this.#isMounted = false;
    await patiently(async () => {
      // While the loop device is there the next mount would get the file system that was shut down.
      const { stdout } = await runCommand('losetup', ['-j', this.#image]);
      if (stdout.length > 0) throw new Error(`${this.#image} is still in use: ${stdout.toString().trim()}`);
    });
  }

  /** The power goes. What runs on the disk meets errors from now on. */
  cutPower(): Promise<void> {
    return run('python3', '-c', shutdownProgram, this.path);
  }

  /** The power is back. Nobody may use the disk any more. */
  async restorePower(): Promise<void> {
    await this.#unmount();
    await this.#mount();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isMounted) await this.#unmount();
    await this.#folder.remove();
  }
}

/** Why this machine cannot have such a disk, undefined when it can. */
export async function lossyDiskMissing(): Promise<string | undefined> {
  try {
    await using disk = await LossyDisk.create();
    await disk.cutPower();
    return undefined;
  } catch (error) {
    return `no file system can be made here whose unsynced writes are dropped (${(error as Error).message})`;
  }
}
