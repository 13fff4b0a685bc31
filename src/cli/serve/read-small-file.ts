/** Reads a file or pipe that somebody named in a setting: text of a bounded size. */

import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { ConfigError } from '../../errors/index.ts';
import { fileProblem } from '../file-problem.ts';

/** Certificates with long chains have some ten kilobytes; more than this is another kind of file. */
export const maxSettingFileBytes = 1_048_576;
/** How long a pipe may take for all it has to say, and how often it is asked. */
const pipeMs = 10_000;
const pipeLookMs = 10;

/** The text of the file. `what` begins the sentence of the `ConfigError` that tells what is wrong. */
export async function readSmallFile(path: string, what: string): Promise<string> {
  let bytes: Buffer | undefined;
  try {
    // A pipe without a writer would hold a thread for good, and with it the end of the process.
    await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    bytes = await readBounded(file);
    if (bytes?.length === 0 && (await file.stat()).isFIFO())
      throw new Error('it is a pipe into which nobody has written');
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
  const endsAt = Date.now() + pipeMs;
  let total = 0;
  for (;;) {
    const chunk = await readSome(file);
    if (chunk === undefined && Date.now() > endsAt)
      throw new Error(`it is a pipe that did not end in ${pipeMs / 1000} s`);
    if (chunk === undefined) {
      await wait(pipeLookMs);
      continue;
    }
    if (chunk.length === 0) return Buffer.concat(chunks);
    chunks.push(chunk);
    total += chunk.length;
    if (total > maxSettingFileBytes) return undefined;
  }
}

/** Undefined while a pipe has nothing yet. */
async function readSome(file: FileHandle): Promise<Buffer | undefined> {
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(65_536));
    return buffer.subarray(0, bytesRead);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return undefined;
    throw error;
  }
}
