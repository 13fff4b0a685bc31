/** Waits for the first bytes of an accepted data connection and puts them back unread, so that TLS can be chosen by them. */

import type { Socket } from 'node:net';
import { type ClientHelloResult, maxClientHelloBytes, readClientHello } from './client-hello.ts';

/**
 * Calls back in the same turn in which the ClientHello is whole, with its bytes pushed back into `raw`; the caller
 * wraps `raw` before it returns. Not called when the connection ends first. The result stops the watching.
 */
export function peekClientHello(raw: Socket, onHello: (hello: ClientHelloResult) => void): () => void {
  let seen: Buffer = Buffer.alloc(0);
  const stop = (): void => {
    raw.off('data', onData);
    raw.pause();
  };
  const onData = (chunk: Buffer): void => {
    seen = seen.length === 0 ? chunk : Buffer.concat([seen, chunk]);
    const hello = readClientHello(seen);
    if (hello === 'incomplete' && seen.length < maxClientHelloBytes) return;
    stop();
    raw.unshift(seen);
    onHello(hello);
  };
  raw.on('data', onData);
  raw.resume();
  return stop;
}
