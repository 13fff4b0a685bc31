/** One session of the lab with the server under test: it says what a case wants said, and writes down what comes. */

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { LineEndedError, replyLength, WatchedLine, within } from '../../peer/index.ts';
import { NoReply, NotImplemented, SetupFailed } from '../engine/case-errors.ts';
import type { EventLog } from '../engine/event-log.ts';
import { observeLine } from '../engine/observe-line.ts';
import { classOf, readReply, type Reply } from '../engine/reply.ts';
import { DataLine } from './data-line.ts';
import { extendedArgument, portArgument } from './port-argument.ts';
import { extendedPort, passivePort } from './passive-port.ts';
import type { LabTimeouts, ServerTarget } from './server-target.ts';

/** How long a server may take to end a session that has said QUIT before the lab ends it, in milliseconds. */
const leaveMs = 500;

/** Replies that are kept until they are read, in bytes: no true reply comes near it. */
const maxReplyBytes = 4 * 1024 * 1024;

export interface DataOptions {
  /** Starts TLS as soon as the line is connected. Default: where PROT P was said last. */
  readonly tls?: boolean;
  /** Offers the newest TLS session of the control line. Default true. */
  readonly reuse?: boolean;
  readonly tlsOptions?: ConnectionOptions;
}

/** A port of the lab that waits for one connection. */
export interface ActivePort {
  readonly host: string;
  readonly port: number;
  /** Rejects where nobody has come in the time of a reply. */
  readonly accepted: Promise<DataLine>;
  close(): void;
}

export class LabSession {
  readonly name: string;
  /** Another one behind {@link dropTls}. */
  control: WatchedLine;
  readonly dataLines: DataLine[] = [];
  /** What PROT has set. */
  protection: 'C' | 'P' = 'C';
  readonly #closeListeners: (() => void)[] = [];
  readonly #number: number;
  readonly #target: ServerTarget;
  readonly #timeouts: LabTimeouts;
  readonly #log: EventLog;

  private constructor(raw: Socket, number: number, target: ServerTarget, timeouts: LabTimeouts, log: EventLog) {
    this.name = `control ${number}`;
    this.#number = number;
    this.#target = target;
    this.#timeouts = timeouts;
    this.#log = log;
    this.control = new WatchedLine(raw, observeLine(log, this.name, 'text'));
    this.control.keepAtMost(maxReplyBytes);
  }

  /** A TCP connection, with TLS on it where the target is implicit. The greeting is the first reply. Throws `SetupFailed`. */
  static async connect(
    number: number,
    target: ServerTarget,
    timeouts: LabTimeouts,
    log: EventLog,
    localAddress?: string,
  ): Promise<LabSession> {
    const { host, port } = target;
    const raw = await dial(host, port, timeouts.connectMs, localAddress);
    const session = new LabSession(raw, number, target, timeouts, log);
    log.add({ kind: 'connected', line: session.name, by: 'lab', text: `${host} port ${port}` });
    if (target.security === 'implicit') await session.startTls();
    return session;
  }

  /** Writes bytes on the control line as they are; no line end is added. */
  async send(bytes: string | Uint8Array): Promise<void> {
    await this.control.write(bytes);
  }

  /** The next reply. Throws `NoReply` where none comes in time or the line ends first. */
  async reply(timeoutMs: number = this.#timeouts.replyMs): Promise<Reply> {
    const found = await this.replyOrNothing(timeoutMs);
    if (found !== undefined) return found;
    const { how } = this.control.ending;
    const why = how === 'none' ? `no reply came within ${timeoutMs / 1000} s` : `the control line ended (${how})`;
    throw new NoReply(why);
  }

  /** The next reply; undefined where none comes in time or the line ends first. */
  async replyOrNothing(timeoutMs: number = this.#timeouts.replyMs): Promise<Reply | undefined> {
    try {
      return readReply(await this.control.take(replyLength, 'a reply', timeoutMs));
    } catch {
      return undefined;
    }
  }

  /** A command (CRLF is added) and its reply. */
  async command(text: string, timeoutMs?: number): Promise<Reply> {
    try {
      await this.send(`${text}\r\n`);
    } catch (error) {
      if (!(error instanceof LineEndedError) && !isSocketError(error)) throw error;
      throw new NoReply(`the control line was gone (${this.control.ending.how}) when ${verbOf(text)} was sent`);
    }
    return this.reply(timeoutMs);
  }

