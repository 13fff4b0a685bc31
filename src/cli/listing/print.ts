/** Prints to standard output no faster than its reader takes it. */

import { encodePathText } from '../../protocol/index.ts';
import type { Output } from '../output.ts';

/** Bytes of names go out as they are there: `text` is path text. */
export async function print(text: string, { stdout }: Output): Promise<void> {
  if (stdout.write(Buffer.from(encodePathText(text)))) return;
  // Not `once` of node:events: it would take errors of the stream, such as a reader that has gone, from the whole process.
  await new Promise<void>((resolve) => stdout.once('drain', resolve));
}
