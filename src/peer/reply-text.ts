/** Where a reply ends: the kit's own reading of RFC 959 section 4.2, apart from the code under test. */

/** The length of the first whole reply in `bytes` including its last CRLF, or `undefined` while it is incomplete. */
export function replyLength(bytes: Buffer): number | undefined {
  let code: string | undefined;
  for (let start = 0; ;) {
    const end = bytes.indexOf('\r\n', start);
    if (end < 0) return undefined;
    const line = bytes.toString('latin1', start, end);
    start = end + 2;
    if (code === undefined) {
      if (!/^\d\d\d-/.test(line)) return start;
      code = line.slice(0, 3);
    } else if (line === code || line.startsWith(`${code} `)) {
      return start;
    }
  }
}

/** A reply as text: its lines joined by `\n`, without the last line end. */
export function replyText(bytes: Buffer): string {
  return bytes.toString().replace(/\r\n$/, '').replaceAll('\r\n', '\n');
}
