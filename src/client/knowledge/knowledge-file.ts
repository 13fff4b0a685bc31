/** Knowledge of servers in a small JSON file, which any number of processes may share. */

import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { KnowledgeBook, type Lesson, type ServerAddress } from './knowledge-book.ts';
import type { KnowledgeStore } from './knowledge-store.ts';

/** A larger file is not ours. */
const maxFileBytes = 1024 * 1024;

export interface KnowledgeFileOptions {
  /** Told once, in a sentence without its full stop, when the file cannot be read or written; sessions go on without it. */
  readonly onProblem?: (text: string) => void;
}

/** What has been learned and is not in the file yet. */
interface Note {
  readonly address: ServerAddress;
  readonly identity: string;
  readonly lesson: Lesson;
}

/**
 * A store in the file `path`, which is made with its folder when there is something to keep (mode 0600). The file is
 * read again before each change and replaced as a whole: of two processes that write at the same moment one may lose
 * what it has learned, and learns it again. A file that is broken, foreign or not to be written hinders nothing.
 */
export function createKnowledgeFile(path: string, options: KnowledgeFileOptions = {}): KnowledgeStore {
  return new KnowledgeFile(path, options);
}

class KnowledgeFile implements KnowledgeStore {
  readonly #path: string;
  #onProblem: ((text: string) => void) | undefined;
  #notes: Note[] = [];
  #writing: Promise<void> = Promise.resolve();

  constructor(path: string, { onProblem }: KnowledgeFileOptions) {
    this.#path = path;
    this.#onProblem = onProblem;
  }

  async recall(address: ServerAddress): ReturnType<KnowledgeStore['recall']> {
    await this.flush();
    return (await this.#read()).recall(address, Date.now());
  }

  learn(address: ServerAddress, identity: string, lesson: Lesson): void {
    this.#notes.push({ address, identity, lesson });
    this.#writing = this.#writing.then(() => this.#writeNotes());
  }

  flush(): Promise<void> {
    return this.#writing;
  }

  async #read(): Promise<KnowledgeBook> {
    try {
      const { size } = await stat(this.#path);
      if (size > maxFileBytes) throw new Error(`it has ${size} bytes`);
      return KnowledgeBook.fromJson(await readFile(this.#path, 'utf8'));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') this.#report('read', error);
      return new KnowledgeBook();
    }
  }

  async #writeNotes(): Promise<void> {
    const notes = this.#notes.splice(0);
    if (notes.length === 0) return;
    const book = await this.#read();
    const nowMs = Date.now();
    const changes = notes.map(({ address, identity, lesson }) => book.learn(address, identity, lesson, nowMs));
    if (!changes.includes(true)) return;
    await this.#replace(book.toJson(nowMs)).catch((error: unknown) => this.#report('written', error));
  }

  async #replace(text: string): Promise<void> {
    const folder = dirname(this.#path);
    await makeFolder(dirname(folder));
    await makeFolder(folder);
    const temporary = `${this.#path}.${randomUUID()}`;
    try {
      const handle = await open(temporary, 'wx', 0o600);
      try {
        await handle.writeFile(text);
      } finally {
        await handle.close();
      }
      await rename(temporary, this.#path);
    } catch (error) {
      await unlink(temporary).catch(() => undefined);
      throw error;
    }
  }

  #report(act: string, error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    this.#onProblem?.(`What is known of servers cannot be ${act} (${this.#path}: ${reason})`);
    this.#onProblem = undefined;
  }
}

/** One level at a time: where a folder can never be made, as below /proc, the recursive way of Node makes no end. */
async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
