/** Removes a folder with all that is in it, and never what a link in it leads to. */

import { ReplyError } from '../../errors/index.ts';
import { joinRemote } from '../remote-names.ts';
import { requireCompletion } from '../replies.ts';
import type { Session } from '../session.ts';
import { list, type ListedEntry } from './list.ts';
import { isUsable, maxWalkDepth, type RefusedNames } from './walk.ts';

/** What was removed. */
export interface RemovedEntry {
  readonly path: string;
  /** `link` and the like count as `file`. */
  readonly type: 'file' | 'directory';
}

export interface RemoveTreeOptions extends RefusedNames {
  /** Told behind each removal. */
  readonly onEntry?: (entry: RemovedEntry) => void;
  readonly signal?: AbortSignal;
}

export interface RemoveTreeResult {
  readonly files: number;
  readonly directories: number;
}

/**
 * Removes a file, or a folder with all that is in it. DELE goes before anything else, on folders too: some servers list
 * links to folders as folders, and DELE takes the link away where the way through it would empty what it leads to.
 * Throws the first error; what was told to `onEntry` is gone then.
 */
export async function removeTree(
  session: Session,
  path: string,
  options: RemoveTreeOptions = {},
): Promise<RemoveTreeResult> {
  const removal = new Removal(session, options);
  await removal.removeAny(path, 1);
  return { files: removal.files, directories: removal.directories };
}

class Removal {
  files = 0;
  directories = 0;
  readonly #session: Session;
  readonly #options: RemoveTreeOptions;

  constructor(session: Session, options: RemoveTreeOptions) {
    this.#session = session;
    this.#options = options;
  }

  async removeAny(path: string, depth: number): Promise<void> {
    const { signal } = this.#options;
    const reply = await this.#session.ask('DELE', path, signal);
    if (reply.code < 300) return this.#tell(path, 'file');
    const refused = (): unknown => requireCompletion('DELE', path, reply);
    if (reply.code < 500 || depth > maxWalkDepth) refused();
    const entries = await this.#entriesOf(path).catch((error: unknown) => {
      // No folder either: then what DELE said is the answer.
      if (error instanceof ReplyError) refused();
      throw error;
    });
    for (const entry of entries) {
      if (isUsable(path, entry, this.#options)) await this.#removeEntry(joinRemote(path, entry.name), entry, depth);
    }
    await this.#session.demand('RMD', path, signal);
    this.#tell(path, 'directory');
  }

  async #removeEntry(path: string, entry: ListedEntry, depth: number): Promise<void> {
    if (entry.type === 'directory') return this.removeAny(path, depth + 1);
    await this.#session.demand('DELE', path, this.#options.signal);
    this.#tell(path, 'file');
  }

  async #entriesOf(path: string): Promise<ListedEntry[]> {
    const { signal } = this.#options;
    const entries: ListedEntry[] = [];
    for await (const entry of list(this.#session, path, signal === undefined ? {} : { signal })) entries.push(entry);
    return entries;
  }

  #tell(path: string, type: RemovedEntry['type']): void {
    if (type === 'file') this.files += 1;
    else this.directories += 1;
    this.#options.onEntry?.({ path, type });
  }
}
