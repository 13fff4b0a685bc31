/** The server side of SOCKS 5 (RFC 1928), without a login: how a client tells the relay where a line is to go. */

import { once } from 'node:events';
import type { Socket } from 'node:net';

export interface SocksTarget {
  readonly host: string;
  readonly port: number;
}

/** Reads exactly that many bytes. Rejects when the client leaves first. */
async function take(socket: Socket, count: number): Promise<Buffer> {
  for (;;) {
    const chunk: unknown = socket.read(count);
    if (Buffer.isBuffer(chunk) && chunk.length === count) return chunk;
    if (socket.readableEnded || socket.destroyed) throw new Error('the client has left');
    await Promise.race([once(socket, 'readable'), once(socket, 'close')]);
  }
}

async function takeHost(socket: Socket, type: number): Promise<string> {
  if (type === 1) return [...(await take(socket, 4))].join('.');
  if (type === 4) {
    const bytes = await take(socket, 16);
    return Array.from({ length: 8 }, (_, at) => bytes.readUInt16BE(at * 2).toString(16)).join(':');
  }
  const [length = 0] = await take(socket, 1);
  return (await take(socket, length)).toString('latin1');
}

/** Where the client wants to be connected to. Rejects for anything but CONNECT. */
export async function readSocksTarget(socket: Socket): Promise<SocksTarget> {
  const [version, methods = 0] = await take(socket, 2);
  if (version !== 5) throw new Error('no SOCKS 5');
  await take(socket, methods);
  socket.write(Buffer.from([5, 0]));
  const [, command, , type = 0] = await take(socket, 4);
  if (command !== 1) throw new Error('no CONNECT');
  const host = await takeHost(socket, type);
  return { host, port: (await take(socket, 2)).readUInt16BE(0) };
}

/** Tells the client that it is connected, or that it cannot be. */
export function answerSocks(socket: Socket, isConnected: boolean): void {
  socket.write(Buffer.from([5, isConnected ? 0 : 5, 0, 1, 0, 0, 0, 0, 0, 0]));
}
