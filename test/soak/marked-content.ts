/** Files that say themselves what they should be, so that whoever finds one can tell whether it is whole. */

import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { seededBytes } from '../../src/testing/index.ts';

const headBytes = 16;
const magic = 0x74_77_6c_6e;

/** Least length of a marked file. */
export const leastMarkedBytes = headBytes;

/** `length` bytes that begin with a mark, their length and their seed. */
export function markedBytes(length: number, seed: number): Buffer {
  const head = Buffer.alloc(headBytes);
  head.writeUInt32BE(magic, 0);
  head.writeUInt32BE(length, 4);
  head.writeUInt32BE(seed, 8);
  return Buffer.concat([head, seededBytes(length - headBytes, seed)]);
}

/** What is wrong with the content of a file that should be marked and whole, or undefined. */
export function flawOf(bytes: Buffer): string | undefined {
  if (bytes.length < headBytes) return `it has ${bytes.length} bytes`;
  if (bytes.readUInt32BE(0) !== magic) return 'it does not begin with the mark';
  const [length, seed] = [bytes.readUInt32BE(4), bytes.readUInt32BE(8)];
  if (bytes.length !== length) return `it has ${bytes.length} of ${length} bytes`;
  return markedBytes(length, seed).equals(bytes) ? undefined : 'its bytes are not those that were sent';
}

/** What stands in a served folder. */
export interface FolderFindings {
  /** Names that users see, relative to the folder. */
  readonly files: readonly string[];
  /** One sentence for each visible file that is not whole. */
  readonly flaws: readonly string[];
  /** Hidden files with their lengths: interrupted uploads, and uploads that a dead server left. */
  readonly hidden: ReadonlyMap<string, number>;
}

/** Looks through a whole folder; all files in it must be marked. */
export async function examineFolder(folder: string): Promise<FolderFindings> {
  const files: string[] = [];
  const flaws: string[] = [];
  const hidden = new Map<string, number>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const name = path.slice(folder.length + 1);
    if (entry.name.startsWith('.twinline-')) {
      hidden.set(name, (await stat(path)).size);
      continue;
    }
    files.push(name);
    const flaw = flawOf(await readFile(path));
    if (flaw !== undefined) flaws.push(`${name}: ${flaw}`);
  }
  return { files, flaws, hidden };
}
