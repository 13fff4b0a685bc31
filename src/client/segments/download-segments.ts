/** One file over several sessions: each fetches a segment, and the file gets its name when all of them fit together. */

import { TwinlineError } from '../../errors/index.ts';
import { abortError } from '../cancellation.ts';
import type { Client } from '../client.ts';
import { digestOf, requireCommon } from '../operations/compare-digest.ts';
import type { DownloadFileOptions } from '../operations/download-file.ts';
import { defaultRetry } from '../options.ts';
import type { ClientPool } from '../pool.ts';
import { ProgressMeter } from '../progress-meter.ts';
import { isWorthReconnect, pause, retryDelayMs } from '../retry.ts';
import type { TransferResult } from '../transfer-result.ts';
import type { SegmentedFile } from './segment-journal.ts';
import type { Segment } from './segment-plan.ts';
import { jointBytes, SegmentedPart, segmentPathsOf } from './segmented-part.ts';

export interface DownloadSegmentsOptions extends DownloadFileOptions {
  /** Segments, each on a session of its own; fewer where the file is small. */
  readonly segments: number;
}

/** See `on-demand.ts`, which loads it. */
export async function downloadSegments(
  pool: ClientPool,
  path: string,
  localPath: string,
  options: DownloadSegmentsOptions,
): Promise<TransferResult> {
  const startedMs = performance.now();
  const { signal } = options;
  const call = signal === undefined ? {} : { signal };
  const file = await pool.use((client) => factsOf(client, path, options), call);
  const paths = await segmentPathsOf(localPath);
  const part = await SegmentedPart.open(paths, file, { segments: options.segments, resume: options.resume === true });
  try {
    const run = new SegmentsRun(pool, path, part, options);
    await run.fetchAll();
    if (!(await part.fitsTogether())) {
      await part.drop();
      throw notJoined(path);
    }
    const isSame = await pool.use((client) => isUnchanged(client, path, file, options), call);
    if (!isSame) {
      await part.drop();
      throw changedMeanwhile(path);
    }
    const hash = options.verify === true ? await compare(pool, path, part, signal) : undefined;
    const modifiedMs = options.keepTime === false ? undefined : file.modifiedMs;
    await part.finish({ modifiedMs, sync: options.sync !== false });
    return {
      outcome: 'complete',
      note: undefined,
      offset: part.found,
      bytes: file.size - part.found,
      durationMs: performance.now() - startedMs,
      size: file.size,
      modifiedMs: file.modifiedMs,
      reply: undefined,
      tls: run.tls,
      ...(hash === undefined ? {} : { hash }),
    };
  } finally {
    await part.close();
  }
}

async function factsOf(client: Client, path: string, { signal }: DownloadSegmentsOptions): Promise<SegmentedFile> {
  const call = signal === undefined ? {} : { signal };
  const size = await client.size(path, call);
  const modifiedMs = await client.modified(path, call).catch((error: unknown) => {
    if (signal?.aborted === true || !client.isConnected) throw error;
    return undefined;
  });
  return { remote: path, size, ...(modifiedMs === undefined ? {} : { modifiedMs }) };
}

async function isUnchanged(
  client: Client,
  path: string,
  before: SegmentedFile,
  options: DownloadSegmentsOptions,
): Promise<boolean> {
  const now = await factsOf(client, path, options);
  return now.size === before.size && now.modifiedMs === before.modifiedMs;
}

function changedMeanwhile(path: string): TwinlineError {
  const message = `"${path}" has changed on the server while it was fetched, and its segments are not joined; fetch it again.`;
  return new TwinlineError('ERR_TWINLINE_CHANGED', message);
}

async function compare(
  pool: ClientPool,
  path: string,
  part: SegmentedPart,
  signal: AbortSignal | undefined,
): Promise<TransferResult['hash']> {
  const call = signal === undefined ? {} : { signal };
  return pool.use(async (client) => {
    const algorithm = requireCommon(await client.hashAlgorithms(call));
    const there = await client.hash(path, { algorithm, ...call });
    const bytes = { size: part.file.size, read: (buffer: Buffer, at: number) => part.read(buffer, at) };
    const here = await digestOf(bytes, algorithm);
    if (here === there.digest) return there;
    await part.drop();
    const message = `The file here and "${path}" there differ by ${algorithm}: ${here} here, ${there.digest} there; fetch it again.`;
    throw new TwinlineError('ERR_TWINLINE_DIGEST', message);
  }, call);
}

class SegmentsRun {
  /** Of the last data line. */
  tls: TransferResult['tls'];
  readonly #pool: ClientPool;
  readonly #path: string;
  readonly #part: SegmentedPart;
  readonly #options: DownloadSegmentsOptions;
  readonly #meter: ProgressMeter;
  /** Ends the other segments when one has failed for good. */
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;

