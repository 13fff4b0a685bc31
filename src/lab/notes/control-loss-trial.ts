/** One experiment: a transfer through the relay, the fault in its middle, and what each end does after it. */

import { readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../../peer/index.ts';
import { SetupFailed } from '../engine/case-errors.ts';
import type { ClientOutcome, Direction, TransferWord } from './note-ends.ts';
import { NoteLog } from './note-log.ts';
import { type Between, type FaultKind, packetSentences } from './between.ts';
import { NoteRelay } from './note-relay.ts';
import type { NoteEntry } from './note-log.ts';
import type { NoteLine } from './note-report.ts';
import { NoteFailed, type NoteOptions } from './note-run.ts';
import { relativePath, type Remains, type ServerAccess } from './note-server-access.ts';
import type { End, LineKind, SeenLine } from './observed-line.ts';
import { wordAfterFault } from './data-loss-verdicts.ts';
import { LogGate, sessionBegins } from './log-gate.ts';
import { WireLog } from './wire-log.ts';

/** Large enough to have a middle whatever the buffers of two kernels hold. */
const fileBytes = 24 * 1024 * 1024;
/** The pace of the relay before the fault, in bytes a second. */
const paceBytesPerSecond = 1024 * 1024;
/** The fault comes when so much has passed, in bytes, and the data has flowed for so long, in milliseconds. */
const middleBytes = 512 * 1024;
const middleMs = 700;
/** Slower transfers have their middle here. */
const slowMiddleMs = 2_500;
/** Where the data line is not seen: a control line that is silent for so long, in milliseconds, has a transfer beside it. */
const silentControlMs = 1_200;
/** No transfer has begun by then: there is no experiment. */
const beginMs = 12_000;
/** How long both ends are watched after the fault, in milliseconds. */
const watchMs = 5_000;
/** What an end still says behind its end: the last line of a log. */
const lastWordsMs = 300;

/** All that an experiment has seen. */
export interface TrialSeen {
  readonly direction: Direction;
  /** What was cut. */
  readonly line: LineKind;
  /** The server has ended the control line, and not behind the client. */
  readonly serverLeftControl: boolean;
  readonly fileBytes: number;
  /** How far it was, in a sentence. */
  readonly atFault: string;
  readonly timeline: readonly NoteEntry[];
  readonly droppedEntries: number;
  readonly lines: readonly NoteLine[];
  readonly data: SeenLine | undefined;
  readonly isSecure: boolean;
  readonly outcome: ClientOutcome;
  readonly isPatient: boolean;
  readonly clientName: string;
  readonly word: TransferWord | undefined;
  readonly hasLog: boolean;
  /** Packets that tell of the life of the lines, where packets are seen. */
  readonly packets: readonly string[];
  readonly remains: Remains;
  /** What the client has on its side of a download: files by name with their sizes. */
  readonly local: ReadonlyMap<string, number>;
  readonly localName: string;
  /** The file under the local name is the beginning of what was asked for, or all of it. */
  readonly localIsPrefix: boolean;
  readonly watchedMs: number;
  /** `performance.now()`. */
  readonly faultAtMs: number;
}

/** What is cut, and how. */
export interface Cut {
  readonly kind: FaultKind;
  readonly line: LineKind;
}

export class ControlLossTrial {
  readonly #direction: Direction;
  readonly #options: NoteOptions & Cut;
  readonly #random: Random;
  readonly #access: ServerAccess;
  #log = new NoteLog();
  #faultMs = 0;
  #lastControlMs = 0;
  #controlReplyBytes = 0;

  constructor(direction: Direction, options: NoteOptions & Cut, random: Random, access: ServerAccess) {
    this.#direction = direction;
    this.#options = options;
    this.#random = random;
    this.#access = access;
  }

  async run(): Promise<TrialSeen> {
    const { path, remote, bytes } = await this.#prepare();
    const local = join(this.#options.folder, `${this.#direction}.bin`);
    if (this.#direction === 'upload') await writeFile(local, bytes);
    const { server } = this.#options;
    this.#log = new NoteLog([server.target.password]);
    const relay = await this.#startRelay();
    const gate = new LogGate(sessionBegins, (line) => this.#log.add('server', line));
    const stopLog = server.onLog?.((line) => gate.take(line));
    const stop = new AbortController();
    const { signal } = this.#options;
    const ended = this.#runClient(relay, { remote, local, bytes, signal: stop.signal });
    const onAbort = (): void => stop.abort();
    signal?.addEventListener('abort', onAbort);
    try {
      if (signal?.aborted === true) onAbort();
      const atFault = await this.#untilMiddle(relay, ended);
      this.#fault(relay);
      await this.#watch(relay, ended);
      stop.abort();
      const outcome = await ended;
      await sleep(lastWordsMs);
      const lines = this.#lines(relay);
      const [data, control] = [relay.lineOf('data'), relay.lineOf('control')];
      const serverLeftControl = control?.firstToLeave === 'server';
      stopLog?.();
      await relay.close();
      const packets = packetSentences(relay, this.#log);
      signal?.throwIfAborted();
      return {
        ...(await this.#lookAfter(path, local, bytes)),
        atFault,
        lines,
        data,
        serverLeftControl,
        outcome,
        packets,
      };
    } finally {
      signal?.removeEventListener('abort', onAbort);
      stop.abort();
      await ended;
      stopLog?.();
      await relay.close();
    }
  }

  async #prepare(): Promise<{ readonly path: string; readonly remote: string; readonly bytes: Buffer }> {
    try {
      const scratch = await this.#access.scratch();
      if (this.#direction === 'upload') {
        const path = scratch.newName();
        return { path, remote: relativePath(scratch, path), bytes: this.#random.bytes(fileBytes) };
      }
      const given = this.#options.server.target.file;
      const { path, bytes } = await scratch.file(
        scratch.folder === undefined && given !== undefined ? 4_194_304 : fileBytes,
      );
      return { path, remote: relativePath(scratch, path), bytes };
    } catch (error) {
      if (error instanceof SetupFailed) throw new NoteFailed(error.message, { cause: error });
      throw error;
    }
  }

  async #startRelay(): Promise<Between> {
    const { host, port, security } = this.#options.server.target;
    const hasLog = this.#options.server.onLog !== undefined;
    const wire = hasLog
      ? undefined
      : new WireLog(1, '127.0.0.1', security === 'implicit', (line) => this.#log.add('server', line));
    const { between } = this.#options;
    return (between ?? NoteRelay).start({
      host,
      port,
      bytesPerSecond: paceBytesPerSecond,
      connectMs: this.#access.timeouts.connectMs,
      opened: (line) => {
        if (line.kind === 'data') this.#log.add('lab', 'the data line is open');
      },
      passed: (line, from, bytes) => {
        if (line.kind !== 'control') return;
        this.#lastControlMs = performance.now();
        if (from === 'server') this.#controlReplyBytes += bytes.length;
        wire?.take(from, bytes);
      },
      left: (line, end, how) => this.#tellEnd(line, end, how),
    });
  }

  #tellEnd(line: SeenLine, end: End, how: string): void {
    const words = how === 'reset' ? 'resets' : 'ends';
    const by = { 'close-notify': ' by close_notify and FIN', fin: ' by FIN', reset: '' }[how] ?? '';
    const after = this.#faultMs === 0 ? '' : `, ${Math.round(performance.now() - this.#faultMs)} ms after the fault`;
    this.#log.add('lab', `the ${end} ${words} the ${line.kind} line${by}${after}`);
  }

  async #runClient(
    relay: Between,
    more: { readonly remote: string; readonly local: string; readonly bytes: Buffer; readonly signal: AbortSignal },
  ): Promise<ClientOutcome> {
    const { server, client } = this.#options;
    const job = {
      ...more,
      direction: this.#direction,
      target: server.target,
      relay: relay.address,
      proxyUrl: relay.proxyUrl,
      forward: (port: number) => relay.forward(port),
      caFile: server.caFile,
      ...(this.#options.keylogFile === undefined ? {} : { keylogFile: this.#options.keylogFile }),
      say: (text: string) => this.#log.add('client', text),
    };
    try {
      return await client.run(job);
    } catch (error) {
      const says = error instanceof Error ? error.message : String(error);
      return { claimsSuccess: false, endedByItself: true, says };
    }
  }

  /** Waits for the middle of the transfer, and tells where that was. Throws `NoteFailed` where there is none. */
  async #untilMiddle(relay: Between, ended: Promise<ClientOutcome>): Promise<string> {
    const begun = performance.now();
    let early: ClientOutcome | undefined;
    void ended.then((outcome) => (early = outcome));
    for (;;) {
      this.#options.signal?.throwIfAborted();
      const found = this.#middle(relay);
      if (found !== undefined) return found;
      if (early !== undefined) {
        const { claimsSuccess, says } = early;
        const pace = 'give the client a pace (curl: --limit-rate 1M) or {proxy}';
        const why = claimsSuccess ? `the transfer was over before its middle could be found; ${pace}` : 'it failed';
        throw new NoteFailed(`The ${this.#direction} has no middle: ${why}. The client says: ${says}`);
      }
      if (performance.now() - begun > beginMs) {
        throw new NoteFailed(`No ${this.#direction} has begun within ${beginMs / 1000} s.`);
      }
      await sleep(10);
    }
  }

  #middle(relay: Between): string | undefined {
    const now = performance.now();
    const data = relay.lineOf('data');
    if (data?.firstByteMs !== undefined) {
      const bytes = data.bytesFrom('client') + data.bytesFrom('server');
      const flowing = now - data.firstByteMs;
      if ((bytes < middleBytes || flowing < middleMs) && flowing < slowMiddleMs) return undefined;
      const from = data.bytesFrom(this.#direction === 'download' ? 'server' : 'client');
      return `${from} bytes of it, TLS included, have passed on the data line.`;
    }
    const isSilent = this.#controlReplyBytes > 0 && now - this.#lastControlMs > silentControlMs;
    if (!isSilent || this.#options.client.takesProxy || relay.seesAll) return undefined;
    return 'The control line has fallen silent, as it does beside a transfer.';
  }

  #fault(relay: Between): void {
    const { kind, line, between } = this.#options;
    const what = between?.fault ?? (kind === 'reset' ? 'RST to both ends' : 'FIN to both ends');
    this.#log.add('lab', `FAULT: the ${line} line is cut (${what})`, { isFault: true });
    relay.markFault();
    this.#faultMs = performance.now();
    relay.cut(line, kind);
    relay.release();
  }

  /** Until the client has ended and the server has left its data line, or has told of its loss; at most `watchMs`. */
  async #watch(relay: Between, ended: Promise<ClientOutcome>): Promise<void> {
    const late = new AbortController();
    const isQuiet = async (): Promise<void> => {
      await ended;
      while (!late.signal.aborted && this.#isAwaited(relay)) await sleep(10);
    };
    await Promise.race([isQuiet(), sleep(watchMs, undefined, { signal: late.signal }).catch(() => undefined)]);
    late.abort();
    for (const line of relay.lines) if (line.kind === 'data' && !line.isOver) line.destroy();
  }

  #isAwaited(relay: Between): boolean {
    if (this.#options.line === 'control') return relay.lines.some((line) => line.kind === 'data' && !line.isOver);
    return relay.lineOf('control')?.isOver !== true && wordAfterFault(this.#log.ordered()) === undefined;
  }

  #lines(relay: Between): NoteLine[] {
    const found: NoteLine[] = [];
    for (const kind of ['control', 'data'] as const) {
      for (const end of ['server', 'client'] as const) {
        const line = relay.lineOf(kind);
        if (line === undefined) found.push({ line: kind, end, how: 'not seen' });
        else if (kind === this.#options.line && this.#options.kind === 'reset')
          found.push({ line: kind, end, how: 'cut' });
        else found.push(this.#lineOf(line, end));
      }
    }
    return found;
  }

  #lineOf(line: SeenLine, end: End): NoteLine {
    const left = line.left(end);
    const other = line.left(end === 'client' ? 'server' : 'client');
    const base = { line: line.kind, end, bytesAfterFault: line.bytesAfterFault(end) };
    if (left === undefined) return { ...base, how: other?.how === 'reset' ? 'overtaken' : 'never' };
    return { ...base, how: left.how, afterFaultMs: Math.round(left.atMs - this.#faultMs) };
  }

  async #lookAfter(
    path: string,
    local: string,
    bytes: Buffer,
  ): Promise<Omit<TrialSeen, 'atFault' | 'lines' | 'data' | 'serverLeftControl' | 'outcome' | 'packets'>> {
    const { server, client } = this.#options;
    const found = this.#direction === 'download' ? await filesIn(dirname(local)) : new Map<string, number>();
    const here = found.size === 0 ? undefined : await readFile(local).catch(() => undefined);
    const remains = await this.#access.remains(
      path,
      this.#direction === 'download' ? Math.max(...found.values(), 1) : undefined,
    );
    return {
      direction: this.#direction,
      line: this.#options.line,
      fileBytes: bytes.length,
      timeline: this.#log.ordered(),
      droppedEntries: this.#log.dropped,
      isSecure: server.target.security !== 'plain',
      isPatient: client.isPatient === true,
      clientName: client.name,
      word: server.lastTransfer?.(),
      hasLog: server.onLog !== undefined,
      remains,
      local: found,
      localName: basename(local),
      localIsPrefix: here !== undefined && bytes.subarray(0, here.length).equals(here),
      watchedMs: watchMs,
      faultAtMs: this.#faultMs,
    };
  }
}

/** The files of a folder that a download has left, with their sizes. */
async function filesIn(folder: string): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for (const name of (await readdir(folder)).toSorted()) {
    if (name.startsWith('download')) found.set(name, (await stat(join(folder, name))).size);
  }
  return found;
}
