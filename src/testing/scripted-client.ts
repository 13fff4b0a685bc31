/** An FTP client that does exactly what a test says, byte by byte, and watches how the server ends each line. */

import { once } from 'node:events';
import { connect } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { within } from './deadline.ts';
import { replyLength, replyText } from './reply-text.ts';
import { WatchedLine } from './watched-line.ts';

export interface ScriptedClientOptions {
  readonly host?: string;
  readonly port: number;
  /** TLS from the first byte (implicit FTPS). */
  readonly implicitTls?: boolean;
  /** For every TLS handshake of this client; certificates are not verified unless `rejectUnauthorized` says so. */
  readonly tls?: ConnectionOptions;
  /** Bound of each wait, in milliseconds. */
  readonly timeoutMs?: number;
}

export interface PassiveOptions {
  /** Starts TLS on the data line as soon as it is connected; see {@link DataLine.secured}. */
  readonly tls?: boolean;
  /** Offers the newest session of the control line. Default true. */
  readonly reuseSession?: boolean;
  /** Added to the options of the TLS handshake. */
  readonly tlsOptions?: ConnectionOptions;
}

/** A data line of a scripted client. */
export class DataLine extends WatchedLine {
  /** Resolves when TLS stands on the line; at once where none was asked for. Some servers wait for RETR or STOR. */
  secured: Promise<unknown> = Promise.resolve();
}

export class ScriptedClient implements AsyncDisposable {
  readonly control: WatchedLine;
  readonly #options: ScriptedClientOptions;
  readonly #lines: WatchedLine[];

  private constructor(control: WatchedLine, options: ScriptedClientOptions) {
    this.control = control;
    this.#options = options;
    this.#lines = [control];
  }

  /** Connects the control line; the greeting is the first reply to be read. */
  static async connect(options: ScriptedClientOptions): Promise<ScriptedClient> {
    const raw = await dial(options, options.port);
    const client = new ScriptedClient(new WatchedLine(raw), options);
    if (options.implicitTls === true) await client.startTls();
    return client;
  }

  /** Writes bytes on the control line; text goes as UTF-8 and gets no line end. */
  async send(bytes: string | Uint8Array): Promise<void> {
    await this.control.write(bytes);
  }

  /** The next reply: its lines joined by `\n`. */
  async readReply(timeoutMs: number | undefined = this.#options.timeoutMs): Promise<string> {
    return replyText(await this.control.take(replyLength, 'a whole reply had arrived', timeoutMs));
  }

  /** Sends one command line (CRLF is added) and gives the next reply. */
  async command(text: string): Promise<string> {
    await this.send(`${text}\r\n`);
    return this.readReply();
  }

  /** Sends a command and throws unless the reply begins with `code`. */
  async expect(code: number | string, text: string): Promise<string> {
    const reply = await this.command(text);
    if (!reply.startsWith(String(code))) throw new Error(`${text}: expected ${code}, got ${JSON.stringify(reply)}`);
    return reply;
  }

  /** Starts TLS on the control line, over the same socket, without saying AUTH. */
  async startTls(options: ConnectionOptions = {}): Promise<void> {
    await this.control.startTls({ ...this.#options.tls, ...options }, this.#options.timeoutMs);
  }

  /** AUTH TLS, and TLS when it is accepted. */
  async authTls(options: ConnectionOptions = {}): Promise<void> {
    await this.expect(234, 'AUTH TLS');
    await this.startTls(options);
  }

  async login(user: string, password: string): Promise<void> {
    const reply = await this.command(`USER ${user}`);
    if (!reply.startsWith('230')) await this.expect(230, `PASS ${password}`);
  }

  /** PBSZ 0 and PROT P. */
  async protect(): Promise<void> {
    await this.expect(200, 'PBSZ 0');
    await this.expect(200, 'PROT P');
  }

  /** EPSV, and a connection to the port that it names. */
  async openPassive(options: PassiveOptions = {}): Promise<DataLine> {
    const reply = await this.expect(229, 'EPSV');
    const port = Number(/\(\|\|\|(\d+)\|\)/.exec(reply)?.[1]);
    if (!(port > 0)) throw new Error(`No port in ${JSON.stringify(reply)}`);
    return this.connectData(port, options);
  }

  /** A data connection to a port of the server. */
  async connectData(port: number, options: PassiveOptions = {}): Promise<DataLine> {
    const line = new DataLine(await dial(this.#options, port));
    this.#lines.push(line);
    if (options.tls !== true) return line;
    const session = (options.reuseSession ?? true) ? this.control.sessions.at(-1) : undefined;
    const tlsOptions = { ...this.#options.tls, ...(session && { session }), ...options.tlsOptions };
    line.secured = line.startTls(tlsOptions, this.#options.timeoutMs);
    // Whoever awaits it still sees the failure; whoever does not must not crash the test process.
    line.secured.catch(() => {});
    return line;
  }

  /** Closes every line of this client. */
  close(): void {
    for (const line of this.#lines) line.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
    await Promise.all(this.#lines.map((line) => line.ended));
  }
}

async function dial(options: ScriptedClientOptions, port: number) {
  const raw = connect({ host: options.host ?? '127.0.0.1', port, allowHalfOpen: true });
  try {
    await within(once(raw, 'connect'), `a connection to port ${port}`, options.timeoutMs);
  } catch (error) {
    raw.destroy();
    throw error;
  }
  return raw;
}