  constructor(pool: ClientPool, path: string, part: SegmentedPart, options: DownloadSegmentsOptions) {
    this.#pool = pool;
    this.#path = path;
    this.#part = part;
    this.#options = options;
    const { signal } = options;
    this.#signal = signal === undefined ? this.#stop.signal : AbortSignal.any([signal, this.#stop.signal]);
    this.#meter = new ProgressMeter({
      offset: part.found,
      listener: options.onProgress,
      total: () => part.file.size,
    });
  }

  async fetchAll(): Promise<void> {
    const work = this.#part.segments.map(async (segment, index) => {
      try {
        await this.#fetch(segment, index);
      } catch (error) {
        this.#stop.abort(error);
        throw error;
      }
    });
    const ends = await Promise.allSettled(work);
    const { signal } = this.#options;
    if (signal?.aborted === true) throw abortError(signal);
    if (this.#stop.signal.aborted) throw this.#stop.signal.reason;
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
  }

  /** Fetches one segment; a session that is lost is replaced, and progress gives new tries. */
  async #fetch(segment: Segment, index: number): Promise<void> {
    const retry = { ...defaultRetry, ...this.#options.retry };
    const length = segment.end - segment.start;
    for (let tried = 0; segment.done < length;) {
      const before = segment.done;
      try {
        await this.#pool.use((client) => this.#fetchOnce(client, segment, index), { signal: this.#signal });
      } catch (error) {
        if (this.#signal.aborted) throw error;
        tried = segment.done > before ? 1 : tried + 1;
        if (!isWorthReconnect(error) || !(error instanceof Error) || tried > retry.tries) throw error;
        const delayMs = retryDelayMs(retry, tried);
        this.#options.onRetry?.({ attempt: tried, tries: retry.tries, delayMs, error });
        await pause(delayMs, this.#signal);
      }
    }
    await this.#part.note(index);
  }

  /** FTP has no way to ask for a stretch, so the transfer is aborted behind the last byte that is wanted. */
  async #fetchOnce(client: Client, segment: Segment, index: number): Promise<void> {
    const enough = new AbortController();
    const length = segment.end - segment.start;
    const isLast = segment.end === this.#part.file.size;
    const position = segment.start + segment.done;
    const joint = new Joint(Math.min(position, jointBytes), (bytes) => this.#join(segment, index, bytes));
    const sink = {
      isDoneWithChunks: true,
      write: async (chunks: readonly Buffer[]): Promise<void> => {
        await this.#part.write(index, await joint.take(chunks));
        this.#meter.report(this.#part.segments.reduce((sum, { done }) => sum + done, 0) - this.#part.found);
        if (!isLast && segment.done >= length) enough.abort();
      },
    };
    const { rateLimit } = this.#options;
    try {
      const result = await client.download(this.#path, sink, {
        offset: position - joint.bytes,
        facts: { size: this.#part.file.size, modifiedMs: undefined },
        signal: AbortSignal.any([this.#signal, enough.signal]),
        // The limit is that of the whole.
        ...(rateLimit === undefined ? {} : { rateLimit: Math.max(1, rateLimit / this.#part.segments.length) }),
      });
      this.tls = result.tls;
    } catch (error) {
      if (segment.done >= length && enough.signal.aborted && !this.#signal.aborted) return;
      throw error;
    }
  }

  /** What came before the bytes that are wanted must be what is here; before a new segment that is seen at the end. */
  async #join(segment: Segment, index: number, bytes: Buffer): Promise<void> {
    if (segment.done === 0) return this.#part.noteJoint(index, bytes);
    const here = Buffer.alloc(bytes.length);
    await this.#part.read(here, segment.start + segment.done - bytes.length);
    // Bytes of the segment before may not be here yet.
    const own = Math.min(bytes.length, segment.done);
    if (!here.subarray(-own).equals(bytes.subarray(-own))) throw notJoined(this.#path);
  }
}

/** Parts the bytes before a stretch from those of the stretch. */
class Joint {
  /** How many there are. */
  readonly bytes: number;
  readonly #done: (bytes: Buffer) => Promise<void>;
  readonly #held: Buffer[] = [];
  #left: number;

  constructor(bytes: number, done: (bytes: Buffer) => Promise<void>) {
    this.bytes = bytes;
    this.#left = bytes;
    this.#done = done;
  }

  /** The chunks of the stretch itself. */
  async take(chunks: readonly Buffer[]): Promise<readonly Buffer[]> {
    if (this.#left === 0) return chunks;
    const rest: Buffer[] = [];
    for (const chunk of chunks) {
      const held = chunk.subarray(0, Math.min(chunk.length, this.#left));
      this.#held.push(Buffer.from(held));
      this.#left -= held.length;
      if (chunk.length > held.length) rest.push(chunk.subarray(held.length));
    }
    if (this.#left === 0) await this.#done(Buffer.concat(this.#held));
    return rest;
  }
}

function notJoined(path: string): TwinlineError {
  const message = `The segments of "${path}" do not fit together: the server does not do what REST asks for, or has another file by now. Fetch it in one piece.`;
  return new TwinlineError('ERR_TWINLINE_CHANGED', message);
}
