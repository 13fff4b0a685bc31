/** Takes everything that comes on a line into a sink: writes behind the line, with bounded memory. */

import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { type ByteSink, errorOf, maxUnwrittenBytes, type PumpProgress } from './pump.ts';
import { readInto } from './read-into.ts';
import { ReceivedBytes } from './received-bytes.ts';
import { releaseChunks } from './release-chunks.ts';
import type { Scope } from './scope.ts';
import { countTransfer, gatheredBytes, goOnInTurn, isCrowded, maxShareBytes } from './turn-share.ts';

export interface ReceiveOptions {
  readonly progress: PumpProgress;
  /** As `isDoneWithChunks` of the sink. */
  readonly reuseMemory?: boolean;
  onProgress?(): void;
}

/** A sink that throws is one that rejects. */
async function writeOnce(sink: ByteSink, chunks: readonly Buffer[]): Promise<void> {
  await sink.write(chunks);
}

/** One run of `receiveAll`. */
class Receiving {
  readonly #line: Socket;
  readonly #sink: ByteSink;
  readonly #options: ReceiveOptions;
  readonly #onSettled: (error?: Error) => void;
  readonly #isEncrypted: boolean;
  readonly #received: ReceivedBytes;
  /** The line reads into memory of ours. */
  #fillsOwn = false;
  /** Bytes that have come in this turn of the event loop. */
  #hadInTurn = 0;
  #watchesTurn = false;
  /** The line has had its share, and is not read until it is its turn again. */
  #waitsForTurn = false;
  #writing = false;
  #atEnd = false;
  #settled = false;

  constructor(line: Socket, sink: ByteSink, options: ReceiveOptions, onSettled: (error?: Error) => void) {
    this.#line = line;
    this.#isEncrypted = line instanceof TLSSocket;
    this.#received = new ReceivedBytes(this.#isEncrypted);
    this.#sink = sink;
    this.#options = options;
    this.#onSettled = onSettled;
  }

  start(): void {
    const line = this.#line;
    line.on('end', this.#onEnd);
    line.on('close', this.#onEnd);
    if (line.readableEnded || line.destroyed) {
      this.#onEnd();
      return;
    }
    this.#fillsOwn = this.#options.reuseMemory === true && this.#readIntoOwn();
    if (!this.#fillsOwn) line.on('data', this.#onData);
    if (this.#fillsOwn && isCrowded()) this.#waitForTurn();
    else line.resume();
  }

  /** What came before lies in the stream. */
  #readIntoOwn(): boolean {
    const early = this.#line.read() as Buffer | null;
    if (early !== null) this.#onData(early);
    return readInto(this.#line, () => this.#received.room(), this.#onBytes);
  }

  /** Takes nothing more; what has come is handed over. */
  stop(): void {
    this.#line.off('data', this.#onData);
    this.#onEnd();
  }

  readonly #onEnd = (): void => {
    this.#atEnd = true;
    if (!this.#writing) this.#flush();
  };

  readonly #onData = (chunk: Buffer): void => {
    this.#received.addChunk(chunk);
    this.#onReceived(chunk.length);
  };

  /** Returns false where the line is to be read no further in this turn. */
  readonly #onBytes = (count: number): boolean => {
    if (this.#atEnd) return true;
    this.#received.add(count);
    this.#onReceived(count);
    if (this.#hadInTurn >= maxShareBytes && isCrowded()) this.#waitForTurn();
    return !this.#waitsForTurn;
  };

  #waitForTurn(): void {
    if (this.#waitsForTurn) return;
    this.#waitsForTurn = true;
    goOnInTurn(this.#goOn);
  }

  #onReceived(count: number): void {
    const { bytes } = this.#received;
    if (bytes >= maxUnwrittenBytes) this.#line.pause();
    if (!this.#writing && bytes >= gatheredBytes(this.#isEncrypted)) this.#flush();
    this.#hadInTurn += count;
    this.#watchTurn();
  }

  #watchTurn(): void {
    if (this.#watchesTurn) return;
    this.#watchesTurn = true;
    setImmediate(this.#onTurnOver);
  }

  /** Small records gather for the rest of a turn, and of a line with more to give for longer: the disk sees few large writes. */
  readonly #onTurnOver = (): void => {
    this.#hadInTurn = 0;
    this.#watchesTurn = false;
    if (!this.#writing && !this.#settled && !this.#waitsForTurn) this.#flush();
  };

  readonly #goOn = (): void => {
    this.#waitsForTurn = false;
    if (this.#settled || this.#atEnd) return;
    if (!this.#writing || this.#received.bytes < maxUnwrittenBytes) this.#line.resume();
    this.#watchTurn();
  };

  #flush(): void {
    const { bytes } = this.#received;
    if (bytes === 0) {
      if (this.#atEnd) this.#settle();
      return;
    }
    this.#writing = true;
    const chunks = this.#received.take();
    writeOnce(this.#sink, chunks).then(
      () => {
        if (this.#options.reuseMemory === true && !this.#fillsOwn) releaseChunks(chunks);
        this.#onWritten(bytes);
      },
      (error: unknown) => {
        this.#writing = false;
        this.#settle(errorOf(error));
      },
    );
  }

  #onWritten(bytes: number): void {
    this.#writing = false;
    this.#received.written();
    this.#options.progress.bytes += bytes;
    this.#options.onProgress?.();
    if (this.#line.isPaused() && !this.#atEnd && !this.#waitsForTurn) this.#line.resume();
    this.#flush();
  }

  #settle(error?: Error): void {
    if (this.#settled) return;
    this.#settled = true;
    // A line that is neither at its end nor closed may read into its last buffer once more, also where it is destroyed.
    if (error === undefined && (this.#line.readableEnded || this.#line.closed)) this.#received.release();
    this.#line.off('data', this.#onData);
    this.#line.off('end', this.#onEnd);
    this.#line.off('close', this.#onEnd);
    this.#onSettled(error);
  }
}

/**
 * Writes what comes from `line` to `sink` until the line ends its half. Resolves when the sink has taken all of it;
 * rejects with the sink's error. When `scope` closes, the promise resolves once the sink has what had come until then.
 * How the line ended is the data connection's to tell.
 */
export function receiveAll(scope: Scope, line: Socket, sink: ByteSink, options: ReceiveOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    if (scope.closed) {
      resolve();
      return;
    }
    const countOff = countTransfer();
    const receiving = new Receiving(line, sink, options, (error) => {
      countOff();
      leave();
      if (error === undefined) resolve();
      else reject(error);
    });
    const leave = scope.add(() => receiving.stop());
    receiving.start();
  });
}
