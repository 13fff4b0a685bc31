/** Moves the payload of a transfer between a data line and what the caller gave: files, streams, buffers. */

import type { Socket } from 'node:net';
import { Readable, type Writable } from 'node:stream';
import { LocalProtocolError } from '../errors/index.ts';
import {
  type ByteSink,
  type ByteSource,
  type PumpProgress,
  receiveAll,
  releaseChunks,
  type Scope,
  sendAll,
  sendStream,
} from '../net/index.ts';
import { RateLimit } from './rate-limit.ts';

/** Where a download may go. A stream is written to and left open: only the caller knows whether it is whole. */
export type DownloadTarget = ByteSink | Writable | WritableStream<Uint8Array>;

/** Where an upload may come from. Texts that an iterable gives are sent in UTF-8. */
export type UploadSource =
  SizedSource | Uint8Array | Blob | Readable | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array | string>;

/** A source with positions, such as a file. */
export interface SizedSource extends ByteSource {
  /** Bytes, as known at the beginning. */
  readonly size: number;
}

export interface PayloadOptions {
  readonly progress: PumpProgress;
  /** Bytes per second at most. */
  readonly rateLimit: number | undefined;
  readonly moved: () => void;
}

/** Bytes that are waiting for the target of a download to take them, or for the rate limit. */
export class LocalWaits {
  #count = 0;

  get any(): boolean {
    return this.#count > 0;
  }

  async during(work: Promise<void>): Promise<void> {
    this.#count += 1;
    try {
      await work;
    } finally {
      this.#count -= 1;
    }
  }
}

/** Takes in everything that comes on `line` until its end. Rejects with the error of the target. */
export async function receivePayload(
  line: Socket,
  scope: Scope,
  target: DownloadTarget,
  options: PayloadOptions & { readonly waits: LocalWaits },
): Promise<void> {
  const local = asSink(target, scope);
  const reuseMemory = local.isDoneWithChunks === true;
  const sink: ByteSink = {
    isDoneWithChunks: reuseMemory,
    write: async (chunks) => options.waits.during(local.write(chunks)),
  };
  if (options.rateLimit === undefined) {
    await receiveAll(scope, line, sink, { progress: options.progress, reuseMemory, onProgress: options.moved });
    return;
  }
  await receiveLimited(line, scope, sink, new RateLimit(options.rateLimit), options);
}

/** Refuses what no upload can come from, before anything is sent; most often the path of a file, as other libraries take it. */
export function requireSource(source: unknown): asserts source is UploadSource {
  if (typeof source === 'object' && source !== null) {
    const { size, read } = source as Partial<SizedSource>;
    if (source instanceof Uint8Array || source instanceof Blob || Symbol.asyncIterator in source) return;
    if (typeof size === 'number' && typeof read === 'function') return;
  }
  const message =
    'An upload needs bytes, a Blob, a stream or an async iterable: uploadFile takes the path of a local file, and ' +
    'Buffer.from(text) makes bytes of a text.';
  throw new LocalProtocolError('ERR_TWINLINE_ARGUMENT', message);
}

/** Refuses what no download can go to, before anything is asked for. */
export function requireTarget(target: unknown): asserts target is DownloadTarget {
  if (typeof target === 'object' && target !== null) {
    const { write, getWriter } = target as { readonly write?: unknown; readonly getWriter?: unknown };
    if (typeof write === 'function' || typeof getWriter === 'function') return;
  }
  const message = 'A download needs a writable stream or a sink: downloadFile takes the path of a local file.';
  throw new LocalProtocolError('ERR_TWINLINE_ARGUMENT', message);
}

/** Sends the source from `offset` on. Rejects with the error of the source. */
export async function sendPayload(
  line: Socket,
  scope: Scope,
  source: UploadSource,
  offset: number,
  options: PayloadOptions,
): Promise<void> {
  const pump = { progress: options.progress, onProgress: options.moved };
  const sized = asSized(source);
  if (options.rateLimit !== undefined) {
    const limit = new RateLimit(options.rateLimit);
    const chunks = sized === undefined ? asChunks(source) : readInSteps(sized, offset, limit.stepBytes);
    await sendStream(scope, limited(chunks, limit, scope), line, pump);
  } else if (sized === undefined) {
    await sendStream(scope, asChunks(source), line, pump);
  } else {
    await sendAll(scope, sized, line, { ...pump, start: offset, size: sized.size });
  }
}

function isByteSink(target: DownloadTarget): target is ByteSink {
  return !('getWriter' in target) && !('pipe' in target) && !('writable' in target);
}

