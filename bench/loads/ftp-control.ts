/** The control line of a load generator: as little as possible between the stopwatch and the server. */

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as tlsConnect, createSecureContext, type TLSSocket } from 'node:tls';

export interface Target {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** TLS 1.3 on both lines, or clear. Default true. */
  readonly tls?: boolean;
}

/**
 * One for all lines: to make one costs as much as a handshake. It offers the groups that clients have offered for years;
 * vsftpd and Pure-FTPd have the second alone, which costs them a round trip as it does with every client.
 */
export const tls13 = createSecureContext({ minVersion: 'TLSv1.3', ecdhCurve: 'X25519:P-256' });

export class FtpControl {
  #text = '';
  #ended = false;
  #wake: () => void = () => {};
  #session: Buffer | undefined;
  #socket: Socket | undefined;
  #raw: Socket | undefined;

  /** Connects, starts TLS 1.3 where it is wanted, logs in and asks for protected data. */
  static async open(target: Target): Promise<FtpControl> {
    const { tls = true } = target;
    const control = await FtpControl.login(target);
    if (tls) {
      await control.command('PBSZ 0', '200');
      await control.command('PROT P', '200');
    }
    await control.command('TYPE I', '200');
    return control;
  }

  /** Connects, starts TLS 1.3 with a full handshake where it is wanted, and logs in. */
  static async login(target: Target): Promise<FtpControl> {
    const { tls = true } = target;
    const control = new FtpControl();
    const raw = connect({ port: target.port, host: target.host, noDelay: true });
    control.#raw = raw;
    control.#listen(raw);
    await once(raw, 'connect');
    await control.#reply('220');
    if (tls) await control.#secure(raw);
    const first = await control.command(`USER ${target.user}`, '331', '230');
    if (first.startsWith('331')) await control.command(`PASS ${target.password}`, '230');
    return control;
  }

  #listen(socket: Socket): void {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => this.#arrived(chunk.toString('latin1')));
    // The close that follows says it to whoever waits for a reply.
    socket.on('error', () => {});
    socket.on('close', () => this.#end());
  }

  async #secure(raw: Socket): Promise<void> {
    await this.command('AUTH TLS', '234');
    raw.removeAllListeners('data').removeAllListeners('close');
    const socket: TLSSocket = tlsConnect({ socket: raw, rejectUnauthorized: false, secureContext: tls13 });
    socket.on('session', (session: Buffer) => (this.#session = session));
    this.#listen(socket);
    await once(socket, 'secureConnect');
  }

  /** The newest TLS session of the control line, for the data line to resume. */
  get session(): Buffer | undefined {
    return this.#session;
  }

  #arrived(text: string): void {
    this.#text += text;
    this.#wake();
  }

  #end(): void {
    this.#ended = true;
    this.#wake();
  }

  async #reply(...codes: string[]): Promise<string> {
    for (;;) {
      const last = /^(\d\d\d) .*\r\n/m.exec(this.#text);
      if (last !== null) {
        this.#text = this.#text.slice(last.index + last[0].length);
        if (codes.includes(last[1] ?? '')) return last[0];
        throw new Error(`Expected ${codes.join(' or ')}, got ${last[0]}`);
      }
      if (this.#ended) throw new Error(`The control line ended; expected ${codes.join(' or ')}.`);
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  send(line: string): void {
    this.#socket?.write(`${line}\r\n`);
  }

  /** The next reply, which must have one of the codes. */
  reply(...codes: string[]): Promise<string> {
    return this.#reply(...codes);
  }

  async command(line: string, ...codes: string[]): Promise<string> {
    this.send(line);
    return this.#reply(...codes);
  }

  /** The port that EPSV names. */
  async passivePort(): Promise<number> {
    return FtpControl.portOf(await this.command('EPSV', '229'));
  }

  /** The port in a reply to EPSV. */
  static portOf(reply: string): number {
    return Number(/\(\|\|\|(\d+)\|\)/.exec(reply)?.[1]);
  }

  /** Ends the TCP connection below TLS as a crash (FIN) or a broken network (RST) does. */
  breakOff(how: 'RST' | 'FIN'): void {
    if (how === 'RST') this.#raw?.resetAndDestroy();
    else this.#raw?.destroy();
    this.#socket?.destroy();
  }

  async close(): Promise<void> {
    const socket = this.#socket;
    if (socket === undefined || socket.destroyed) return;
    const closed = once(socket, 'close');
    this.send('QUIT');
    await this.#reply('221').catch(() => {});
    socket.destroy();
    await closed;
  }
}
