/** Puts a file or a folder in its place whole or not at all, and leaves what another process has put there first. */

import { randomBytes } from 'node:crypto';
import { link, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError } from '../../errors/index.ts';
import { errorCode, fileProblem } from '../file-problem.ts';

/** A file that belongs into a folder. */
export interface NewFile {
  readonly name: string;
  readonly content: string | Uint8Array;
  /** Permissions; 0o644 unless told. */
  readonly mode?: number;
}

/**
 * Makes `folder/name` with what `makeFiles` gives, unless it is there. Files are on disk before the name is. Throws `ConfigError`
 * and leaves nothing behind when it cannot.
 */
export async function placeFolderOnce(
  folder: string,
  name: string,
  makeFiles: () => readonly NewFile[] | Promise<readonly NewFile[]>,
): Promise<void> {
  const place = join(folder, name);
  if (await exists(place)) return;
  const draft = draftName(folder, name);
  await cleaningUp(draft, place, async () => {
    const files = await makeFiles();
    await mkdir(draft, { mode: 0o755 });
    for (const file of files) await writeDurably(join(draft, file.name), file);
    try {
      await rename(draft, place);
    } catch (error) {
      const isThere = ['ENOTEMPTY', 'EEXIST'].includes(errorCode(error));
      if (!isThere) throw error;
    }
  });
}

/** Makes `folder/file.name`, unless it is there. */
export async function placeFileOnce(folder: string, file: NewFile): Promise<void> {
  const place = join(folder, file.name);
  if (await exists(place)) return;
  const draft = draftName(folder, file.name);
  await cleaningUp(draft, place, async () => {
    await writeDurably(draft, file);
    await link(draft, place).catch((error: unknown) => {
      if (errorCode(error) !== 'EEXIST') throw error;
    });
  });
}

async function cleaningUp(draft: string, place: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw cannotMake(place, error);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** The error for something of the data folder that the system refused. */
export function cannotMake(path: string, error: unknown): ConfigError {
  const message = `${path} cannot be made: ${fileProblem(error)}; choose another folder with --data-dir.`;
  return new ConfigError('ERR_TWINLINE_CONFIG', message, { cause: error });
}

function draftName(folder: string, name: string): string {
  return join(folder, `.${name}.${randomBytes(6).toString('hex')}.new`);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function writeDurably(path: string, { content, mode = 0o644 }: NewFile): Promise<void> {
  await using file = await open(path, 'wx', mode);
  await file.writeFile(content);
  await file.sync();
}
