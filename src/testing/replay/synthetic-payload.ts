/** Payload of a recorded length, for transfers whose content a trace does not have. */

/** Bytes for a download: lines of a listing for the verbs that list, and a pattern without meaning for files. */
export function syntheticPayload(verb: string, length: number): Buffer {
  const front = listingFronts[verb];
  return front === undefined ? pattern(length) : listing(front, length);
}

const listingFronts: Readonly<Record<string, string>> = {
  MLSD: 'type=file; ',
  LIST: '-rw-r--r-- 1 ftp ftp 0 Jan  1  2000 ',
  NLST: '',
};

function pattern(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; at += 1) bytes[at] = at % 251;
  return bytes;
}

/** Longest name of a made entry, in bytes. */
const nameBytes = 24;

/** Entries with names of their own; the last line may be cut short where the length leaves it no room. */
function listing(front: string, length: number): Buffer {
  const lines: string[] = [];
  for (let made = 0; made < length;) {
    const line = `${front}${`entry-${lines.length}-`.padEnd(nameBytes, 'x')}\r\n`;
    lines.push(line);
    made += line.length;
  }
  const bytes = Buffer.from(lines.join('')).subarray(0, length);
  if (length > 1) bytes.write('\r\n', length - 2);
  return bytes;
}
