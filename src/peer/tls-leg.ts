/**
 * The leg between a TCP socket and the TLS layer above it, where bytes pass through and endings are held in hand.
 *
 * Node's TLSSocket ends the same way whether the peer sent close_notify or only a FIN. This leg withholds the FIN: if
 * the TLS layer ends before the FIN is given to it, then a close_notify came; if it ends after it, the stream was cut.
 * In the other direction the leg can swallow what the TLS layer writes, so that a FIN goes out with no close_notify.
 */

import { Duplex } from 'node:stream';
import type { Socket } from 'node:net';

/** The content type of ClientHello (RFC 8446 section 5.1). */
const handshakeRecord = 22;

export class TlsLeg extends Duplex {
  readonly #raw: Socket;
  /** Bytes of TLS that may still go out; what comes after them is swallowed. */
  #outputLeft = Infinity;
  /** Whether the TCP connection stays open for writing when the TLS layer ends. */
  #holdFin = false;
  #isMutedBehindHandshake = false;
  #corruptsNext = false;
  #pieceBytes = Infinity;

  /** `alreadyRead` are bytes of TLS that somebody took from the socket before. */
  constructor(raw: Socket, alreadyRead: Uint8Array) {
    super({ allowHalfOpen: true });
    this.#raw = raw;
    if (alreadyRead.length > 0) this.push(alreadyRead);
    raw.on('data', (chunk: Buffer) => {
      // The second flight of a TLS 1.3 client is the end of the handshake, and what a server says behind it are tickets.
      if (this.#isMutedBehindHandshake && chunk[0] !== handshakeRecord) this.#outputLeft = 0;
      if (!this.destroyed && !this.readableEnded && !this.push(chunk)) raw.pause();
    });
  }

  /** Lets `bytes` more bytes of TLS out and swallows the rest, alerts included. */
  cutOutputAfter(bytes: number): void {
    this.#outputLeft = bytes;
  }

  /** Swallows everything that the TLS layer of a TLS 1.3 server writes once the handshake is done. */
  muteBehindHandshake(): void {
    this.#isMutedBehindHandshake = true;
  }

  /** Turns a bit in the last byte of what the TLS layer writes next. */
  corruptNext(): void {
    this.#corruptsNext = true;
  }

  /** Sends what the TLS layer writes in pieces of this many bytes, each in a segment of its own. */
  sendInPiecesOf(bytes: number): void {
    this.#pieceBytes = bytes;
  }

  /** Keeps the TCP connection open for writing when the TLS layer ends. */
  holdFin(): void {
    this.#holdFin = true;
  }

  /** Gives the withheld FIN to the TLS layer. */
  giveFin(): void {
    if (!this.destroyed) this.push(null);
  }

  override _read(): void {
    this.#raw.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    const passed = chunk.subarray(0, Math.min(chunk.length, this.#outputLeft));
    this.#outputLeft -= passed.length;
    if (passed.length === 0 || this.#raw.writableEnded) {
      done();
      return;
    }
    if (this.#corruptsNext) {
      this.#corruptsNext = false;
      passed[passed.length - 1] = (passed.at(-1) ?? 0) ^ 1;
    }
    this.#send(passed, done);
  }

  #send(bytes: Buffer, done: (error?: Error | null) => void): void {
    const piece = bytes.subarray(0, Math.min(bytes.length, this.#pieceBytes));
    const rest = bytes.subarray(piece.length);
    if (rest.length === 0) this.#raw.write(piece, done);
    else this.#raw.write(piece, (error) => (error ? done(error) : setImmediate(() => this.#send(rest, done))));
  }

  override _final(done: (error?: Error | null) => void): void {
    if (!this.#holdFin && this.#outputLeft > 0) this.#raw.end();
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    // Nobody reads here any more, and the socket must still notice how the peer ends it.
    this.#raw.resume();
    done(error);
  }
}
