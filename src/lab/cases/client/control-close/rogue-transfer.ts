/** The server of a cell: decent in everything, but in its first transfer a line is lost in the phase of the cell. */

import { setTimeout as sleep } from 'node:timers/promises';
import {
  defaultScripts,
  LineEndedError,
  type Script,
  type ScriptedSession,
  type WatchedLine,
  within,
} from '../../../../peer/index.ts';
import type { LineReport } from '../../../engine/lab-case.ts';
import type { ClientLab, Protects } from '../../../client-lab/client-lab.ts';
import { textOf, unsuited, type Cell } from '../../control-close/cells.ts';

/** Moved before the fault while data move. */
const beginningBytes = 128 * 1024;
/** For so long, and in steps of so many bytes and milliseconds, data move on behind a lost control line. */
const [goOnMs, stepBytes, stepMs] = [1_500, 16 * 1024, 20];

/** And for so long the rest of an upload is taken as fast as it comes. */
const drainMs = 1_000;

/** What the server has seen of the client behind the fault. */
export interface Happened {
  /** The fault came about. */
  isDone: boolean;
  /** Why the fault cannot be made on this line. */
  unfit: string | undefined;
  /** The client went on with the data line for as long as the server did. */
  wentOn: boolean;
  lines: LineReport[];
}

/** 2,000 names, so that a listing has a middle. */
function listingOf(name: string, size: number): Buffer {
  const lines = [`-rw-r--r--   1 ftp      ftp      ${String(size).padStart(12)} Jan 01  2026 ${name}`];
  for (let at = 1; at < 2_000; at++) {
    lines.push(`-rw-r--r--   1 ftp      ftp                 1 Jan 01  2026 entry-${String(at).padStart(4, '0')}.txt`);
  }
  return Buffer.from(`${lines.join('\r\n')}\r\n`);
}

/** The scripts of the commands that move data. Only the first of them is hit; later ones are served as they should be. */
export function rogueScripts(lab: ClientLab, cell: Cell, content: Buffer, happened: Happened): Record<string, Script> {
  const verbs = { download: ['RETR'], upload: ['STOR', 'APPE'], listing: ['LIST', 'MLSD', 'NLST'] }[cell.direction];
  const hit: Script = async (session, argument) => {
    const verb = session.commands.at(-1)?.split(' ')[0]?.toUpperCase() ?? '';
    const isMachine = verb === 'MLSD';
    if (happened.isDone || happened.unfit !== undefined) {
      await session.perform(defaultScripts[verb] ?? '502 No', argument);
      return;
    }
    happened.unfit = unfitOf(cell, { control: session.control.tls !== undefined, data: session.protection === 'P' });
    if (happened.unfit !== undefined) {
      await session.perform(defaultScripts[verb] ?? '502 No', argument);
      return;
    }
    const bytes =
      cell.direction === 'listing'
        ? isMachine
          ? machineListing(content.length, lab.remote)
          : listingOf(lab.remote, content.length)
        : content;
    await new RogueTransfer(lab, cell, session, bytes, happened).run(argument);
  };
  return Object.fromEntries(verbs.map((verb) => [verb, hit]));
}

/** Why the fault of a cell cannot be made where the client protects its lines so. */
export function unfitOf({ kind, channel, phase }: Cell, protects: Protects): string | undefined {
  if (channel === 'data' && kind === '421') return '421 is said on the control connection';
  if (channel === 'data' && kind === 'cn' && phase === 0) return 'there is no TLS on the data connection yet';
  return unsuited(kind, protects[channel]);
}

function machineListing(size: number, name: string): Buffer {
  const lines = [`type=file;size=${size}; ${name}`];
  for (let at = 1; at < 2_000; at++) lines.push(`type=file;size=1; entry-${String(at).padStart(4, '0')}.txt`);
  return Buffer.from(`${lines.join('\r\n')}\r\n`);
}

class RogueTransfer {
  readonly #lab: ClientLab;
  readonly #cell: Cell;
  readonly #session: ScriptedSession;
  readonly #bytes: Buffer;
  readonly #happened: Happened;
  #faultMs = 0;

  constructor(lab: ClientLab, cell: Cell, session: ScriptedSession, bytes: Buffer, happened: Happened) {
    this.#lab = lab;
    this.#cell = cell;
    this.#session = session;
    this.#bytes = bytes;
    this.#happened = happened;
  }

  async run(name: string): Promise<void> {
    const { phase, direction } = this.#cell;
    if (phase === 0) {
      const line = this.#cell.channel === 'data' ? await this.#session.acceptRawData() : undefined;
      await this.#lose(line);
      await this.#behindData(line, 0);
      return;
    }
    await this.#session.reply('150 Here it comes');
    const line = await this.#session.acceptData();
    if (direction === 'upload') await this.#take(line, name);
    else await this.#give(line);
  }

