/** The data line of a load generator: TLS 1.3 that resumes the session of its control line and keeps nothing. */

import { once } from 'node:events';
import type { OnReadOpts } from 'node:net';
import { connect as tlsConnect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { type FtpControl, tls13 } from '../ftp-control.ts';

const bufferBytes = 256 * 1024;
/** All lines read into the same memory: what arrives is counted before the next one reads. */
const landing = Buffer.allocUnsafe(bufferBytes);
const chunk = Buffer.alloc(bufferBytes, 0x61);

export interface DataLine {
  readonly socket: TLSSocket;
  readonly received: () => number;
  /** Resolves when the line is closed, whichever way. */
  readonly closed: Promise<void>;
}

/** Opens a passive data line; `onBytes` sees what arrives, and must not keep the memory. */
export async function openDataLine(
  control: FtpControl,
  host: string,
  onBytes: (bytes: Buffer) => void = () => {},
): Promise<DataLine> {
  const port = await control.passivePort();
  let received = 0;
  const callback = (count: number) => {
    received += count;
    onBytes(landing.subarray(0, count));
    return true;
  };
  const { session } = control;
  const options: ConnectionOptions & { onread: OnReadOpts } = {
    host,
    port,
    rejectUnauthorized: false,
    secureContext: tls13,
    ...(session && { session }),
    onread: { buffer: landing, callback },
  };
  const socket = tlsConnect(options);
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  socket.on('error', () => socket.destroy());
  socket.on('close', () => resolve());
  await Promise.race([once(socket, 'connect'), closed]);
  return { socket, received: () => received, closed };
}

/** Writes `bytes` bytes and ends the line; `begun` is called once the first are gone, and behind each further piece. */
export async function pourInto(line: DataLine, bytes: number, begun: () => void = () => {}): Promise<void> {
  for (let left = bytes; left > 0 && !line.socket.destroyed; left -= chunk.length) {
    const more = left >= chunk.length ? chunk : chunk.subarray(0, left);
    if (!line.socket.write(more)) await Promise.race([once(line.socket, 'drain'), line.closed]);
    begun();
  }
  line.socket.end();
}
