/**
 * A program that speaks just enough FTP over TLS 1.3 for the load generators: the ceiling of what a server in Node can do.
 *
 * `node bare-ftp.ts CERTIFICATE KEY ROOT` prints `listening PORT`. It asks for no right password, reads no file but for its
 * size, keeps nothing of an upload and has a listing ready in memory after the first one.
 */

import { once } from 'node:events';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { createSecureContext, TLSSocket } from 'node:tls';

const [certificateFile = '', keyFile = '', root = ''] = process.argv.slice(2);
const secureContext = createSecureContext({
  cert: readFileSync(certificateFile),
  key: readFileSync(keyFile),
  minVersion: 'TLSv1.3',
});
const chunk = Buffer.alloc(256 * 1024, 0x61);
const listings = new Map<string, Buffer>();

/** Every name as an empty file of one date. */
function listingOf(path: string): Buffer {
  const known = listings.get(path);
  if (known !== undefined) return known;
  const lines = readdirSync(join(root, path)).map((name) => `type=file;size=0;modify=20260101000000; ${name}\r\n`);
  const text = Buffer.from(lines.join(''));
  listings.set(path, text);
  return text;
}

function secure(raw: Socket): TLSSocket {
  const socket = new TLSSocket(raw, { isServer: true, secureContext });
  socket.on('error', () => socket.destroy());
  return socket;
}

async function give(line: TLSSocket, bytes: number): Promise<void> {
  for (let left = bytes; left > 0 && !line.destroyed; left -= chunk.length) {
    const more = left >= chunk.length ? chunk : chunk.subarray(0, left);
    if (!line.write(more)) await Promise.race([once(line, 'drain'), once(line, 'close')]);
  }
  line.end();
}

async function take(line: TLSSocket): Promise<void> {
  line.resume();
  await once(line, 'end');
  line.end();
}

function sizeReply(path: string): string {
  const found = statSync(join(root, path), { throwIfNoEntry: false });
  return found === undefined ? '550 No such file' : `213 ${found.size}`;
}

const hostPort = (port: number): string => `${port >> 8},${port & 255}`;

const plainReplies: Readonly<Record<string, string>> = {
  USER: '331 Password',
  PASS: '230 In',
  PBSZ: '200 PBSZ=0',
  PROT: '200 Private',
  TYPE: '200 Image',
  NOOP: '200 Here',
  PWD: '257 "/"',
  CWD: '250 There',
};

/** One session; its data line ends with its control line. */
class Session {
  #control: Socket;
  #listener: Server | undefined;
  #line: Promise<TLSSocket> | undefined;
  #rest = '';

  constructor(raw: Socket) {
    this.#control = raw;
    this.#listen(raw);
    raw.write('220 Bare\r\n');
  }

  #listen(socket: Socket): void {
    socket.on('data', this.#onData);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#end());
  }

  #onData = (bytes: Buffer): void => {
    const lines = (this.#rest + bytes.toString('latin1')).split('\r\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#obey(line).catch(() => this.#control.destroy());
  };

  #say(text: string): void {
    this.#control.write(`${text}\r\n`);
  }

  async #obey(line: string): Promise<void> {
    const verb = line.slice(0, 4).trim().toUpperCase();
    const argument = line.slice(5);
    const reply = plainReplies[verb];
    if (reply !== undefined) this.#say(reply);
    else if (verb === 'AUTH') this.#upgrade();
    else if (verb === 'SIZE') this.#say(sizeReply(argument));
    else if (verb === 'EPSV') this.#say(`229 Port (|||${await this.#openPort()}|)`);
    else if (verb === 'PASV') this.#say(`227 Port (127,0,0,1,${hostPort(await this.#openPort())})`);
    else if (verb === 'QUIT') this.#control.end('221 Bye\r\n');
    else if (verb === 'RETR') await this.#move((data) => give(data, statSync(join(root, argument)).size));
    else if (verb === 'STOR') await this.#move(take);
    else if (verb === 'MLSD') await this.#move(async (data) => void data.end(listingOf(argument)));
    else this.#say('500 No');
  }

  #upgrade(): void {
    this.#say('234 Go');
    const raw = this.#control;
    raw.off('data', this.#onData);
    this.#control = secure(raw);
    this.#listen(this.#control);
  }

  async #openPort(): Promise<number> {
    const listener = createServer({ noDelay: true });
    this.#listener = listener;
    this.#line = once(listener, 'connection').then(([raw]: Socket[]) => {
      listener.close();
      return secure(raw!);
    });
    listener.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    return (listener.address() as AddressInfo).port;
  }

  async #move(work: (line: TLSSocket) => Promise<void>): Promise<void> {
    this.#say('150 Now');
    const line = await this.#line;
    if (line === undefined) return;
    const closed = once(line, 'close');
    await work(line);
    await closed;
    if (!this.#control.destroyed) this.#say('226 Done');
  }

  #end(): void {
    this.#listener?.close();
    this.#line?.then(
      (line) => line.destroy(),
      () => {},
    );
  }
}

const server = createServer({ noDelay: true }, (raw) => void new Session(raw));
server.listen({ port: 0, host: '127.0.0.1', backlog: 1024 }, () => {
  process.stdout.write(`listening ${(server.address() as AddressInfo).port}\n`);
});