function asSink(target: DownloadTarget, scope: Scope): ByteSink {
  if (isByteSink(target)) return target;
  if ('getWriter' in target) return webSink(target, scope);
  return streamSink(target);
}

function streamSink(stream: Writable): ByteSink {
  return {
    write: (chunks) =>
      new Promise((resolve, reject) => {
        const failed = (error: Error): void => reject(error);
        stream.once('error', failed);
        let left = chunks.length;
        for (const chunk of chunks) {
          stream.write(chunk, (error) => {
            left -= 1;
            if (error) reject(error);
            else if (left === 0) {
              stream.off('error', failed);
              resolve();
            }
          });
        }
      }),
  };
}

function webSink(stream: WritableStream<Uint8Array>, scope: Scope): ByteSink {
  const writer = stream.getWriter();
  scope.add(() => writer.releaseLock());
  return {
    write: async (chunks) => {
      for (const chunk of chunks) {
        await writer.ready;
        await writer.write(chunk);
      }
    },
  };
}

function asSized(source: UploadSource): SizedSource | undefined {
  if (source instanceof Uint8Array) {
    const whole = Buffer.from(source.buffer, source.byteOffset, source.byteLength);
    const read = async (buffer: Buffer, position: number): Promise<number> => whole.copy(buffer, 0, position);
    return { size: whole.length, read };
  }
  if (source instanceof Blob) return blobSource(source);
  return 'size' in source && 'read' in source && typeof source.size === 'number' ? source : undefined;
}

/** Ends a stream that nobody will read any more, as `pipeline` does; one that has nothing to give would not hear of it. */
export function letGo(source: UploadSource): void {
  if (source instanceof Readable && !source.readableEnded) source.destroy();
}

function blobSource(blob: Blob): SizedSource {
  return {
    size: blob.size,
    read: async (buffer, position) => {
      const bytes = new Uint8Array(await blob.slice(position, position + buffer.length).arrayBuffer());
      buffer.set(bytes);
      return bytes.length;
    },
  };
}

/** The same source for a file that has `offset` bytes already, all of which are others. */
export function asAppended(source: UploadSource, offset: number): UploadSource {
  const sized = asSized(source);
  if (sized === undefined) return source;
  return { size: offset + sized.size, read: (buffer, position) => sized.read(buffer, position - offset) };
}

async function* asChunks(source: UploadSource): AsyncGenerator<Buffer> {
  for await (const chunk of source as AsyncIterable<Uint8Array | string>) {
    if (typeof chunk === 'string') yield Buffer.from(chunk);
    else yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  }
}

async function* readInSteps(source: SizedSource, offset: number, stepBytes: number): AsyncGenerator<Buffer> {
  for (let position = offset; ;) {
    const buffer = Buffer.allocUnsafe(stepBytes);
    const count = await source.read(buffer, position);
    if (count === 0) return;
    position += count;
    yield buffer.subarray(0, count);
  }
}

async function* limited(chunks: AsyncIterable<Buffer>, limit: RateLimit, scope: Scope): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length && !scope.closed; at += limit.stepBytes) {
      const piece = chunk.subarray(at, at + limit.stepBytes);
      yield piece;
      await limit.pay(piece.length, scope);
    }
  }
}

/** Takes bytes out of the line's own buffer step by step; the full buffer is what holds the server back. */
async function receiveLimited(
  line: Socket,
  scope: Scope,
  sink: ByteSink,
  limit: RateLimit,
  options: PayloadOptions & { readonly waits: LocalWaits },
): Promise<void> {
  while (!scope.closed) {
    const available = line.readableLength;
    const chunk = available === 0 ? null : (line.read(Math.min(available, limit.stepBytes)) as Buffer | null);
    if (chunk === null) {
      if (line.readableEnded || line.destroyed) return;
      await readable(line, scope);
      continue;
    }
    // The memory may be given back, and the chunk is then empty.
    const { length } = chunk;
    await sink.write([chunk]);
    if (sink.isDoneWithChunks === true) releaseChunks([chunk]);
    options.progress.bytes += length;
    options.moved();
    await options.waits.during(limit.pay(length, scope));
  }
}

/** Resolves when the line has something to read or has ended, or when `scope` closes. */
function readable(line: Socket, scope: Scope): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      leave();
      for (const event of ['readable', 'end', 'close']) line.off(event, done);
      resolve();
    };
    const leave = scope.add(done);
    for (const event of ['readable', 'end', 'close']) line.on(event, done);
    line.read(0);
  });
}