  /** The same, for commands that a server need not have. Throws `NotImplemented` at 500, 502 and 504. */
  async implemented(text: string): Promise<Reply> {
    const reply = await this.command(text);
    if (reply.code === 500 || reply.code === 502 || reply.code === 504) throw new NotImplemented(text, reply);
    return reply;
  }

  /** A command on the way to what the case is about. Throws `SetupFailed` where it is not answered as it must be. */
  async need(codes: number | readonly number[], text: string): Promise<Reply> {
    let reply: Reply;
    try {
      reply = await this.command(text);
    } catch (error) {
      throw new SetupFailed(`${verbOf(text)}: ${error instanceof Error ? error.message : String(error)}`);
    }
    if ([codes].flat().includes(reply.code)) return reply;
    throw new SetupFailed(`${verbOf(text)} is answered ${reply.text}`);
  }

  /** Starts TLS on the control line over the same socket, without AUTH. */
  async startTls(options: ConnectionOptions = {}): Promise<void> {
    await this.control.startTls({ ...this.#tlsOptions, ...options }, this.#timeouts.tlsMs);
  }

  /** Ends TLS on this side as the server has ended it on its own, and goes on in clear over the same connection. */
  async dropTls(): Promise<void> {
    const { tls, raw } = this.control;
    if (tls === undefined) return;
    const finished = once(tls, 'finish');
    this.control.closeNotifyOnly();
    await within(finished, 'close_notify', this.#timeouts.promptMs).catch(() => undefined);
    raw.removeAllListeners('data');
    this.control = new WatchedLine(raw, observeLine(this.#log, this.name, 'text'));
    this.control.keepAtMost(maxReplyBytes);
    raw.resume();
  }

  get #tlsOptions(): ConnectionOptions {
    const { host, minTls, maxTls } = this.#target;
    return {
      ...(/[a-z]/i.test(host) && !host.includes(':') ? { servername: host } : {}),
      ...(minTls === undefined ? {} : { minVersion: minTls }),
      ...(maxTls === undefined ? {} : { maxVersion: maxTls }),
    };
  }

  /** Reads the greeting, waiting for 220 behind a 120. Throws `SetupFailed`. */
  async greeted(): Promise<Reply> {
    for (;;) {
      const reply = await this.replyOrNothing();
      if (reply === undefined) throw new SetupFailed('no greeting came');
      if (reply.code === 220) return reply;
      if (classOf(reply) !== 1) throw new SetupFailed(`the greeting is ${reply.text}`);
    }
  }

  /** AUTH TLS and the handshake, where the target asks for explicit TLS. */
  async secure(options: ConnectionOptions = {}): Promise<void> {
    if (this.#target.security !== 'explicit') return;
    await this.need(234, 'AUTH TLS');
    await this.startTls(options);
  }

  /** USER and PASS of the target. */
  async logIn(): Promise<void> {
    const asked = await this.need([230, 232, 331], `USER ${this.#target.user}`);
    if (asked.code === 331) await this.need([202, 230, 232], `PASS ${this.#target.password}`);
  }

  /** PBSZ 0 and PROT P, or PROT C. Nothing in clear. */
  async protect(level: 'C' | 'P' = 'P'): Promise<void> {
    if (this.#target.security === 'plain') return;
    await this.need(200, 'PBSZ 0');
    await this.need(200, `PROT ${level}`);
    this.protection = level;
  }

  /** EPSV (or PASV where that is refused), and a connection to the port. Throws `SetupFailed`. */
  async passive(options: DataOptions & { readonly verb?: 'EPSV' | 'PASV' } = {}): Promise<DataLine> {
    return this.connectData(await this.passivePort(options.verb), options);
  }

  /** The port of EPSV or PASV, not connected to. Throws `SetupFailed`. */
  async passivePort(verb?: 'EPSV' | 'PASV'): Promise<number> {
    if (verb !== 'PASV') {
      const reply = await this.command('EPSV');
      const port = extendedPort(reply);
      if (port !== undefined) return port;
      if (verb === 'EPSV') throw new SetupFailed(`EPSV is answered ${reply.text}`);
    }
    const reply = await this.need(227, 'PASV');
    const port = passivePort(reply);
    if (port === undefined) throw new SetupFailed(`PASV is answered ${reply.text}`);
    return port;
  }

  /** A data connection to a port of the server's address. */
  async connectData(port: number, options: DataOptions = {}): Promise<DataLine> {
    const host = this.control.raw.remoteAddress ?? this.#target.host;
    return this.#useAsData(await dial(host, port, this.#timeouts.connectMs), options, 'lab', `port ${port}`);
  }

  /**
   * A port of the lab named by EPRT or PORT; `accepted` resolves when the server has come to it. The lab stays the client
   * of TLS (RFC 4217 section 7). Throws `SetupFailed` where the command is refused.
   */
  async active(options: DataOptions & { readonly verb?: 'EPRT' | 'PORT' } = {}): Promise<ActivePort> {
    const port = await this.listen(options);
    const words = options.verb === 'PORT' ? portArgument(port.host, port.port) : extendedArgument(port.host, port.port);
    await this.need(200, `${options.verb ?? 'EPRT'} ${words}`);
    return port;
  }

  /** A port of the lab that the server has not been told of, on the address that it sees or on another one of this machine. */
  async listen(options: DataOptions & { readonly host?: string } = {}): Promise<ActivePort> {
    const listener = createServer({ allowHalfOpen: true, pauseOnConnect: true });
    const host = options.host ?? this.localHost;
    listener.listen(0, host);
    await once(listener, 'listening');
    const { port } = listener.address() as AddressInfo;
    const given = new AbortController();
    const coming = once(listener, 'connection', { signal: given.signal }) as Promise<[Socket]>;
    const accepted = within(coming, 'the server', this.#timeouts.replyMs)
      .then(([raw]) => {
        const line = this.#useAsData(raw, options, 'peer', `port ${port} of the lab`);
        raw.resume();
        return line;
      })
      .finally(() => listener.close());
    accepted.catch(() => undefined);
    const close = (): void => given.abort();
    this.#closeListeners.push(close);
    return { host, port, accepted, close };
  }

  /** The address of this machine that the server sees. */
  get localHost(): string {
    return (this.control.raw.localAddress ?? '127.0.0.1').replace(/^::ffff:/, '');
  }

  /** The address of the server that the control line goes to. */
  get remoteHost(): string {
    return (this.control.raw.remoteAddress ?? this.#target.host).replace(/^::ffff:/, '');
  }

  #useAsData(raw: Socket, options: DataOptions, by: 'lab' | 'peer', text: string): DataLine {
    const name = `data ${this.#number}.${this.dataLines.length + 1}`;
    this.#log.add({ kind: 'connected', line: name, by, text });
    const line = new DataLine(raw, name, observeLine(this.#log, name, 'bytes'));
    this.dataLines.push(line);
    if (options.tls ?? this.protection === 'P') this.secureData(line, options);
    return line;
  }

  /** Starts TLS on a data line that was opened without; `line.secured` is its end. */
  secureData(line: DataLine, { reuse = true, tlsOptions = {} }: DataOptions = {}): void {
    const session = reuse ? this.control.sessions.at(-1) : undefined;
    const all = { ...this.#tlsOptions, ...(session === undefined ? {} : { session }), ...tlsOptions };
    line.secured = line.startTls(all, this.#timeouts.tlsMs);
    // Whoever waits for it still sees the failure.
    line.secured.catch(() => undefined);
  }

  /** Writes down what the lab does on purpose; times "after the fault" count from here. */
  fault(text: string, line: string = this.name): number {
    this.#log.add({ kind: 'fault', line, text });
    return performance.now();
  }

  /** Leaves as a decent client does, so that the server frees the session at once, and closes everything. */
  async leave(): Promise<void> {
    if (this.control.ending.how === 'none' && !this.control.raw.destroyed) {
      // A server that has stopped reading does not even take the QUIT.
      await within(this.#quit(), 'the end', leaveMs).catch(() => undefined);
    }
    this.destroy();
  }

  async #quit(): Promise<void> {
    await this.send('QUIT\r\n');
    await this.control.ended;
  }

  destroy(): void {
    for (const close of this.#closeListeners) close();
    for (const line of this.dataLines) line.destroy();
    this.control.destroy();
  }
}

function isSocketError(error: unknown): boolean {
  return error instanceof Error && 'code' in error;
}

function verbOf(text: string): string {
  return text.split(' ', 1)[0] ?? text;
}

async function dial(host: string, port: number, timeoutMs: number, localAddress?: string): Promise<Socket> {
  const raw = connect({ host, port, allowHalfOpen: true, ...(localAddress === undefined ? {} : { localAddress }) });
  try {
    await within(once(raw, 'connect'), 'the connection', timeoutMs);
    return raw;
  } catch (error) {
    raw.destroy();
    const reason = error instanceof Error ? error.message : String(error);
    throw new SetupFailed(`no connection to ${host} port ${port}: ${reason}`);
  }
}
