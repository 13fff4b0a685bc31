/** Path text as the operating system takes it: text where that is exact, bytes where a name is no UTF-8. */

import { encodePathText, isCleanText } from '../protocol/index.ts';

export function nativePath(text: string): string | Buffer {
  return isCleanText(text) ? text : Buffer.from(encodePathText(text));
}
