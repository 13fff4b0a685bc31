/**
 * A program that gives and takes bytes over bare TLS 1.3 and bare TCP with just enough HTTP for curl: the ceiling of the machine.
 *
 * `node bare-origin.ts CERTIFICATE KEY` prints `listening PORT CLEARPORT`. `GET /BYTES` sends that many bytes from memory in pieces of
 * 256 KiB and closes; `PUT` takes as many as Content-Length says and closes.
 */

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer as createClearServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer } from 'node:tls';

const [certificateFile = '', keyFile = ''] = process.argv.slice(2);
const chunk = Buffer.alloc(256 * 1024, 0x61);

async function give(socket: Socket, bytes: number): Promise<void> {
  socket.write(`HTTP/1.0 200 OK\r\nContent-Length: ${bytes}\r\n\r\n`);
  for (let left = bytes; left > 0; left -= chunk.length) {
    const more = left >= chunk.length ? chunk : chunk.subarray(0, left);
    if (!socket.write(more)) await once(socket, 'drain');
  }
  socket.end();
}

function take(socket: Socket, bytes: number, already: number): void {
  let taken = already;
  const count = () => {
    if (taken >= bytes) socket.end('HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n');
  };
  socket.on('data', (more: Buffer) => {
    taken += more.length;
    count();
  });
  count();
}

function serve(socket: Socket): void {
  let head = Buffer.alloc(0);
  const onHead = (more: Buffer) => {
    head = Buffer.concat([head, more]);
    const end = head.indexOf('\r\n\r\n');
    if (end < 0) return;
    socket.off('data', onHead);
    const text = head.toString('latin1', 0, end);
    const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0);
    if (text.startsWith('PUT')) take(socket, length, head.length - end - 4);
    else give(socket, Number(/^GET \/(\d+)/.exec(text)?.[1] ?? 0)).catch(() => socket.destroy());
  };
  socket.on('data', onHead);
  socket.on('error', () => socket.destroy());
}

const secure = createServer(
  { cert: readFileSync(certificateFile), key: readFileSync(keyFile), minVersion: 'TLSv1.3', noDelay: true },
  serve,
);
const clear = createClearServer({ noDelay: true }, serve);

async function portOf(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

process.stdout.write(`listening ${await portOf(secure)} ${await portOf(clear)}\n`);
