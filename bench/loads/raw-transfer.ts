/**
 * A program that moves one stream as fast as Node can, with 256 KiB buffers, under TLS 1.3 or in clear, and tells when and at what cost.
 *
 * `node raw-transfer.ts JSON` with the order of `raw-transfers.ts`. The modes `get` and `put` speak FTP (EPSV; under TLS
 * the session of the control line is resumed); `raw-get` and `raw-put` ask the bare origin beside this file, which
 * gives the ceiling. Once everything is open it prints `ready` and waits for a line on standard input, so that several start
 * at once; the clock runs from the command to the final reply. Then it prints its result, and keeps the session until standard
 * input ends: the processes of the session can be asked for their processor time until then.
 */

import { once } from 'node:events';
import { connect, type NetConnectOpts, type OnReadOpts, type Socket } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import { FtpControl } from './ftp-control.ts';
import type { RawOrder, RawResult } from './raw-transfers.ts';

const bufferBytes = 256 * 1024;

interface DataLine {
  readonly socket: Socket;
  readonly received: () => number;
}

/** A line that counts what arrives and keeps none of it. */
function openLine(order: RawOrder, port: number, session: Buffer | undefined): DataLine {
  let received = 0;
  const callback = (count: number) => {
    received += count;
    return true;
  };
  const onread: OnReadOpts = { buffer: Buffer.allocUnsafe(bufferBytes), callback };
  const options: NetConnectOpts = { host: order.host, port, onread, noDelay: true };
  const security = { rejectUnauthorized: false, minVersion: 'TLSv1.3', ...(session && { session }) } as const;
  const socket = order.tls === false ? connect(options) : tlsConnect({ ...options, ...security });
  return { socket, received: () => received };
}

/** Writes `bytes` bytes, waiting for the socket whenever it is full. */
async function pour(socket: Socket, bytes: number): Promise<void> {
  const chunk = Buffer.alloc(bufferBytes, 0x61);
  for (let left = bytes; left > 0; left -= chunk.length) {
    const more = left >= chunk.length ? chunk : chunk.subarray(0, left);
    if (!socket.write(more)) await once(socket, 'drain');
  }
}

/** Waits for the word to start; gives what ends the clock. */
async function stopwatch(): Promise<() => RawResult> {
  process.stdout.write('ready\n');
  await once(process.stdin, 'data');
  const startedAt = performance.timeOrigin + performance.now();
  const cpu = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(cpu);
    return { startedAt, endedAt: performance.timeOrigin + performance.now(), cpuSeconds: (user + system) / 1e6 };
  };
}

async function tell(result: RawResult): Promise<void> {
  const ended = once(process.stdin, 'end');
  process.stdout.write(`${JSON.stringify(result)}\n`);
  await ended;
}

function headerOf(order: RawOrder): string {
  const length = order.mode === 'raw-put' ? `Content-Length: ${order.bytes}\r\n` : '';
  return `${order.mode === 'raw-put' ? 'PUT' : 'GET'} ${order.path} HTTP/1.0\r\n${length}\r\n`;
}

async function rawTransfer(order: RawOrder): Promise<void> {
  const { socket, received } = openLine(order, order.port, undefined);
  await once(socket, order.tls === false ? 'connect' : 'secureConnect');
  const ended = once(socket, 'end');
  const stop = await stopwatch();
  socket.write(headerOf(order));
  if (order.mode === 'raw-put') await pour(socket, order.bytes);
  await ended;
  const result = stop();
  if (order.mode === 'raw-get' && received() < order.bytes) throw new Error(`Got ${received()} bytes.`);
  await tell(result);
}

async function ftpTransfer(order: RawOrder): Promise<void> {
  const { user = '', password = '' } = order;
  const control = await FtpControl.open({ ...order, user, password });
  const { socket, received } = openLine(order, await control.passivePort(), control.session);
  const ended = once(socket, 'close');
  await once(socket, 'connect');
  const stop = await stopwatch();
  control.send(`${order.mode === 'get' ? 'RETR' : 'STOR'} ${order.path}`);
  await control.reply('150', '125');
  if (order.mode === 'put') {
    await pour(socket, order.bytes);
    socket.end();
  }
  await Promise.all([ended, control.reply('226', '250')]);
  const result = stop();
  if (order.mode === 'get' && received() !== order.bytes) throw new Error(`Got ${received()} bytes.`);
  await tell(result);
  await control.close();
}

const order = JSON.parse(process.argv[2] ?? '{}') as RawOrder;
await (order.mode.startsWith('raw-') ? rawTransfer(order) : ftpTransfer(order));
