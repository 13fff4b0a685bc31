/** Control lines that break off under a download: how long until the data line ends, as its reader sees it. */

import { setTimeout as sleep } from 'node:timers/promises';
import { FtpControl } from '../ftp-control.ts';
import { type DataLine, openDataLine } from './data-line.ts';
import type { OrderOf } from './orders.ts';

/** Bytes that must have come before a line is stopped, and again before it is broken: the transfer is under way. */
const underWayBytes = 1024 * 1024;

/** A download that waits for its turn, because nobody reads it. */
class StoppedDownload {
  readonly #control: FtpControl;
  readonly #line: DataLine;
  #wanted = underWayBytes;
  #arrived: () => void = () => {};

  private constructor(control: FtpControl, line: DataLine) {
    this.#control = control;
    this.#line = line;
  }

  static async begin({ target, path }: OrderOf<'prepareBreaks'>): Promise<StoppedDownload> {
    const control = await FtpControl.open(target);
    const line = await openDataLine(control, target.host, () => download.#look());
    const download = new StoppedDownload(control, line);
    const stopped = download.#readOn();
    control.send(`RETR ${path}`);
    await control.reply('150', '125');
    await stopped;
    line.socket.pause();
    return download;
  }

  #look(): void {
    if (this.#line.received() >= this.#wanted) this.#arrived();
  }

  /** Resolves when `underWayBytes` more have come. */
  async #readOn(): Promise<void> {
    this.#wanted = this.#line.received() + underWayBytes;
    const arrived = new Promise<void>((resolve) => (this.#arrived = resolve));
    await Promise.race([arrived, this.#line.closed]);
    if (this.#line.socket.destroyed) throw new Error('The data line ended before its control line was broken.');
  }

  /** Reads on and breaks the control line; gives the milliseconds until the data line has ended, `limitMs` at most. */
  async break({ ending, limitMs }: OrderOf<'breaks'>): Promise<number> {
    const { socket, closed } = this.#line;
    const underWay = this.#readOn();
    socket.resume();
    await underWay;
    const started = performance.now();
    this.#control.breakOff(ending);
    const limit = new AbortController();
    const overdue = sleep(limitMs, undefined, { signal: limit.signal }).catch(() => {});
    await Promise.race([closed, overdue]);
    limit.abort();
    const elapsed = performance.now() - started;
    socket.destroy();
    await closed;
    return Math.min(elapsed, limitMs);
  }
}

const prepared: StoppedDownload[] = [];

/** Begins downloads and stops them: to log in beside two hundred transfers takes longer than what is measured. */
export async function prepareBreaks(order: OrderOf<'prepareBreaks'>): Promise<void> {
  for (let count = 0; count < order.count; count++) prepared.push(await StoppedDownload.begin(order));
}

/** A server that lets the transfer go on gives `limitMs`; two of these are enough to know it. */
export async function breaks(order: OrderOf<'breaks'>): Promise<number[]> {
  const times: number[] = [];
  for (const download of prepared.splice(0, order.count)) {
    times.push(await download.break(order));
    if (times.length === 2 && times.every((time) => time === order.limitMs)) break;
  }
  return times;
}
