/** What the byte pumps share: where bytes come from, where they go, and the bounds on the memory of a transfer. */

/** Where sent bytes come from: positioned reads, several of which may be in flight. */
export interface ByteSource {
  /** Resolves with the number of bytes read; 0 at the end. */
  read(buffer: Buffer, position: number): Promise<number>;
}

/** Where received bytes go. Calls come one after the other. */
export interface ByteSink {
  /** Nothing of the chunks is needed once `write` has resolved: their memory is then used again. Without it they are the sink's own. */
  readonly isDoneWithChunks?: boolean;
  write(chunks: readonly Buffer[]): Promise<void>;
}

export interface PumpProgress {
  /** Payload bytes handed to the line, or taken from it. */
  bytes: number;
}

/** Size of one read and of one write to the line, in bytes: handing over between threads costs the same for little and for much. */
export const pumpBufferBytes = 512 * 1024;

/** Reads in flight or waiting to be sent. With the buffer size it bounds the memory of one download. */
export const buffersAhead = 2;

/** Received bytes that may wait for the disk before the line is paused. */
export const maxUnwrittenBytes = 1024 * 1024;

/** The error that a rejection stands for. */
export function errorOf(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
