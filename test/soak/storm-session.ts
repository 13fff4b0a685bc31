/** One session of a storm: goes to its moment, is cut there, and sees what becomes of the other line. */

import { once } from 'node:events';
import { createServer } from 'node:net';
import type { SecureContext, SecureVersion } from 'node:tls';
import { setTimeout as sleep } from 'node:timers/promises';
import { within } from '../../src/testing/index.ts';
import { LightLine, LineLost } from './light-line.ts';
import { markedBytes } from './marked-content.ts';
import type { Moment, StormPlan } from './storm-plan.ts';

export const folderOfMany = 'many';
export const bigFile = { name: 'big.bin', length: 32 * 1024 * 1024, seed: 1 } as const;
export const smallFile = { name: 'small.bin', length: 50_000, seed: 2 } as const;

export interface StormTarget {
  readonly port: number;
  /** One context for each version, used by all sessions. */
  readonly contexts: Readonly<Record<SecureVersion, SecureContext | undefined>>;
  readonly hello: Buffer;
}

export interface SessionReport {
  /** The moment was reached and the cut made; false when the server was done before. */
  readonly cut: boolean;
  /** Last reply to a transfer whose data line alone was cut, or that was complete. */
  readonly verdict: string | undefined;
  /** Name of an upload that was answered with 226. */
  readonly uploaded: string | undefined;
}

/** Runs the session. Rejects with an error that tells what the server did wrong. */
export async function runStormSession(plan: StormPlan, target: StormTarget): Promise<SessionReport> {
  const session = new StormSession(plan, target);
  try {
    return await within(session.run(), `session ${plan.index} ended`, 40_000);
  } finally {
    session.close();
  }
}

/** Longest wait for the end of a line whose other line was cut. Silence is ended by our own reset. */
const otherLineMs = 45_000;

class StormSession {
  readonly #plan: StormPlan;
  readonly #target: StormTarget;
  readonly #closers: (() => void)[] = [];
  #control: LightLine | undefined;
  #data: LightLine | undefined;
  #securing: Promise<unknown> = Promise.resolve();
  #wasCut = false;

  constructor(plan: StormPlan, target: StormTarget) {
    this.#plan = plan;
    this.#target = target;
  }

