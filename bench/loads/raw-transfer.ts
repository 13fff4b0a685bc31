/**
 * A program that moves one stream over TLS 1.3 as fast as Node can, with 256 KiB buffers, and prints how long it took.
 *
 * `node raw-transfer.ts JSON` with `{ mode, host, port, user?, password?, path, bytes }`. The modes `get` and `put` speak FTP
 * (explicit TLS, EPSV, the session of the control line resumed); `raw-get` and `raw-put` ask the bare TLS origin beside this
 * file, which gives the ceiling. The clock runs from the command to the final reply.
 */

import { once } from 'node:events';
import type { OnReadOpts } from 'node:net';
import { connect as tlsConnect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { FtpControl } from './ftp-control.ts';

interface Order {
  readonly mode: 'get' | 'put' | 'raw-get' | 'raw-put';
  readonly host: string;
  readonly port: number;
  readonly user?: string;
  readonly password?: string;
  readonly path: string;
  readonly bytes: number;
}

const bufferBytes = 256 * 1024;

interface DataLine {
  readonly socket: TLSSocket;
  readonly received: () => number;
}

/** A TLS line that counts what arrives and keeps none of it. */
function openLine(host: string, port: number, session: Buffer | undefined): DataLine {
  let received = 0;
  const callback = (count: number) => {
    received += count;
    return true;
  };
  const options: ConnectionOptions & { onread: OnReadOpts } = {
    host,
    port,
    rejectUnauthorized: false,
    minVersion: 'TLSv1.3',
    ...(session && { session }),
    onread: { buffer: Buffer.allocUnsafe(bufferBytes), callback },
  };
  const socket = tlsConnect(options);
  return { socket, received: () => received };
}

/** Writes `bytes` bytes, waiting for the socket whenever it is full. */
async function pour(socket: TLSSocket, bytes: number): Promise<void> {
  const chunk = Buffer.alloc(bufferBytes, 0x61);
  for (let left = bytes; left > 0; left -= chunk.length) {
    const more = left >= chunk.length ? chunk : chunk.subarray(0, left);
    if (!socket.write(more)) await once(socket, 'drain');
  }
}

function headerOf(order: Order): string {
  const length = order.mode === 'raw-put' ? `Content-Length: ${order.bytes}\r\n` : '';
  return `${order.mode === 'raw-put' ? 'PUT' : 'GET'} ${order.path} HTTP/1.0\r\n${length}\r\n`;
}

async function rawTransfer(order: Order): Promise<number> {
  const { socket, received } = openLine(order.host, order.port, undefined);
  await once(socket, 'secureConnect');
  const ended = once(socket, 'end');
  const started = performance.now();
  socket.write(headerOf(order));
  if (order.mode === 'raw-put') await pour(socket, order.bytes);
  await ended;
  const elapsed = performance.now() - started;
  if (order.mode === 'raw-get' && received() < order.bytes) throw new Error(`Got ${received()} bytes.`);
  return elapsed;
}

async function ftpTransfer(order: Order): Promise<number> {
  const { user = '', password = '' } = order;
  const control = await FtpControl.open({ ...order, user, password });
  const { socket, received } = openLine(order.host, await control.passivePort(), control.session);
  const ended = once(socket, 'close');
  await once(socket, 'connect');
  const started = performance.now();
  control.send(`${order.mode === 'get' ? 'RETR' : 'STOR'} ${order.path}`);
  await control.reply('150', '125');
  if (order.mode === 'put') {
    await pour(socket, order.bytes);
    socket.end();
  }
  await Promise.all([ended, control.reply('226', '250')]);
  const elapsed = performance.now() - started;
  if (order.mode === 'get' && received() !== order.bytes) throw new Error(`Got ${received()} bytes.`);
  await control.close();
  return elapsed;
}

const order = JSON.parse(process.argv[2] ?? '{}') as Order;
const elapsedMs = order.mode.startsWith('raw-') ? await rawTransfer(order) : await ftpTransfer(order);
process.stdout.write(`${JSON.stringify({ elapsedMs })}\n`);