  async #give(line: WatchedLine): Promise<void> {
    const { phase, channel } = this.#cell;
    if (phase === 1) {
      const from = Math.min(beginningBytes, Math.floor(this.#bytes.length / 2));
      await line.write(this.#bytes.subarray(0, from));
      await this.#lose(line);
      await this.#behindData(line, from);
      return;
    }
    await line.write(this.#bytes);
    if (channel === 'control') await this.#session.endData(line);
    await this.#end(line);
  }

  async #take(line: WatchedLine, name: string): Promise<void> {
    const { phase, channel } = this.#cell;
    if (phase === 1) {
      await line.untilReceived(beginningBytes);
      this.#session.uploads.set(name, Buffer.from(line.unread()));
      await this.#lose(line);
      await this.#behindData(line, 0);
      return;
    }
    this.#session.uploads.set(name, await line.readToEnd());
    if (channel === 'control') await this.#session.endData(line);
    await this.#end(line);
  }

  /** Phases 2 and 3: all has moved. */
  async #end(line: WatchedLine): Promise<void> {
    if (this.#cell.phase === 3) await this.#session.reply('226 Done');
    await this.#lose(line);
    if (this.#cell.channel === 'data' && this.#cell.phase === 2) await this.#session.reply('226 Done');
  }

  async #lose(line: WatchedLine | undefined): Promise<void> {
    const { kind, channel } = this.#cell;
    this.#happened.isDone = true;
    this.#lab.fault(textOf(this.#cell), channel === 'control' ? 'control' : 'data');
    this.#faultMs = performance.now();
    const lost = channel === 'control' ? this.#session.control : line;
    if (lost === undefined) return;
    if (kind === '421') {
      await this.#session.reply('421 The server is going down');
      endInOrder(lost);
    } else if (kind === 'rst') lost.reset();
    else if (kind === 'hole') lost.pause();
    else if (kind === 'trunc' && lost.tls !== undefined) lost.finWithoutCloseNotify();
    else if (kind === 'cn' && lost.tls !== undefined) lost.closeNotifyThenFin();
    else lost.raw.end();
  }

  /** Phases 0 and 1: what is not hit goes on. */
  async #behindData(line: WatchedLine | undefined, from: number): Promise<void> {
    const { kind, channel, phase } = this.#cell;
    if (channel === 'data') {
      if (kind !== 'hole')
        await this.#session.reply(phase === 0 ? '425 The data connection is lost' : '426 The data connection is lost');
      // Nothing more is said on a silent line, and the next command is answered only when the client gives the transfer up.
      return;
    }
    if (line === undefined) return;
    try {
      await this.#goOn(line, from);
      if (this.#cell.direction === 'upload') await Promise.race([line.ended, line.closeNotified(), sleep(drainMs)]);
    } catch (error) {
      if (!(error instanceof LineEndedError)) throw error;
    }
    const { how } = line.ending;
    const after = [line.ending.closeNotifyAtMs, line.ending.finAtMs, line.ending.resetAtMs].filter(
      (at) => at !== undefined,
    );
    const isLate = how === 'none' || Math.min(...after) - this.#faultMs > goOnMs;
    // An end behind unread bytes is seen late: whoever stopped an upload has not sent all of it.
    const hasStopped = this.#cell.direction === 'upload' && line.receivedBytes < this.#bytes.length;
    this.#happened.wentOn = kind !== 'hole' && isLate && !hasStopped;
    this.#happened.lines.push({
      line: 'data',
      ending: how === 'none' ? 'open' : how,
      ...(after.length === 0 ? {} : { afterFaultMs: Math.round(Math.min(...after) - this.#faultMs) }),
      isClean: how !== 'none',
    });
    if (how === 'none') await this.#endRest(line, from);
  }

  /** Moves data slowly for as long as a client should need to notice. */
  async #goOn(line: WatchedLine, from: number): Promise<void> {
    let at = from;
    const until = this.#faultMs + goOnMs;
    while (performance.now() < until && line.ending.how === 'none') {
      if (this.#cell.direction !== 'upload' && at < this.#bytes.length - stepBytes) {
        await line.write(this.#bytes.subarray(at, at + stepBytes));
        at += stepBytes;
      }
      if (this.#cell.direction === 'upload') await this.#takeSlowly(line);
      await sleep(stepMs);
    }
    this.#position = at;
    line.resume();
  }

  /** Reads a little and stops, so that an upload does not run through into the buffers of the kernels. */
  async #takeSlowly(line: WatchedLine): Promise<void> {
    line.resume();
    await line.untilReceived(line.receivedBytes + stepBytes, stepMs).catch(() => undefined);
    if (line.ending.how === 'none') line.pause();
  }

  #position = 0;

  /** The rest goes out and the line is ended in order, as by a server that did not notice either. */
  async #endRest(line: WatchedLine, from: number): Promise<void> {
    try {
      if (this.#cell.direction !== 'upload') await line.write(this.#bytes.subarray(Math.max(from, this.#position)));
      endInOrder(line);
      await within(line.ended, 'the end of the data line', goOnMs);
    } catch {
      // The client has left in the meantime, or does not end its half: both are its own affair here.
    }
  }
}

function endInOrder(line: WatchedLine): void {
  if (line.tls === undefined) line.raw.end();
  else line.closeNotifyThenFin();
}
