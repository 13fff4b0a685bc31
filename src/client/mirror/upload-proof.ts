/** Proves uploads of small files by one listing of their folder, in place of a SIZE for each of them. */

import { ReplyError } from '../../errors/index.ts';
import type { Client } from '../client.ts';
import type { FilePair } from './pairing.ts';
import type { RemoteTree } from './remote-tree.ts';
import { splitPath } from './tree.ts';

/** Files that are larger are worth a command of their own: what is wrong with one is known before the next is sent. */
const maxListedBytes = 1024 * 1024;
/** For fewer files of a folder a data connection costs more than it saves. */
const fewestFiles = 8;
/** So many entries are read for one file at most: a line of a listing costs far less than a command. */
const maxEntriesPerFile = 16;

/** A file that the server has confirmed, with the bytes that it must have. */
export interface SentFile {
  readonly pair: FilePair;
  readonly bytes: number;
}

interface Folder {
  /** Files that are not settled yet. */
  left: number;
  readonly sent: SentFile[];
}

/** What one mirror has sent and not proved yet, by folder of the target. */
export class UploadProof {
  readonly #remote: RemoteTree;
  readonly #folders = new Map<string, Folder>();

  constructor(remote: RemoteTree) {
    this.#remote = remote;
  }

  /** Takes on the files that will be copied into one folder, where that pays; the folder has or gets so many entries. */
  plan(files: readonly FilePair[], entries: number): void {
    const small = files.filter(isSmall);
    const [first] = small;
    const isWorthIt = small.length >= fewestFiles && entries <= small.length * maxEntriesPerFile;
    if (first === undefined || !isWorthIt || !this.#remote.isExact) return;
    this.#folders.set(folderOf(first), { left: small.length, sent: [] });
  }

  /** True when the file is proved by the listing of its folder, and needs no SIZE. */
  covers(pair: FilePair): boolean {
    return isSmall(pair) && this.#folders.has(folderOf(pair));
  }

  sent(pair: FilePair, bytes: number): void {
    this.#folders.get(folderOf(pair))?.sent.push({ pair, bytes });
  }

  /** To be called once for each file of `plan`, whatever has come of it. Gives all that was sent behind the last of a folder. */
  settle(pair: FilePair): readonly SentFile[] {
    const path = folderOf(pair);
    const folder = this.#folders.get(path);
    if (folder === undefined || !isSmall(pair)) return [];
    folder.left -= 1;
    if (folder.left > 0) return [];
    this.#folders.delete(path);
    return folder.sent;
  }

  /**
   * Those of the files of one folder that its listing does not prove. Only MLSD tells exact sizes (RFC 3659 section 7.5.7), so
   * that where it fails, or LIST takes its place, that is all of them.
   */
  async unproved(sent: readonly SentFile[], client: Client, signal: AbortSignal): Promise<readonly SentFile[]> {
    const [first] = sent;
    if (first === undefined) return [];
    try {
      const sizes = await this.#remote.exactSizes(folderOf(first.pair), client, signal);
      return sent.filter(({ pair, bytes }) => sizes.get(splitPath(pair.targetPath)[1]) !== bytes);
    } catch (error) {
      if (signal.aborted) throw error;
      return sent;
    }
  }

  /** Asks for the size of a single file. False when it is another one; a server that does not tell it proves nothing. */
  async isProvable({ pair, bytes }: SentFile, client: Client, signal: AbortSignal): Promise<boolean> {
    try {
      return (await client.size(this.#remote.pathOf(pair.targetPath), { signal })) === bytes;
    } catch (error) {
      if (signal.aborted) throw error;
      return error instanceof ReplyError;
    }
  }
}

function folderOf({ targetPath }: FilePair): string {
  return splitPath(targetPath)[0];
}

function isSmall({ source }: FilePair): boolean {
  return source.size !== undefined && source.size < maxListedBytes;
}
