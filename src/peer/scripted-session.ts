/** One session of a scripted server: what a script can do to the client at the other end. */

import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { SecureContext, SecureContextOptions } from 'node:tls';
import { setImmediate as setImmediateDone, setTimeout as sleep } from 'node:timers/promises';
import { within } from './deadline.ts';
import type { TestCertificate } from './certificates.ts';
import { forgedSuite, type Tls13Records } from './tls13-records.ts';
import { type LineObserver, WatchedLine } from './watched-line.ts';

/** A reply (CRLF is added), raw bytes, or anything at all. */
export type Script = string | Uint8Array | ((session: ScriptedSession, argument: string) => void | Promise<void>);

export interface SessionSurroundings {
  readonly host: string;
  readonly secureContext: SecureContext;
  /** Another context, with the server's certificate unless another one is given. */
  readonly makeContext: (tls: SecureContextOptions, certificate?: TestCertificate) => SecureContext;
  /** Every reply travels byte by byte. */
  readonly cutsReplies: boolean;
  readonly files: Readonly<Record<string, Uint8Array>>;
  readonly uploads: Map<string, Buffer>;
  readonly dataTlsStart: 'on-accept' | 'on-transfer';
  /** Asked for each data line. */
  readonly observeData: () => LineObserver;
}

export interface SendOptions {
  /** Cut here: offsets in bytes, ascending. */
  readonly splitAt?: readonly number[];
  /** Wait between the pieces, so that they travel in segments of their own; default 5 ms, and 0 is one turn of the loop. */
  readonly gapMs?: number;
  /** Wait before the first piece. */
  readonly delayMs?: number;
}

export class ScriptedSession {
  readonly control: WatchedLine;
  /** Command lines as they came, without CRLF. */
  readonly commands: string[] = [];
  /** Data lines that have been accepted, oldest first. */
  readonly dataLines: WatchedLine[] = [];
  readonly files: Readonly<Record<string, Uint8Array>>;
  readonly uploads: Map<string, Buffer>;
  /** What PROT has set. */
  protection: 'C' | 'P' = 'C';
  /** Set by REST, used and cleared by the next transfer. */
  restartAt = 0;
  readonly #surroundings: SessionSurroundings;
  #listener: Server | undefined;
  #accepted: Promise<WatchedLine> | undefined;
  #activeTarget: { readonly host: string; readonly port: number } | undefined;

  constructor(control: WatchedLine, surroundings: SessionSurroundings) {
    this.control = control;
    this.files = surroundings.files;
    this.uploads = surroundings.uploads;
    this.#surroundings = surroundings;
  }

  /** Does what a script says. */
  async perform(script: Script, argument: string): Promise<void> {
    if (typeof script === 'string') await this.reply(script);
    else if (typeof script === 'function') await script(this, argument);
    else await this.send(script);
  }

  /** The next command line as verb (in upper case) and argument; waits as long as the test lives. */
  async nextCommand(): Promise<[verb: string, argument: string]> {
    const measure = (unread: Buffer) => (unread.includes('\r\n') ? unread.indexOf('\r\n') + 2 : undefined);
    const line = (await this.control.take(measure, 'the next command', 600_000)).toString().slice(0, -2);
    this.commands.push(line);
    const [verb = '', ...rest] = line.split(' ');
    return [verb.toUpperCase(), rest.join(' ')];
  }

