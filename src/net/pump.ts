/** The byte pump: file to line with reads ahead, line to file with writes behind, both with bounded memory. */

import type { Socket } from 'node:net';
import type { Scope } from './scope.ts';

/** Where sent bytes come from: positioned reads, several of which may be in flight. */
export interface ByteSource {
  /** Resolves with the number of bytes read; 0 at the end. */
  read(buffer: Buffer, position: number): Promise<number>;
}

/** Where received bytes go. Calls come one after the other. */
export interface ByteSink {
  write(chunks: readonly Buffer[]): Promise<void>;
}

export interface PumpProgress {
  /** Payload bytes handed to the line, or taken from it. */
  bytes: number;
}

/** Size of one read and of one write to the line, in bytes: few large writes are what TLS is fast with. */
export const pumpBufferBytes = 256 * 1024;
/** Reads in flight or waiting to be sent. With the buffer size it bounds the memory of one download. */
const buffersAhead = 4;
/** Received bytes that may wait for the disk before the line is paused. */
const maxUnwrittenBytes = 1024 * 1024;

/** Large buffers that transfers have done with, for the next ones: a fresh 256 KiB costs page faults. */
const spareBuffers: Buffer[] = [];
const maxSpareBuffers = 16;

function takeBuffer(): Buffer {
  return spareBuffers.pop() ?? Buffer.allocUnsafeSlow(pumpBufferBytes);
}

function giveBuffer(buffer: Buffer): void {
  if (spareBuffers.length < maxSpareBuffers) spareBuffers.push(buffer);
}

/** A source that throws is one that rejects. */
async function readOnce(source: ByteSource, buffer: Buffer, position: number): Promise<number> {
  return source.read(buffer, position);
}

interface Block {
  readonly buffer: Buffer;
  length: number;
  ready: boolean;
}

export interface SendOptions {
  /** First byte of the source to send. */
  readonly start: number;
  /** Expected end of the source, from its size at opening; unless a read ends just there, reads go on until one returns 0. */
  readonly size: number;
  /** Counted while it runs. */
  readonly progress: PumpProgress;
  /** Called after each write that the line has taken. */
  onProgress?(): void;
}

/**
 * Sends `source` down `line`. Resolves when the kernel (or TLS) has taken the last byte; rejects with the error of the
 * source. The end of the line is not an error here: when `scope` closes the promise resolves and nothing more is read.
 */
export function sendAll(scope: Scope, source: ByteSource, line: Socket, options: SendOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    if (scope.closed) {
      resolve();
      return;
    }
    const blocks: Block[] = [];
    let readAt = options.start;
    let reading = 0;
    let writing = 0;
    /** A read has met the end of the source. */
    let atEnd = false;
    /** Everything up to the end has been handed to the line. */
    let wroteEnd = false;
    let settled = false;

    const settle = (error?: Error): void => {
      if (settled) return;
      settled = true;
      leave();
      // Buffers with a read or a write in flight are not reused: the kernel may still touch them.
      if (reading === 0 && writing === 0) for (const block of blocks) giveBuffer(block.buffer);
      if (error === undefined) resolve();
      else reject(error);
    };
    const leave = scope.add(() => settle());

    const readAhead = (): void => {
      // A small file takes one block: its size is known, and only a read that returns 0 ends it.
      while (!settled && !atEnd && blocks.length + writing < buffersAhead && (readAt < options.size || reading === 0)) {
        const block: Block = { buffer: takeBuffer(), length: 0, ready: false };
        blocks.push(block);
        fill(block, readAt, 0);
        readAt += block.buffer.length;
      }
    };

    const fill = (block: Block, position: number, have: number): void => {
      reading += 1;
      const wanted = have === 0 ? block.buffer : block.buffer.subarray(have);
      readOnce(source, wanted, position + have).then(
        (count) => {
          reading -= 1;
          if (settled) return;
          const total = have + count;
          // A short read is not the end of a file; only 0 is. At the size seen at opening it saves the extra read.
          if (count > 0 && total < block.buffer.length && position + total !== options.size) {
            fill(block, position, total);
            return;
          }
          if (total < block.buffer.length) atEnd = true;
          block.length = total;
          block.ready = true;
          writeReady();
        },
        (error: unknown) => {
          reading -= 1;
          if (!wroteEnd) settle(error instanceof Error ? error : new Error(String(error)));
        },
      );
    };

    const writeReady = (): void => {
      while (!settled && !wroteEnd && blocks[0]?.ready === true) {
        const block = blocks.shift() as Block;
        // A file that changes may have bytes again behind its end of a moment ago: they would leave a gap.
        wroteEnd = block.length < block.buffer.length;
        if (block.length > 0) writeBlock(block);
        else giveBuffer(block.buffer);
      }
      if (settled) return;
      if (wroteEnd && writing === 0) settle();
      else readAhead();
    };

    const writeBlock = (block: Block): void => {
      writing += 1;
      line.write(
        block.length === block.buffer.length ? block.buffer : block.buffer.subarray(0, block.length),
        (error) => {
          writing -= 1;
          giveBuffer(block.buffer);
          if (settled || error) return;
          options.progress.bytes += block.length;
          options.onProgress?.();
          writeReady();
        },
      );
    };

    readAhead();
  });
}

export interface ReceiveOptions {
  readonly progress: PumpProgress;
  onProgress?(): void;
}

/**
 * Writes what comes from `line` to `sink` until the line ends its half. Resolves when the sink has taken all of it;
 * rejects with the sink's error. When `scope` closes, the promise resolves after the write in flight. How the line
 * ended is the data connection's to tell.
 */
export function receiveAll(scope: Scope, line: Socket, sink: ByteSink, options: ReceiveOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    let waiting: Buffer[] = [];
    let waitingBytes = 0;
    let writing = false;
    let atEnd = false;
    let settled = false;

    const settle = (error?: Error): void => {
      if (settled) return;
      settled = true;
      leave();
      line.off('data', onData);
      line.off('end', onEnd);
      line.off('close', onEnd);
      if (error === undefined) resolve();
      else reject(error);
    };
    const leave = scope.add(() => {
      atEnd = true;
      line.off('data', onData);
      if (!writing) flush();
    });

    const flush = (): void => {
      if (waitingBytes === 0) {
        if (atEnd) settle();
        return;
      }
      const chunks = waiting;
      const bytes = waitingBytes;
      waiting = [];
      waitingBytes = 0;
      writing = true;
      sink.write(chunks).then(
        () => {
          writing = false;
          options.progress.bytes += bytes;
          options.onProgress?.();
          if (line.isPaused() && !atEnd) line.resume();
          flush();
        },
        (error: unknown) => {
          writing = false;
          settle(error instanceof Error ? error : new Error(String(error)));
        },
      );
    };

    const onData = (chunk: Buffer): void => {
      waiting.push(chunk);
      waitingBytes += chunk.length;
      if (waitingBytes >= maxUnwrittenBytes) line.pause();
      // Small records gather for the rest of this turn, so that the disk sees few large writes.
      if (!writing && waitingBytes >= pumpBufferBytes) flush();
      else if (!writing && waiting.length === 1) setImmediate(flushIfIdle);
    };
    const flushIfIdle = (): void => {
      if (!writing && !settled) flush();
    };
    const onEnd = (): void => {
      atEnd = true;
      if (!writing) flush();
    };

    line.on('data', onData);
    line.on('end', onEnd);
    line.on('close', onEnd);
    if (line.readableEnded || line.destroyed) onEnd();
    else line.resume();
  });
}
