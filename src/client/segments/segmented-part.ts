/** The file on this machine that is filled in segments: data, journal, and the name that it gets at the end. */

import { createHash } from 'node:crypto';
import { type FileHandle, rename, stat, unlink } from 'node:fs/promises';
import { TwinlineError } from '../../errors/index.ts';
import { behindLinks } from '../behind-links.ts';
import { localFileError } from '../local-error.ts';
import { createAnew, openToGoOn, requireStillOwn } from '../own-file.ts';
import { type JournalContent, readJournal, SegmentJournal, type SegmentedFile } from './segment-journal.ts';
import { planSegments, type Segment } from './segment-plan.ts';

/** How much may be lost by a crash, in bytes a segment: less often is less work for the disk. */
const noteEveryBytes = 4 * 1024 * 1024;

/** Bytes before a segment that are fetched with it, to prove that REST was obeyed. */
export const jointBytes = 16 * 1024;

function digestOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

export interface SegmentPaths {
  /** The final name. */
  readonly path: string;
  /** Has holes while it is filled, so it is not called `.part`: nobody must take it for the beginning of the file. */
  readonly data: string;
  readonly journal: string;
}

/** Where the segments of a download to `path` lie until it is whole. A link stays, and what it leads to gets the bytes. */
export async function segmentPathsOf(given: string): Promise<SegmentPaths> {
  const present = await stat(given).catch(() => undefined);
  if (present !== undefined && !present.isFile()) {
    const message = `The local file "${given}" is no regular file, and only such a file can be fetched in segments.`;
    throw new TwinlineError('ERR_TWINLINE_LOCAL_FILE', message);
  }
  const path = await behindLinks(given);
  return { path, data: `${path}.segments`, journal: `${path}.segments.journal` };
}

export class SegmentedPart {
  readonly file: SegmentedFile;
  readonly segments: readonly Segment[];
  /** Bytes that were here before. */
  readonly found: number;
  readonly #paths: SegmentPaths;
  readonly #handle: FileHandle;
  readonly #journal: SegmentJournal;
  readonly #noted: number[];
  readonly #joints: Map<number, string>;

  private constructor(paths: SegmentPaths, content: JournalContent, handle: FileHandle, journal: SegmentJournal) {
    this.#paths = paths;
    this.file = content.file;
    this.segments = content.segments;
    this.found = content.segments.reduce((sum, { done }) => sum + done, 0);
    this.#handle = handle;
    this.#journal = journal;
    this.#noted = content.segments.map(({ done }) => done);
    this.#joints = content.joints;
  }

  /**
   * What an earlier run has left where `resume` is set; a new beginning otherwise. Throws `ERR_TWINLINE_CHANGED` where the
   * file there is not the one that was begun: joining the two would make a file that never was.
   */
  static async open(
    paths: SegmentPaths,
    file: SegmentedFile,
    options: { readonly segments: number; readonly resume: boolean },
  ): Promise<SegmentedPart> {
    const found = options.resume ? await readJournal(paths.journal) : undefined;
    if (found !== undefined) requireSame(found.file, file, paths);
    const isHere = found !== undefined && (await stat(paths.data).catch(() => undefined))?.isFile() === true;
    let handle: FileHandle | undefined;
    try {
      handle = await (isHere ? openToGoOn(paths.data) : createAnew(paths.data));
      if (isHere) return new SegmentedPart(paths, found, handle, await SegmentJournal.goOn(paths.journal));
      const content = { file, segments: planSegments(file.size, options.segments), joints: new Map<number, string>() };
      return new SegmentedPart(paths, content, handle, await SegmentJournal.begin(paths.journal, content));
    } catch (error) {
      await handle?.close();
      throw localFileError(paths.data, 'created', error);
    }
  }

  /** Writes what belongs behind the bytes of a segment that are here. */
  async write(index: number, chunks: readonly Buffer[]): Promise<void> {
    const segment = this.segments[index];
    if (segment === undefined) return;
    try {
      for (const chunk of chunks) {
        const kept = chunk.subarray(0, segment.end - segment.start - segment.done);
        for (let at = 0; at < kept.length;) {
          const position = segment.start + segment.done;
          const { bytesWritten } = await this.#handle.write(kept, at, kept.length - at, position);
          at += bytesWritten;
          segment.done += bytesWritten;
        }
      }
    } catch (error) {
      throw localFileError(this.#paths.data, 'written', error);
    }
    if (segment.done - (this.#noted[index] ?? 0) >= noteEveryBytes) await this.note(index);
  }

  /** Makes sure that the bytes of a segment are on disk, and says so in the journal. */
  async note(index: number): Promise<void> {
    const done = this.segments[index]?.done ?? 0;
    if (done === this.#noted[index]) return;
    await this.#handle.datasync();
    await this.#journal.note(index, done);
    this.#noted[index] = done;
  }

  /** Keeps what the server sent for the bytes before a segment, which another session fetches. */
  async noteJoint(index: number, bytes: Buffer): Promise<void> {
    const digest = digestOf(bytes);
    this.#joints.set(index, digest);
    await this.#journal.noteJoint(index, digest);
  }

  /** Whether every segment was fetched from where it begins: the bytes before it came alike from both sessions. */
  async fitsTogether(): Promise<boolean> {
    for (const [index, { start }] of this.segments.entries()) {
      if (index === 0) continue;
      const bytes = Buffer.alloc(jointBytes);
      await this.read(bytes, start - jointBytes);
      if (this.#joints.get(index) !== digestOf(bytes)) return false;
    }
    return true;
  }

  async read(buffer: Buffer, position: number): Promise<number> {
    return (await this.#handle.read(buffer, 0, buffer.length, position)).bytesRead;
  }

  /** Gives the file its name and removes the journal. Every segment must be whole. */
  async finish({
    modifiedMs,
    sync,
  }: {
    readonly modifiedMs: number | undefined;
    readonly sync: boolean;
  }): Promise<void> {
    try {
      await this.#handle.truncate(this.file.size);
      if (modifiedMs !== undefined) await this.#handle.utimes(new Date(), new Date(modifiedMs));
      if (sync) await this.#handle.datasync();
      await requireStillOwn(this.#paths.data, this.#handle, this.#paths.path);
      await rename(this.#paths.data, this.#paths.path);
      await unlink(this.#paths.journal);
    } catch (error) {
      throw localFileError(this.#paths.path, 'written', error);
    }
  }

  /** Drops what is here: its bytes are not those of the file. */
  async drop(): Promise<void> {
    await unlink(this.#paths.journal).catch(() => undefined);
    await unlink(this.#paths.data).catch(() => undefined);
  }

  /** Keeps what is here for a later run. */
  async close(): Promise<void> {
    try {
      for (const index of this.segments.keys()) await this.note(index);
    } finally {
      await this.#journal.close();
      await this.#handle.close();
    }
  }
}

function requireSame(before: SegmentedFile, now: SegmentedFile, { journal }: SegmentPaths): void {
  const isSame = before.remote === now.remote && before.size === now.size && before.modifiedMs === now.modifiedMs;
  if (isSame) return;
  const message =
    `"${now.remote}" is not the file that was begun (${described(before)}; now ${described(now)}), and its segments are not ` +
    `joined with the new one. Fetch it anew without --resume, or keep what is here: "${journal}" tells what it is.`;
  throw new TwinlineError('ERR_TWINLINE_CHANGED', message);
}

function described({ remote, size, modifiedMs }: SegmentedFile): string {
  const time = modifiedMs === undefined ? '' : ` of ${new Date(modifiedMs).toISOString()}`;
  return `${remote}, ${size} bytes${time}`;
}