  /** Sends a reply; lines are separated by `\n` and get CRLF. */
  async reply(text: string, options?: SendOptions): Promise<void> {
    const bytes = Buffer.from(`${text.replaceAll('\n', '\r\n')}\r\n`);
    const everywhere = { splitAt: Array.from({ length: bytes.length - 1 }, (_, index) => index + 1), gapMs: 0 };
    await this.send(bytes, this.#surroundings.cutsReplies ? { ...everywhere, ...options } : options);
  }

  /** Sends bytes on the control line, whole or in pieces. */
  async send(bytes: string | Uint8Array, options: SendOptions = {}): Promise<void> {
    const { splitAt = [], gapMs = 5, delayMs = 0 } = options;
    const whole = Buffer.from(bytes);
    if (delayMs > 0) await sleep(delayMs);
    const cuts = [0, ...splitAt, whole.length];
    for (let index = 0; index + 1 < cuts.length; index++) {
      if (index > 0) await (gapMs === 0 ? setImmediateDone() : sleep(gapMs));
      await this.control.write(whole.subarray(cuts[index], cuts[index + 1]));
    }
  }

  /** Starts TLS on the control line, where wanted with another certificate. */
  async upgrade(certificate?: TestCertificate): Promise<void> {
    const { secureContext, makeContext } = this.#surroundings;
    await this.control.startServerTls({
      secureContext: certificate === undefined ? secureContext : makeContext({}, certificate),
    });
  }

  /** Starts TLS on a line of {@link acceptRawData} with another certificate or other settings than the control line's. */
  async secureData(line: WatchedLine, tls: SecureContextOptions, certificate?: TestCertificate): Promise<void> {
    await line.startServerTls({ secureContext: this.#surroundings.makeContext(tls, certificate) });
  }

  /** Starts TLS 1.3 on a line of {@link acceptRawData}, whose records are then made by hand. */
  async forgeData(line: WatchedLine): Promise<Tls13Records> {
    const tls = { minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3', ciphers: forgedSuite } as const;
    return line.startForgedTls({ secureContext: this.#surroundings.makeContext(tls) });
  }

  /** Opens a passive data port, closes the one before, and gives its number. */
  async openData(): Promise<number> {
    this.#listener?.close();
    this.#activeTarget = undefined;
    const listener = createServer({ allowHalfOpen: true });
    this.#listener = listener;
    listener.listen(0, this.#surroundings.host);
    await once(listener, 'listening');
    this.#accepted = this.#accept(listener);
    // Whoever calls acceptData() sees the failure.
    this.#accepted.catch(() => {});
    return (listener.address() as AddressInfo).port;
  }

  /** Active mode: the next data line is opened by the server, when a transfer is asked for. */
  dialDataTo(host: string, port: number): void {
    this.#listener?.close();
    this.#accepted = undefined;
    this.#activeTarget = { host, port };
  }

  async #dial(target: { readonly host: string; readonly port: number }): Promise<WatchedLine> {
    const raw = connect({ ...target, localAddress: this.#surroundings.host, allowHalfOpen: true });
    await once(raw, 'connect');
    const line = new WatchedLine(raw, this.#surroundings.observeData());
    this.dataLines.push(line);
    return line;
  }

  async #accept(listener: Server): Promise<WatchedLine> {
    const [raw] = (await once(listener, 'connection')) as [Socket];
    listener.close();
    const line = new WatchedLine(raw, this.#surroundings.observeData());
    this.dataLines.push(line);
    if (this.#surroundings.dataTlsStart === 'on-accept') await this.#protect(line);
    return line;
  }

  async #protect(line: WatchedLine): Promise<void> {
    if (this.protection === 'C' || line.tls !== undefined) return;
    await line.startServerTls({ secureContext: this.#surroundings.secureContext });
  }

  /** The data line that the client has opened, with TLS where PROT P asks for it. */
  async acceptData(timeoutMs?: number): Promise<WatchedLine> {
    if (this.#activeTarget !== undefined) this.#accepted ??= this.#dial(this.#activeTarget);
    if (this.#accepted === undefined) throw new Error('No data port is open.');
    const line = await within(this.#accepted, 'the data connection', timeoutMs);
    await this.#protect(line);
    return line;
  }

  /** Waits for the client's data connection and starts no TLS on it (with `dataTlsStart: 'on-transfer'`). */
  async acceptRawData(timeoutMs?: number): Promise<WatchedLine> {
    if (this.#accepted === undefined) throw new Error('No data port is open.');
    return within(this.#accepted, 'the data connection', timeoutMs);
  }

  /** Ends a data line as a decent server does, and waits until the client has ended it too. */
  async endData(line: WatchedLine): Promise<void> {
    if (line.tls === undefined) line.fin();
    else line.closeNotifyThenFin();
    await within(line.ended, 'the client to end the data line');
  }

  /** Closes everything that the session holds. */
  close(): void {
    this.#listener?.close();
    for (const line of this.dataLines) line.destroy();
    this.control.destroy();
  }
}
