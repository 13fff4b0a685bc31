/** Uploads one file after the other over light lines, until the server is gone. */

import { setTimeout as sleep } from 'node:timers/promises';
import { LightLine } from './light-line.ts';

export interface UploadSessionOptions {
  readonly port: number;
  readonly tls: boolean;
}

export interface SendOptions {
  /** Called when 150 has come. */
  readonly begun?: () => void;
  readonly pauseMs?: number;
  /** Reset the data line behind this many bytes. */
  readonly cutAfter?: number | undefined;
}

/** A logged-in session. */
export class UploadSession {
  readonly #control: LightLine;
  readonly #tls: boolean;

  private constructor(control: LightLine, tls: boolean) {
    this.#control = control;
    this.#tls = tls;
  }

  static async open({ port, tls }: UploadSessionOptions): Promise<UploadSession> {
    const control = await LightLine.connect(port, true);
    await control.reply();
    if (tls) {
      await control.expect(234, 'AUTH TLS');
      await control.startTls({});
    }
    await control.expect(331, 'USER user');
    await control.expect(230, 'PASS pass');
    if (tls) {
      await control.expect(200, 'PBSZ 0');
      await control.expect(200, 'PROT P');
    }
    await control.expect(200, 'TYPE I');
    return new UploadSession(control, tls);
  }

  command(text: string): Promise<string> {
    return this.#control.command(text);
  }

  /** Length of the file or of the interrupted upload, undefined where there is neither. */
  async size(name: string): Promise<number | undefined> {
    const reply = await this.command(`SIZE ${name}`);
    return reply.startsWith('213') ? Number(reply.slice(4)) : undefined;
  }

  /** Sends bytes by a transfer command, with a pause in their middle; resolves with the last reply. */
  async send(command: string, bytes: Uint8Array, options: SendOptions = {}): Promise<string> {
    const { begun = () => undefined, pauseMs = 0, cutAfter } = options;
    const reply = await this.#control.expect(229, 'EPSV');
    const data = await LightLine.connect(Number(/\|(\d+)\|/.exec(reply)?.[1]));
    try {
      const { session } = this.#control;
      const secured = this.#tls ? data.startTls(session === undefined ? {} : { session }) : Promise.resolve();
      secured.catch(() => undefined);
      const first = await this.#control.command(command);
      if (!first.startsWith('150')) return first;
      begun();
      await secured;
      const middle = cutAfter ?? Math.floor(bytes.length / 2);
      await data.writeAll(bytes.subarray(0, middle));
      if (pauseMs > 0) await sleep(pauseMs);
      if (cutAfter === undefined) {
        await data.writeAll(bytes.subarray(middle));
        data.finish();
      } else data.reset();
      return await this.#control.reply();
    } finally {
      data.reset();
    }
  }

  close(): void {
    this.#control.reset();
  }
}
