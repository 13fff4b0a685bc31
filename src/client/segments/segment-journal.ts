/**
 * The journal of a file that is fetched in segments: what the file was there, where the segments lie, and how much of each is
 * surely on disk. Lines are only ever added, so that a crash can tear the last one and nothing else.
 */

import { type FileHandle, open, readFile } from 'node:fs/promises';
import { createAnew } from '../own-file.ts';
import type { Segment } from './segment-plan.ts';

/** What the file was when its first byte was fetched. */
export interface SegmentedFile {
  readonly remote: string;
  readonly size: number;
  /** Milliseconds since 1970 UTC; absent where the server does not say. */
  readonly modifiedMs?: number;
}

interface Head extends SegmentedFile {
  readonly version: 1;
  readonly segments: readonly (readonly [start: number, end: number])[];
}

export interface JournalContent {
  readonly file: SegmentedFile;
  readonly segments: Segment[];
  /** Digests of the bytes before segments, by the number of the segment. */
  readonly joints: Map<number, string>;
}

function isHead(value: unknown): value is Head {
  const head = value as Partial<Head> | null;
  if (typeof head !== 'object' || head?.version !== 1 || typeof head.remote !== 'string') return false;
  const { size, segments } = head;
  if (!Number.isSafeInteger(size) || !Array.isArray(segments) || segments.length === 0) return false;
  let at = 0;
  for (const segment of segments as readonly unknown[]) {
    const [start, end] = Array.isArray(segment) ? (segment as unknown[]) : [];
    if (start !== at || !Number.isSafeInteger(end) || (end as number) < at) return false;
    at = end as number;
  }
  return at === size;
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}

/** Undefined where there is no journal, or none that can be understood: the file is then fetched from its beginning. */
export async function readJournal(path: string): Promise<JournalContent | undefined> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const [first = '', ...rest] = text.split('\n');
  const head = parse(first);
  if (!isHead(head)) return undefined;
  const segments = head.segments.map(([start, end]) => ({ start, end, done: 0 }));
  const joints = new Map<number, string>();
  for (const line of rest) {
    const entry = parse(line);
    const [index, done] = Array.isArray(entry) ? (entry as unknown[]) : [];
    if (typeof index === 'number' && typeof done === 'string') joints.set(index, done);
    const segment = typeof index === 'number' ? segments[index] : undefined;
    if (segment === undefined || !Number.isSafeInteger(done)) continue;
    const length = segment.end - segment.start;
    segment.done = Math.min(length, Math.max(segment.done, done as number));
  }
  const { remote, size, modifiedMs } = head;
  return { file: { remote, size, ...(modifiedMs === undefined ? {} : { modifiedMs }) }, segments, joints };
}

/** Adds to a journal. */
export class SegmentJournal {
  readonly #handle: FileHandle;

  private constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  /** A new journal in place of any that is there. */
  static async begin(path: string, { file, segments }: JournalContent): Promise<SegmentJournal> {
    const journal = new SegmentJournal(await createAnew(path));
    const head: Head = { version: 1, ...file, segments: segments.map(({ start, end }) => [start, end]) };
    await journal.#append(head);
    await journal.#handle.datasync();
    return journal;
  }

  /** The journal that was read; a torn last line is ended first. */
  static async goOn(path: string): Promise<SegmentJournal> {
    const journal = new SegmentJournal(await open(path, 'a', 0o666));
    await journal.#handle.appendFile('\n');
    return journal;
  }

  #append(value: unknown): Promise<void> {
    return this.#handle.appendFile(`${JSON.stringify(value)}\n`);
  }

  /** `done` bytes of a segment are on disk. */
  note(index: number, done: number): Promise<void> {
    return this.#append([index, done]);
  }

  /** What the server sent before a segment. */
  noteJoint(index: number, digest: string): Promise<void> {
    return this.#append([index, digest]);
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}
