/** Folders of small files: made, counted, and put away. */

import { chmod, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathOf } from './small-transfers.ts';

export const smallFileBytes = 4096;
/** The name of a small file, an asterisk for its number. */
export const smallFileName = 'f*';

/** Makes a folder with `count` of them. */
export async function makeSmallFiles(folder: string, count: number): Promise<void> {
  const bytes = Buffer.alloc(smallFileBytes, 0x61);
  await mkdir(folder, { recursive: true, mode: 0o755 });
  for (let index = 1; index <= count; index++) {
    await writeFile(join(folder, pathOf(smallFileName, index)), bytes, { mode: 0o644 });
  }
}

/** Rejects unless the folder holds `count` whole files and nothing else. */
export async function checkSmallFiles(folder: string, count: number): Promise<void> {
  const names = await readdir(folder);
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size));
  const whole = sizes.filter((size) => size === smallFileBytes).length;
  if (whole !== count || names.length !== count) throw new Error(`${whole} of ${count} files arrived whole.`);
}

/** Runs `work` with an empty folder that every server may write in; afterwards it must hold `count` whole files, and it goes. */
export async function withUploadFolder<T>(folder: string, count: number, work: () => Promise<T>): Promise<T> {
  await mkdir(folder);
  // The daemons serve it as a user of their own.
  await chmod(folder, 0o777);
  try {
    const result = await work();
    await checkSmallFiles(folder, count);
    return result;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
