/** What a mirror has done, in a file of JSON lines that outlives a killed process: a torn last line costs one entry. */

import { appendFileSync, createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { localFileError } from '../local-error.ts';
import type { FileFacts } from './compare.ts';
import { JournalLock } from './journal-lock.ts';

export type JournalState = 'begun' | 'done';

interface Line {
  /** `b` or `d`: begun or done. */
  readonly k: string;
  readonly p: string;
  readonly s?: number;
  readonly m?: number;
}

const format = 1;

/** One mirror under way: its lines of an earlier run, and a way to add more. */
export class Journal {
  readonly path: string;
  /** An earlier run of the same mirror did not come to its end. */
  readonly isResumed: boolean;
  readonly #earlier: ReadonlyMap<string, Line>;
  readonly #handle: FileHandle;
  readonly #lock: JournalLock;
  #waiting: string[] = [];
  /** Writes what waits, should nothing else do so before. */
  #due: NodeJS.Immediate | undefined;

  private constructor(path: string, handle: FileHandle, lock: JournalLock, earlier: ReadonlyMap<string, Line>) {
    this.path = path;
    this.#handle = handle;
    this.#lock = lock;
    this.#earlier = earlier;
    this.isResumed = earlier.size > 0;
  }

  /**
   * Opens the journal at `path`; its folder is made. Lines that an earlier run with the same `identity` left count; a
   * journal of another mirror is begun anew. Throws `ERR_TWINLINE_LOCAL_FILE`, also while another process mirrors the same.
   */
  static async open(path: string, identity: string): Promise<Journal> {
    let lock: JournalLock | undefined;
    let handle: FileHandle | undefined;
    try {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      lock = await JournalLock.take(`${path}.lock`);
      const earlier = await readLines(path, identity);
      handle = await open(path, earlier === undefined ? 'w' : 'a', 0o600);
      // Behind a torn line a new one must begin.
      const first = earlier === undefined ? JSON.stringify({ twinlineMirror: format, identity }) : '';
      await handle.appendFile(`${first}\n`);
      return new Journal(path, handle, lock, earlier ?? new Map());
    } catch (error) {
      await handle?.close();
      await lock?.release();
      throw localFileError(path, 'written', error);
    }
  }

  /** What an earlier run did to the file, when the source had the same size and time then. */
  stateOf(file: string, source: FileFacts): JournalState | undefined {
    const line = this.#earlier.get(file);
    if (line === undefined || line.s !== source.size || line.m !== source.modifiedMs) return undefined;
    return line.k === 'd' ? 'done' : 'begun';
  }

  /** Notes that a file is about to be written; the note outlives this process. Throws `ERR_TWINLINE_LOCAL_FILE`. */
  begun(file: string, source: FileFacts): void {
    this.#add('b', file, source);
    this.#flush();
  }

  /** Notes that a file is whole; the note goes with that of the next file, or at the end of this turn. */
  done(file: string, source: FileFacts): void {
    this.#add('d', file, source);
    this.#due ??= setImmediate(() => this.#tryFlush());
  }

  #add(kind: string, file: string, source: FileFacts): void {
    const line: Line = {
      k: kind,
      p: file,
      ...(source.size === undefined ? {} : { s: source.size }),
      ...(source.modifiedMs === undefined ? {} : { m: source.modifiedMs }),
    };
    this.#waiting.push(`${JSON.stringify(line)}\n`);
  }

  /** At once: a line for the memory of the system costs less than to hand it to a thread. */
  #flush(): void {
    const lines = this.#waiting.join('');
    this.#waiting = [];
    clearImmediate(this.#due);
    this.#due = undefined;
    try {
      if (lines !== '') appendFileSync(this.#handle.fd, lines);
    } catch (error) {
      throw localFileError(this.path, 'written', error);
    }
  }

  /** Without notes of what is done a later run compares more, and nothing else. */
  #tryFlush(): void {
    try {
      this.#flush();
    } catch {
      // The next note that a file depends on meets the same, and tells it.
    }
  }

  /** Ends the journal: removed when the mirror is complete, kept for the next run otherwise. */
  async close(isComplete: boolean): Promise<void> {
    this.#tryFlush();
    await this.#handle.close();
    if (isComplete) await unlink(this.path).catch(() => undefined);
    await this.#lock.release();
  }
}

/** The lines of an earlier run; undefined where there is none, or one of something else. */
async function readLines(path: string, identity: string): Promise<Map<string, Line> | undefined> {
  const found = new Map<string, Line>();
  let isFirst = true;
  try {
    for await (const text of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
      if (isFirst) {
        isFirst = false;
        const head = parse(text) as { readonly twinlineMirror?: unknown; readonly identity?: unknown } | undefined;
        if (head?.twinlineMirror !== format || head.identity !== identity) return undefined;
        continue;
      }
      const line = parse(text) as Partial<Line> | undefined;
      if (typeof line?.p === 'string' && (line.k === 'b' || line.k === 'd')) found.set(line.p, line as Line);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  return isFirst ? undefined : found;
}

function parse(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
