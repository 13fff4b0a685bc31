/**
 * A program that moves many small files one after the other on one session and asks for a port and the file in one write:
 * `EPSV` and `RETR` or `STOR` go out together, which RFC 1123 section 4.1.2.10 lets a client do, and the next pair
 * follows the final reply. More at once would be no use: some servers take a further EPSV as the end of the running transfer.
 *
 * `node small-transfer.ts JSON` with the order of `small-transfers.ts` prints `{ elapsedMs, cpuSeconds }`, the login left out. With
 * `raw-get` and `raw-put` it asks the bare origin, a connection for each file.
 */

import { once } from 'node:events';
import { connect as tlsConnect, createSecureContext, type TLSSocket } from 'node:tls';
import { FtpControl } from './ftp-control.ts';
import { pathOf, type SmallOrder, type SmallResult } from './small-transfers.ts';

// The one group that every server takes at once: with others some fail, and some ask for a second ClientHello.
const secureContext = createSecureContext({ minVersion: 'TLSv1.3', ecdhCurve: 'P-256' });

/** A data line whose bytes are counted and dropped. */
class Line {
  readonly socket: TLSSocket;
  received = 0;
  readonly closed: Promise<unknown>;

  constructor(order: SmallOrder, port: number, session: Buffer | undefined) {
    const { host } = order;
    const resumed = session && { session };
    this.socket = tlsConnect({ host, port, secureContext, rejectUnauthorized: false, ...resumed });
    this.socket.setNoDelay(true);
    this.socket.on('data', (chunk: Buffer) => (this.received += chunk.length));
    this.closed = once(this.socket, 'close');
    this.closed.catch(() => {});
  }
}

async function ftpFile(order: SmallOrder, control: FtpControl, path: string, body: Buffer): Promise<void> {
  const isUpload = order.mode === 'put';
  control.send(`EPSV\r\n${isUpload ? 'STOR' : 'RETR'} ${path}`);
  const line = new Line(order, FtpControl.portOf(await control.reply('229')), control.session);
  if (isUpload) line.socket.end(body);
  await control.reply('150', '125');
  await Promise.all([line.closed, control.reply('226', '250')]);
  if (!isUpload && line.received !== order.bytes) throw new Error(`Got ${line.received} bytes of ${path}.`);
}

/** Its first answer brings the session that the others resume. */
async function rawFile(order: SmallOrder, session: Buffer | undefined, body: Buffer): Promise<Buffer | undefined> {
  const line = new Line(order, order.port, session);
  let newest = session;
  line.socket.on('session', (given: Buffer) => (newest = given));
  const isUpload = order.mode === 'raw-put';
  const words = isUpload
    ? `PUT / HTTP/1.0\r\nContent-Length: ${body.length}\r\n\r\n`
    : `GET /${order.bytes} HTTP/1.0\r\n\r\n`;
  line.socket.write(isUpload ? Buffer.concat([Buffer.from(words), body]) : words);
  await line.closed;
  if (!isUpload && line.received < order.bytes) throw new Error(`Got ${line.received} bytes.`);
  return newest;
}

async function run(order: SmallOrder): Promise<SmallResult> {
  const { user = '', password = '' } = order;
  const body = Buffer.alloc(order.bytes, 0x61);
  const isRaw = order.mode.startsWith('raw-');
  const control = isRaw ? undefined : await FtpControl.open({ ...order, user, password });
  const started = performance.now();
  const cpu = process.cpuUsage();
  let session: Buffer | undefined;
  for (let index = 1; index <= order.count; index++) {
    if (control === undefined) session = await rawFile(order, session, body);
    else await ftpFile(order, control, pathOf(order.path, index), body);
  }
  const elapsedMs = performance.now() - started;
  const { user: own, system } = process.cpuUsage(cpu);
  await control?.close();
  return { elapsedMs, cpuSeconds: (own + system) / 1e6 };
}

const result = await run(JSON.parse(process.argv[2] ?? '{}') as SmallOrder);
process.stdout.write(`${JSON.stringify(result)}\n`);
