/**
 * Small clients with bad habits, for the cases of the lab to find. `believer` takes whatever a server says and does for good;
 * `fragile` understands one form of everything and gives up at any other, and `frozen` stands still there.
 */

import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { connect as connectTcp, createServer, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

const [habit = '', task = '', host = '', port = '', user = '', password = '', remote = '', local = ''] =
  process.argv.slice(2);
const isFragile = habit === 'fragile' || habit === 'frozen';
const timeoutMs = 2_000;
/** The fragile client gives a whole session no more time than this. */
const sessionMs = 2_800;

/** Reads replies; the fragile client takes each segment for one reply. */
class Control {
  line: Socket;
  /** The first one, offered over and over. */
  session: Buffer | undefined;
  #chunks: Buffer[] = [];
  #ended = false;

  constructor(line: Socket) {
    this.line = line;
    this.#listen();
  }

  #listen(): void {
    this.line.on('data', (chunk: Buffer) => this.#chunks.push(chunk));
    this.line.on('end', () => (this.#ended = true)).on('error', () => (this.#ended = true));
  }

  async secure(): Promise<void> {
    this.line.removeAllListeners('data');
    const tls = connectTls({ socket: this.line, rejectUnauthorized: false });
    tls.once('session', (session) => (this.session = session));
    await once(tls, 'secureConnect');
    this.line = tls;
    this.#listen();
  }

  #next(): string | undefined {
    if (isFragile) return this.#chunks.shift()?.toString('latin1');
    const text = Buffer.concat(this.#chunks).toString('latin1');
    const [whole] = /^(?:.*\n)*?\d{3} .*\r\n/.exec(text) ?? [];
    if (whole === undefined) return undefined;
    this.#chunks = [Buffer.from(text.slice(whole.length), 'latin1')];
    return whole.split(/\r?\n/).at(-2);
  }

  async reply(): Promise<string> {
    for (let waitedMs = 0; waitedMs < timeoutMs; waitedMs += 5) {
      const reply = this.#next();
      if (reply?.startsWith('1') && !isFragile && /^1[2-4]/.test(reply)) continue;
      if (reply !== undefined) return reply;
      if (this.#ended) throw new Error('the control line is gone');
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    throw new Error('no reply');
  }

  async ask(command: string, expected: RegExp): Promise<string> {
    this.line.write(`${command}\r\n`);
    const reply = await this.reply();
    const known = isFragile ? /^(?:200|220|221|226|227|229|230|234|331|150|213) [ -~]*\r\n$/ : expected;
    if (!known.test(reply)) throw new Error(`${command}: ${reply}`);
    return reply;
  }
}

const anything = /^/;

async function openPassive(control: Control): Promise<Socket> {
  const extended = await control.ask('EPSV', anything).catch((error: unknown) => {
    if (isFragile) throw error;
    return '';
  });
  const [, digits] = /\((.)\1\1(-?\d+)\1\)/.exec(extended)?.slice(1) ?? [];
  const [, bar] = /\(\|\|\|(\d{1,5})\|\)\r\n$/.exec(extended) ?? [];
  if (isFragile && (bar === undefined || bar === '0')) throw new Error(extended);
  const [, filledHost, filledPort] = /\(\|\d\|([^|]+)\|(\d+)\|\)/.exec(extended) ?? [];
  if (filledHost !== undefined) return connectTcp(Number(filledPort), filledHost);
  if (digits !== undefined) return connectTcp((Number(digits) + 65_536) % 65_536, host);
  const passive = await control.ask('PASV', anything);
  const late = /\(\|\|\|(\d+)\|\)/.exec(passive)?.[1];
  if (late !== undefined) return connectTcp(Number(late), host);
  const numbers = (/-?\d+(?:\s*,\s*-?\d+)+/.exec(passive)?.[0] ?? '').split(',').map(Number);
  const where = ((((numbers.at(-2) ?? 0) * 256 + (numbers.at(-1) ?? 0)) % 65_536) + 65_536) % 65_536;
  return connectTcp(
    where,
    numbers.length > 5
      ? numbers
          .slice(0, 4)
          .map((part) => part & 255)
          .join('.')
      : host,
  );
}

async function openActive(control: Control): Promise<() => Promise<Socket>> {
  const listener = createServer();
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port: own } = listener.address() as { port: number };
  const first = once(listener, 'connection');
  await control.ask(`EPRT |1|127.0.0.1|${own}|`, /^2/);
  return async () => {
    const [line] = (await first) as [Socket];
    listener.close();
    return line;
  };
}

async function collect(line: Socket, bytes: Buffer[]): Promise<void> {
  line.on('data', (chunk: Buffer) => bytes.push(chunk));
  await new Promise<void>((resolve) => {
    line
      .on('close', resolve)
      .on('error', () => resolve())
      .on('end', resolve);
  });
}

function showListing(text: string): void {
  const known = /^-\S{9} +\d+ ftp +ftp +\d+ \w{3} \d\d +\d{4} (.+)\r$/;
  for (const line of text.split('\n')) {
    if (!isFragile) console.log(line);
    else if (known.test(line)) console.log(known.exec(line)?.[1]);
  }
}

/** Bytes of one more data connection, under the TLS session that was used before. */
async function fetchOver(control: Control, command: string, isProtected: boolean): Promise<Buffer> {
  const raw = await openPassive(control);
  raw.on('error', () => undefined);
  await control.ask(command, /^1/);
  const again = control.session === undefined ? {} : { session: control.session };
  const line = isProtected ? connectTls({ socket: raw, rejectUnauthorized: false, ...again }) : raw;
  line.on('error', () => undefined);
  const bytes: Buffer[] = [];
  await collect(line, bytes);
  await control.reply();
  return Buffer.concat(bytes);
}

/** Every name of the list is a path below the folder, whatever it says; what comes behind NUL is not seen. */
async function copyTree(control: Control, isProtected: boolean): Promise<void> {
  const list = await fetchOver(control, 'NLST', isProtected);
  for (const name of list.toString().split('\r\n').filter(Boolean)) {
    const [seen = ''] = name.split('\0');
    const path = resolve(local, seen.replaceAll('\\', '/').replace(/^\w:/, ''));
    const bytes = await fetchOver(control, `RETR ${name}`, isProtected);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
  }
}

/** How many replies the frozen client still waits for behind those of the transfer. */
let noops = 0;

function keepAlive(control: Control): NodeJS.Timeout | undefined {
  if (task !== 'keepalive') return undefined;
  return setInterval(() => {
    noops += 1;
    control.line.write('NOOP\r\n');
  }, 700).unref();
}

async function transfer(control: Control, isProtected: boolean): Promise<void> {
  const verb = task === 'upload' ? 'STOR' : task === 'list' ? 'LIST' : 'RETR';
  const later = task === 'active' ? await openActive(control) : undefined;
  const passive = later === undefined ? await openPassive(control) : undefined;
  passive?.on('error', () => undefined);
  const before = task === 'resume' ? await readFile(local).catch(() => Buffer.alloc(0)) : Buffer.alloc(0);
  if (before.length > 0) await control.ask(`REST ${before.length}`, anything);
  if (isFragile && verb === 'RETR') await control.ask(`SIZE ${remote}`, anything);
  await control.ask(verb === 'LIST' ? verb : `${verb} ${remote}`, /^1/);
  const raw = passive ?? (await later?.()) ?? new Error('no data line');
  if (raw instanceof Error) throw raw;
  const waitsForHello = isFragile && task === 'active';
  const line =
    isProtected && !waitsForHello
      ? connectTls({ socket: raw, rejectUnauthorized: false, ...(isFragile && { maxVersion: 'TLSv1.2' as const }) })
      : raw;
  line.on('error', () => undefined);
  const bytes: Buffer[] = [];
  if (verb === 'STOR') {
    line.write(await readFile(local));
    // Gone before the other side has read: that is the habit.
    await new Promise((resolve) => setTimeout(resolve, 300));
    raw.resetAndDestroy();
  } else {
    const keeping = keepAlive(control);
    await collect(line, bytes);
    clearInterval(keeping);
  }
  if (verb === 'LIST') showListing(Buffer.concat(bytes).toString());
  else if (verb === 'RETR') await writeFile(local, Buffer.concat([before, ...bytes]));
  const result = await control.reply();
  if (isFragile && !/^226 .*\r\n$/.test(result)) throw new Error(result);
  if (habit === 'frozen') for (; noops > 0; noops--) await control.reply();
}

async function main(): Promise<void> {
  const raw = connectTcp(Number(port), host);
  await once(raw, 'connect');
  const control = new Control(raw);
  const greeting = await control.reply();
  if (isFragile && !/^220 .*\r\n$/.test(greeting)) throw new Error(greeting);
  const isSecured = (await control.ask('AUTH TLS', anything)).startsWith('234');
  if (isSecured) await control.secure();
  if (isFragile) await control.ask('PBSZ 0', anything);
  const asked = await control.ask(`USER ${user}`, anything);
  if (isFragile || asked.startsWith('331')) await control.ask(`PASS ${password}`, isFragile ? /^230/ : anything);
  if (!isFragile) await control.ask('PBSZ 0', anything);
  const isProtected = (await control.ask('PROT P', anything)).startsWith('200') && isSecured;
  await control.ask('TYPE I', anything);
  await (task === 'tree' ? copyTree(control, isProtected) : transfer(control, isProtected));
  const farewell = await control.ask('QUIT', anything).catch(() => '');
  if (isFragile && !farewell.startsWith('221')) throw new Error(farewell);
  control.line.destroy();
}

if (habit === 'fragile') setTimeout(() => process.exit(1), sessionMs).unref();
await main().catch(async (error: unknown) => {
  if (habit === 'frozen') await new Promise((resolve) => setTimeout(resolve, 60_000));
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
process.exit();
