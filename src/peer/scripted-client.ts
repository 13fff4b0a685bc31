/** An FTP client that does exactly what a test says, byte by byte, and watches how the server ends each line. */

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { within } from './deadline.ts';
import { replyLength, replyText } from './reply-text.ts';
import { WatchedLine } from './watched-line.ts';

export interface ScriptedClientOptions {
  readonly host?: string;
  readonly port: number;
  /** The address of this machine that every line of the client comes from, for example `127.0.0.2`. */
  readonly localAddress?: string;
  /** TLS from the first byte (implicit FTPS). */
  readonly implicitTls?: boolean;
  /** For every TLS handshake of this client; certificates are not verified unless `rejectUnauthorized` says so. */
  readonly tls?: ConnectionOptions;
  /** Bound of each wait, in milliseconds. */
  readonly timeoutMs?: number;
}

export interface DataLineOptions {
  /** Starts TLS on the data line as soon as it is connected; see {@link DataLine.secured}. */
  readonly tls?: boolean;
  /** Offers the newest session of the control line. Default true. */
  readonly reuseSession?: boolean;
  /** Added to the options of the TLS handshake. */
  readonly tlsOptions?: ConnectionOptions;
}

export interface PassiveOptions extends DataLineOptions {
  /** Default `EPSV`. */
  readonly verb?: 'EPSV' | 'PASV';
}

export interface ActiveOptions extends DataLineOptions {
  /** Default `EPRT`. */
  readonly verb?: 'EPRT' | 'PORT';
}

/** The port that a server says in its reply to EPSV or PASV, or 0. */
function portOf(reply: string): number {
  const extended = /\(\|\|\|(\d+)\|\)/.exec(reply)?.[1];
  if (extended !== undefined) return Number(extended);
  const [, high, low] = /,(\d+),(\d+)\)/.exec(reply) ?? [];
  return Number(high ?? 0) * 256 + Number(low ?? 0);
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

  /** EPSV or PASV, and a connection to the port that the reply names. */
  async openPassive(options: PassiveOptions = {}): Promise<DataLine> {
    const { verb = 'EPSV' } = options;
    const reply = await this.expect(verb === 'EPSV' ? 229 : 227, verb);
    const port = portOf(reply);
    if (port === 0) throw new Error(`No port in ${JSON.stringify(reply)}`);
    return this.connectData(port, options);
  }

  /** A data connection to a port of the server. */
  async connectData(port: number, options: DataLineOptions = {}): Promise<DataLine> {
    return this.#useAsData(await dial(this.#options, port), options);
  }

  /**
   * EPRT or PORT with a port of this client. `connected` resolves with the data line when the server has come to it; TLS,
   * if asked for, starts then, with this client as the TLS client (RFC 4217 section 7).
   */
  async openActive(options: ActiveOptions = {}): Promise<{ readonly connected: Promise<DataLine> }> {
    const listener = createServer({ allowHalfOpen: true, pauseOnConnect: true });
    const host = this.control.raw.localAddress ?? '127.0.0.1';
    listener.listen(0, host);
    await once(listener, 'listening');
    const { port } = listener.address() as AddressInfo;
    const gone = this.control.ended.then(() => {
      throw new Error('The control line ended before the server came to the data port.');
    });
    const accepted = Promise.race([once(listener, 'connection') as Promise<[Socket]>, gone]);
    const connected = within(accepted, 'the data connection of the server', this.#options.timeoutMs)
      .then(([raw]) => {
        const line = this.#useAsData(raw, options);
        raw.resume();
        return line;
      })
      .finally(() => listener.close());
    connected.catch(() => {});
    const argument =
      options.verb === 'PORT'
        ? `PORT ${host.replaceAll('.', ',')},${port >> 8},${port & 255}`
        : `EPRT |${host.includes(':') ? 2 : 1}|${host}|${port}|`;
    await this.expect(200, argument);
    return { connected };
  }

  #useAsData(raw: Socket, options: DataLineOptions): DataLine {
    const line = new DataLine(raw);
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
  const { host = '127.0.0.1', localAddress } = options;
  const raw = connect({ host, port, allowHalfOpen: true, ...(localAddress === undefined ? {} : { localAddress }) });
  try {
    await within(once(raw, 'connect'), `a connection to port ${port}`, options.timeoutMs);
  } catch (error) {
    raw.destroy();
    throw error;
  }
  return raw;
}
