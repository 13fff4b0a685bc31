/** Waits for the first bytes of an accepted data connection and puts them back unread, so that TLS can be chosen by them. */

import type { Socket } from 'node:net';
import { type ClientHelloResult, maxClientHelloBytes, readClientHelloBody, scanFirstMessage } from './client-hello.ts';

/**
 * Calls back in the same turn in which the ClientHello is whole, with its bytes pushed back into `raw`; the caller
 * wraps `raw` before it returns. Not called when the connection ends first. The result stops the watching and pushes
 * back what has come.
 */
export function peekClientHello(raw: Socket, onHello: (hello: ClientHelloResult) => void): () => void {
  let chunks: Buffer[] = [];
  let seenBytes = 0;
  let neededBytes = 1;
  const stop = (): void => {
    raw.off('data', onData);
    raw.pause();
    if (chunks.length > 0) raw.unshift(Buffer.concat(chunks));
    chunks = [];
  };
  const onData = (chunk: Buffer): void => {
    chunks.push(chunk);
    seenBytes += chunk.length;
    // Joined only when that can tell more: a client that sends single bytes costs nothing extra.
    if (seenBytes < neededBytes && seenBytes < maxClientHelloBytes) return;
    const seen = Buffer.concat(chunks);
    chunks = [seen];
    const scan = scanFirstMessage(seen);
    if (scan.kind === 'incomplete' && seenBytes < maxClientHelloBytes) {
      neededBytes = scan.neededBytes;
      return;
    }
    stop();
    onHello(scan.kind === 'whole' ? readClientHelloBody(scan.body) : scan.kind);
  };
  raw.on('data', onData);
  raw.resume();
  return stop;
}
