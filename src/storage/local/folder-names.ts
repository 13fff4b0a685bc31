/** Reads the names in an open folder, hidden ones included, with the little that the folder itself says of them. */

import { decodePathText, type EntryType } from '../../protocol/index.ts';
import type { OpenFolder } from './confined-root.ts';
import { type Descriptors, readEntry } from './descriptors.ts';
import { typeOfName } from './entry-facts.ts';

export interface FolderName {
  /** Path text. */
  readonly name: string;
  /** `other` where the file system does not tell types with names. */
  readonly type: EntryType;
}

/** Names that one call of the operating system reads ahead. */
const bufferSize = 512;

export class FolderNames {
  readonly #directory: Awaited<ReturnType<Descriptors['openDirectory']>>;
  readonly #descriptors: Descriptors;

  private constructor(directory: Awaited<ReturnType<Descriptors['openDirectory']>>, descriptors: Descriptors) {
    this.#directory = directory;
    this.#descriptors = descriptors;
  }

  /** `folder` was opened as `folder`, not as a mere place, and stays open until `close`. */
  static async open(folder: OpenFolder, descriptors: Descriptors): Promise<FolderNames> {
    return new FolderNames(await descriptors.openDirectory(folder.child('.'), bufferSize), descriptors);
  }

  /** The next name without `.` and `..`, or undefined behind the last. Calls are made one after the other. */
  async next(): Promise<FolderName | undefined> {
    const entry = await readEntry(this.#directory);
    return entry === null ? undefined : { name: decodeName(entry.name), type: typeOfName(entry) };
  }

  /** So many next names, and fewer only where the folder ends. No other call is made meanwhile. */
  nextNames(count: number): Promise<readonly FolderName[]> {
    return new Promise((resolve, reject) => {
      const names: FolderName[] = [];
      const read = (): void =>
        this.#directory.read((error, entry) => {
          if (error !== null) return reject(error);
          if (entry !== null) names.push({ name: decodeName(entry.name), type: typeOfName(entry) });
          if (entry === null || names.length === count) resolve(names);
          else read();
        });
      read();
    });
  }

  close(): Promise<void> {
    return this.#descriptors.closeDirectory(this.#directory);
  }
}

/** Names are read as Latin-1, one character for each byte, so that none is damaged. */
function decodeName(latin1: string): string {
  const isAscii = /^[ -~]*$/.test(latin1);
  return isAscii ? latin1 : decodePathText(Buffer.from(latin1, 'latin1'));
}
