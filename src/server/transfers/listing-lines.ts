/** Turns batches of entries into chunks of bytes, one line an entry, CRLF at its end. */

import { encodePathText, type Entry, isCleanText } from '../../protocol/index.ts';

/** Characters that gather before a chunk is sent. */
const chunkCharacters = 64 * 1024;

function bytesOf(text: string): Buffer {
  return isCleanText(text) ? Buffer.from(text, 'utf8') : Buffer.from(encodePathText(text));
}

export async function* linesOf(
  batches: AsyncIterable<readonly Entry[]>,
  lineOf: (entry: Entry) => string,
): AsyncGenerator<Buffer> {
  let text = '';
  for await (const batch of batches) {
    for (const entry of batch) text += `${lineOf(entry)}\r\n`;
    if (text.length < chunkCharacters) continue;
    yield bytesOf(text);
    text = '';
  }
  if (text !== '') yield bytesOf(text);
}