  close(): void {
    for (const close of this.#closers) close();
  }

  get control(): LightLine {
    return this.#control as LightLine;
  }

  async run(): Promise<SessionReport> {
    this.#control = await LightLine.connect(this.#target.port, true);
    this.#closers.push(() => this.#control?.reset());
    let verdict: string | undefined;
    try {
      if (await this.#logIn()) return this.#report();
      verdict = await this.#transfer();
    } catch (error) {
      if (!(this.#wasCut && error instanceof LineLost)) throw error;
    }
    return this.#report(verdict);
  }

  #report(verdict?: string): SessionReport {
    const { operation, upload } = this.#plan;
    const uploaded = operation === 'upload' && verdict?.startsWith('226') === true ? upload.name : undefined;
    return { cut: this.#wasCut, verdict, uploaded };
  }

  /** True when the plan says that the cut comes now; it is then made. */
  async #cutAt(moment: Moment): Promise<boolean> {
    const { delayMs, line, way, silenceMs } = this.#plan;
    if (this.#plan.moment !== moment) return false;
    if (delayMs > 0) await sleep(delayMs);
    this.#wasCut = true;
    const [struck, other] = line === 'data' && this.#data ? [this.#data, this.control] : [this.control, this.#data];
    if (way === 'silence') other?.silence();
    await struck.cut(way, silenceMs);
    if (way === 'silence') other?.reset();
    else if (struck === this.control) await this.#awaitEnds();
    return true;
  }

  async #awaitEnds(): Promise<void> {
    const both = [this.control, this.#data].map((line) => line?.ended ?? Promise.resolve());
    await within(Promise.all(both), 'both lines had ended after the control line was cut', otherLineMs);
    const { operation, moment, way } = this.#plan;
    const data = this.#data;
    const mustBeCut = moment === 'during-data' && operation === 'download' && way === 'rst';
    if (!mustBeCut || data === undefined) return;
    const how = await data.ended;
    if (how !== 'reset') throw new Error(`a download that was cut at ${data.receivedBytes} bytes ended with ${how}`);
  }

  /** True when the session was cut on the way. */
  async #logIn(): Promise<boolean> {
    const { tls, moment, share } = this.#plan;
    const { control } = this;
    if (await this.#cutAt('connected')) return true;
    await control.reply();
    if (tls !== undefined && (await this.#secureControl(tls))) return true;
    if (moment === 'before-login') {
      if (share > 0.33) control.write('USER user\r\n');
      if (share > 0.66) control.write('PASS pass\r\n');
      return this.#cutAt('before-login');
    }
    if (moment === 'in-command-line' && share < 0.3) {
      control.write('US');
      return this.#cutAt('in-command-line');
    }
    await control.expect(331, 'USER user');
    if (moment === 'in-login-delay') {
      control.write('PASS wrong\r\n');
      return this.#cutAt('in-login-delay');
    }
    await control.expect(230, 'PASS pass');
    if (tls !== undefined) {
      control.write('PBSZ 0\r\nPROT P\r\n');
      await control.reply();
      await control.reply();
    }
    await control.expect(200, 'TYPE I');
    return this.#cutAt('idle');
  }

  async #secureControl(tls: SecureVersion): Promise<boolean> {
    const { moment, share } = this.#plan;
    const { control } = this;
    if (moment === 'behind-auth' && share < 0.5) {
      control.write('AUTH TLS\r\n');
      return this.#cutAt('behind-auth');
    }
    await control.expect(234, 'AUTH TLS');
    if (await this.#cutAt('behind-auth')) return true;
    if (moment === 'in-control-handshake') {
      control.write(this.#partOfHello());
      return this.#cutAt('in-control-handshake');
    }
    await control.startTls(this.#tlsOptions(tls));
    return false;
  }

  #partOfHello(): Buffer {
    const { hello } = this.#target;
    return hello.subarray(0, 1 + Math.floor(this.#plan.share * hello.length));
  }

  #tlsOptions(tls: SecureVersion) {
    const secureContext = this.#target.contexts[tls];
    return { ...(secureContext && { secureContext }), minVersion: tls, maxVersion: tls };
  }

  async #transfer(): Promise<string | undefined> {
    const { moment, active, share } = this.#plan;
    const { control } = this;
    if (moment === 'in-command-line') {
      control.write(share < 0.6 ? 'RETR bi' : 'EPSV\r');
      await this.#cutAt('in-command-line');
      return undefined;
    }
    const connected = active ? await this.#listen() : await this.#dial();
    if (await this.#cutAt('behind-epsv')) return undefined;
    if (!active) {
      await connected();
      if (moment === 'data-connected') {
        if (share < 0.5) await this.#securing.catch(() => undefined);
        return (await this.#cutAt('data-connected')) ? this.#afterCut() : undefined;
      }
      if (moment === 'in-data-handshake') return (await this.#cutAt(moment)) ? this.#afterCut() : undefined;
    }
    control.write(`${this.#transferCommand()}\r\n`);
    if (await this.#cutAt('before-150')) return this.#afterCut();
    const first = await control.reply();
    if (!first.startsWith('150')) throw new Error(`${this.#transferCommand()}: ${first}`);
    if (active) {
      await connected();
      if (moment === 'data-connected') return (await this.#cutAt(moment)) ? this.#afterCut() : undefined;
      if (moment === 'in-data-handshake') return (await this.#cutAt(moment)) ? this.#afterCut() : undefined;
    }
    await this.#securing;
    return this.#moveData();
  }

  #transferCommand(): string {
    const { operation, upload, moment, share } = this.#plan;
    if (operation === 'upload') return `STOR ${upload.name}`;
    if (operation === 'listing') return `${share < 0.4 ? 'MLSD' : share < 0.7 ? 'LIST' : 'NLST'} ${folderOfMany}`;
    return `RETR ${moment === 'behind-last-byte' || moment === 'complete' ? smallFile.name : bigFile.name}`;
  }

  /** EPSV; the result connects. */
  async #dial(): Promise<() => Promise<void>> {
    const reply = await this.control.expect(229, 'EPSV');
    const port = Number(/\|(\d+)\|/.exec(reply)?.[1]);
    return async () => this.#useData(await LightLine.connect(port));
  }

  /** EPRT; the result waits for the server to connect. */
  async #listen(): Promise<() => Promise<void>> {
    const listener = createServer();
    this.#closers.push(() => listener.close());
    listener.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const { port } = listener.address() as { port: number };
    const came = once(listener, 'connection');
    listener.on('connection', (raw) => {
      raw.on('error', () => undefined);
      if (this.#wasCut) raw.resetAndDestroy();
    });
    await this.control.expect(200, `EPRT |1|127.0.0.1|${port}|`);
    return async () => {
      const [raw] = (await came) as [LightLine['raw']];
      this.#useData(new LightLine(raw));
    };
  }

  #useData(data: LightLine): void {
    const { tls, moment, resumes } = this.#plan;
    this.#data = data;
    this.#closers.push(() => data.reset());
    if (tls === undefined) return;
    if (moment === 'in-data-handshake') {
      data.write(this.#partOfHello());
      return;
    }
    const { session } = this.control;
    this.#securing = data.startTls({ ...this.#tlsOptions(tls), ...(resumes && session && { session }) });
    this.#securing.catch(() => undefined);
  }

  async #moveData(): Promise<string | undefined> {
    const { operation } = this.#plan;
    const whole = operation === 'upload' ? await this.#send() : await this.#receive();
    if (!whole) return this.#afterCut();
    if (await this.#cutAt('behind-last-byte')) return this.#afterCut();
    const verdict = await this.control.reply();
    if (this.#plan.moment === 'complete' && !verdict.startsWith('226')) throw new Error(`not cut, and yet ${verdict}`);
    await this.#cutAt('complete');
    return verdict;
  }

  /** False when it was cut in the middle. */
  async #send(): Promise<boolean> {
    const { moment, share, upload } = this.#plan;
    const data = this.#data as LightLine;
    const bytes = markedBytes(upload.length, upload.seed);
    const cutAt = moment === 'during-data' ? Math.floor(share * (bytes.length - 1)) : bytes.length;
    await data.writeAll(bytes.subarray(0, cutAt));
    if (await this.#cutAt('during-data')) return false;
    data.finish();
    return true;
  }

  async #receive(): Promise<boolean> {
    const { moment, share, operation } = this.#plan;
    const data = this.#data as LightLine;
    if (moment === 'during-data') {
      const cutAt = 1 + Math.floor(share * (operation === 'download' ? 4_000_000 : 50_000));
      await data.until(() => data.receivedBytes >= cutAt, `${cutAt} bytes had come`);
      await this.#cutAt(moment);
      return false;
    }
    if (moment === 'behind-last-byte' && operation === 'download') {
      await data.until(() => data.receivedBytes >= smallFile.length, 'the whole file had come');
    } else {
      await within(data.ended, 'the data line had ended', otherLineMs);
    }
    if (operation === 'download' && data.receivedBytes !== smallFile.length) {
      throw new Error(`${data.receivedBytes} of ${smallFile.length} bytes came before the data line ended in order`);
    }
    return true;
  }

  /** When the data line alone was cut, the session must still answer. */
  async #afterCut(): Promise<string | undefined> {
    const { line, way, moment, active } = this.#plan;
    if (line !== 'data' || way === 'silence' || this.#data === undefined) return undefined;
    let verdict: string | undefined;
    if (active || !['data-connected', 'in-data-handshake'].includes(moment)) verdict = await this.#verdict();
    await this.control.expect(200, 'NOOP');
    await this.control.expect(221, 'QUIT');
    return verdict;
  }

  /** The last reply to the transfer. */
  async #verdict(): Promise<string> {
    const { moment } = this.#plan;
    // A data connection that dies before the server has accepted it leaves the server waiting for another.
    if (moment === 'before-150') this.control.write('ABOR\r\n');
    const last = moment === 'before-150' ? /^226 Abort/ : /^[2-6]/;
    let verdict: string | undefined;
    for (;;) {
      const reply = await this.control.reply();
      if (!/^(150|226|425|426|450|451|522)/.test(reply)) throw new Error(`odd reply: ${reply}`);
      if (!reply.startsWith('1')) verdict ??= reply;
      if (last.test(reply)) return verdict ?? reply;
    }
  }
}
