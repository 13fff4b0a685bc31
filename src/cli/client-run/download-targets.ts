/** Where the files of a download go here, decided before the first byte moves. */

import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { TwinlineError } from '../../errors/index.ts';
import { baseName, hasControlCharacters, isCleanText, printable } from '../../protocol/index.ts';
import { fileProblem } from '../file-problem.ts';
import { UsageError } from '../usage-error.ts';
import type { RemoteMatch } from './remote-glob.ts';

export interface DownloadJob extends RemoteMatch {
  readonly local: string;
}

/** True where `--output` names a folder to put files into. */
export async function isFolder(output: string): Promise<boolean> {
  if (output.endsWith('/')) return true;
  const present = await stat(output).catch(() => undefined);
  return present?.isDirectory() === true;
}

/** Makes the folder for the files. Throws `ERR_TWINLINE_LOCAL_FILE`. */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (cause) {
    const message = `The folder "${folder}" cannot be made: ${fileProblem(cause)}.`;
    throw new TwinlineError('ERR_TWINLINE_LOCAL_FILE', message, { cause });
  }
}

/** The last name of a remote path, where it is one that a file here may have. Names of listings are whatever the server says. */
export function localName(path: string): string | undefined {
  const name = baseName(path);
  const isName = name !== '' && name !== '.' && name !== '..';
  return isName && isCleanText(name) && !hasControlCharacters(name) ? name : undefined;
}

/** A place in `folder` for each match. Throws where two files would get the same name, or one none. */
export function placesFor(matches: readonly RemoteMatch[], folder: string): DownloadJob[] {
  const taken = new Map<string, string>();
  return matches.map((match) => {
    const name = localName(match.path);
    if (name === undefined) {
      throw new UsageError(
        `"${printable(match.path)}" gives no name for a file here; fetch it by itself with -o FILE.`,
      );
    }
    const other = taken.get(name);
    if (other !== undefined) {
      throw new UsageError(
        `"${printable(other)}" and "${printable(match.path)}" would both become "${name}" here; fetch them into different folders.`,
      );
    }
    taken.set(name, match.path);
    return { ...match, local: join(folder, name) };
  });
}
