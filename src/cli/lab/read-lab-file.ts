/** Reads a report, a profile or a recording as a whole, and no further than such a file goes. */

import { createReadStream } from 'node:fs';
import { TwinlineError } from '../../errors/index.ts';
import { fileProblem } from '../file-problem.ts';

/** `what` begins the sentence of the `TwinlineError`, whose cause is the system's error where there is one. */
export async function readLabFile(path: string, what: string, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > maxBytes) throw new Error(`it has more than ${maxBytes} bytes`);
      chunks.push(chunk);
    }
  } catch (cause) {
    const message = `${what} "${path}" cannot be read: ${fileProblem(cause)}.`;
    throw new TwinlineError('ERR_TWINLINE_LOCAL_FILE', message, { cause });
  }
  return Buffer.concat(chunks).toString();
}
