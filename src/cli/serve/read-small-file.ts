/** Reads a file or pipe that somebody named in a setting: text of a bounded size. */

import { type FileHandle, open } from 'node:fs/promises';
import { ConfigError } from '../../errors/index.ts';
import { fileProblem } from '../file-problem.ts';

/** Certificates with long chains have some ten kilobytes; more than this is another kind of file. */
export const maxSettingFileBytes = 1_048_576;

/** The text of the file. `what` begins the sentence of the `ConfigError` that tells what is wrong. */
export async function readSmallFile(path: string, what: string): Promise<string> {
  let bytes: Buffer | undefined;
  try {
    await using file = await open(path, 'r');
    bytes = await readBounded(file);
  } catch (error) {
    const message = `${what} ${path} cannot be read: ${fileProblem(error)}.`;
    throw new ConfigError('ERR_TWINLINE_CONFIG', message, { cause: error });
  }
  if (bytes === undefined) {
    throw new ConfigError('ERR_TWINLINE_CONFIG', `${what} ${path} is longer than 1 MiB, so it must be something else.`);
  }
  return bytes.toString('utf8');
}

/** All bytes up to the end, or undefined when there are more than the bound: sizes of pipes and devices are not known. */
async function readBounded(file: FileHandle): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let total = 0;
  for (;;) {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(65_536));
    if (bytesRead === 0) return Buffer.concat(chunks);
    chunks.push(buffer.subarray(0, bytesRead));
    total += bytesRead;
    if (total > maxSettingFileBytes) return undefined;
  }
}
