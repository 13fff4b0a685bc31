/** The workers of a server: which of them takes a connection, what they report, and what becomes of it when one goes. */

import type { Socket } from 'node:net';
import { normaliseAddress } from '../../protocol/index.ts';
import type { ServerEvent } from '../audit.ts';
import type { AdmittedConnection, SessionHost } from '../hosted-session.ts';
import type { LiveSession } from '../live-sessions.ts';
import type { UsageBook } from '../quota/usage-book.ts';
import type { LiveCount } from '../server.ts';
import type { SessionSurroundings } from '../session-surroundings.ts';
import type { PrimaryCalls, WorkerCalls } from './calls.ts';
import { Desk } from './desk.ts';
import { Line, type MessagePort } from './line.ts';
import { sumOfCounts } from './live-counts.ts';
import { RemoteSession } from './remote-session.ts';
import { revivedEvent } from './event-relay.ts';

/** How long a worker may take to say what lives in it. */
const countsMs = 1_000;
/** How often each worker is asked whether it is there. */
const beatMs = 2_000;
/** Beats that a worker may leave unanswered before it is ended: they are counted, so that no sleep of the machine counts. */
const maxSilentBeats = 15;

/** A worker as its process is held here. */
export interface WorkerPort extends MessagePort {
  /** Ends the process at once; `reason` is to be told when it has ended. */
  kill(reason: string): void;
}

/** One worker, from its first message to the end of its process. */
export interface CrewMember {
  readonly line: Line<WorkerCalls>;
  /** Takes a message of the worker. */
  take(message: unknown): void;
  /** Its process has ended: its sessions are lost, and the transfers that ran in them. Gives their numbers. */
  lost(detail: string): LostWork;
}

export interface LostWork {
  readonly sessions: number;
  readonly transfers: number;
}

interface Hosted {
  readonly session: RemoteSession;
  readonly surroundings: SessionSurroundings;
}

interface Member {
  readonly line: Line<WorkerCalls>;
  readonly desk: Desk;
  readonly hosted: Map<number, Hosted>;
  counts: readonly LiveCount[];
  /** Beats since it was asked whether it is there; 0 when it has answered. */
  silentBeats: number;
  readonly beat: NodeJS.Timeout;
}

export interface CrewOptions {
  readonly book: UsageBook;
  /** Takes what a worker reports that is of no session. */
  onEvent(event: ServerEvent): void;
  /** What lives in this process. */
  ownCounts(): readonly LiveCount[];
}

export class Crew implements SessionHost {
  readonly #options: CrewOptions;
  readonly #members = new Set<Member>();
  #surroundings: SessionSurroundings | undefined;
  #announcedLedgers = 0;
  #announcing: Promise<unknown> = Promise.resolve();

  constructor(options: CrewOptions) {
    this.#options = options;
  }

  /** Takes a worker in that is ready for connections. */
  join(port: WorkerPort): CrewMember {
    const hosted = new Map<number, Hosted>();
    const desk: Desk = new Desk({
      book: this.#options.book,
      surroundings: () => this.#known(),
      entered: (userName) => {
        for (const other of this.#members) other.desk.followRates(userName);
      },
      announceLedgers: () => this.#announceLedgers(),
      ratesChanged: (share, rates) => member.line.tell('rates', { share, rates }),
    });
    const line: Line<WorkerCalls> = new Line<WorkerCalls>(port, {
      ...desk.calls,
      ...this.#reports(hosted, (counts) => {
        member.counts = counts;
        this.#shareCounts();
      }),
    });
    const beat = setInterval(() => beatOf(member, port), beatMs).unref();
    const member: Member = { line, desk, hosted, counts: [], silentBeats: 0, beat };
    this.#members.add(member);
    line.tell('ledgers', this.#options.book.folders);
    this.#shareCounts();
    return { line, take: (message) => line.take(message), lost: (detail) => this.#lose(member, detail) };
  }

  #known(): SessionSurroundings {
    if (this.#surroundings === undefined) throw new Error('A worker has asked before it had a session.');
    return this.#surroundings;
  }

  #reports(
    hosted: ReadonlyMap<number, Hosted> & { delete(number: number): boolean },
    onCounts: (counts: readonly LiveCount[]) => void,
  ): Pick<PrimaryCalls, 'events' | 'standing' | 'ended' | 'counts'> {
    return {
      events: (events) => {
        for (const event of events.map(revivedEvent)) this.#hear(event, hosted);
      },
      standing: ({ session: number, standing }) => {
        const known = hosted.get(number);
        if (known === undefined) return;
        known.session.standing = standing;
        known.surroundings.standingChanged(known.session, standing);
      },
      ended: (number) => {
        const known = hosted.get(number);
        if (known === undefined) return;
        hosted.delete(number);
        known.surroundings.ended(known.session);
      },
      counts: onCounts,
    };
  }

  #hear(event: ServerEvent, hosted: ReadonlyMap<number, Hosted>): void {
    const known = 'session' in event ? hosted.get(event.session) : undefined;
    known?.session.hear(event);
    if (known === undefined) this.#options.onEvent(event);
    else known.surroundings.emit(event);
  }

  /** The connection goes to the worker with the fewest sessions. */
  open(
    { raw, number, implicit, seenAs }: AdmittedConnection,
    surroundings: SessionSurroundings,
  ): RemoteSession | undefined {
    const member = this.#leastBusy();
    if (member === undefined) return undefined;
    this.#surroundings = surroundings;
    const { host, port: remotePort } = seenAs.remote;
    const { line } = member;
    const session = new RemoteSession({
      number,
      remoteHost: normaliseAddress(host) ?? host,
      remotePort,
      implicit,
      line,
    });
    member.hosted.set(number, { session, surroundings });
    const read = stopReading(raw).toString('base64');
    line.tell('connection', { number, implicit, seenAs, read }, raw);
    return session;
  }

  /** One that has left a whole beat unanswered gets nothing while there are others. */
  #leastBusy(): Member | undefined {
    const all = [...this.#members];
    const awake = all.filter(({ silentBeats }) => silentBeats < 2);
    let least: Member | undefined;
    for (const member of awake.length > 0 ? awake : all)
      if (least === undefined || member.hosted.size < least.hosted.size) least = member;
    return least;
  }

  #lose(member: Member, detail: string): LostWork {
    if (!this.#members.delete(member)) return { sessions: 0, transfers: 0 };
    clearInterval(member.beat);
    const lost = [...member.hosted.values()];
    member.hosted.clear();
    const transfers = lost.filter(({ session }) => session.transfer !== undefined).length;
    for (const { session, surroundings } of lost) {
      const identity = session.openIdentity;
      if (identity !== undefined)
        surroundings.emit({ type: 'session-closed', cause: 'worker-lost', detail, ...identity });
      surroundings.ended(session);
    }
    member.desk.close();
    member.line.close();
    this.#shareCounts();
    return { sessions: lost.length, transfers };
  }

  async #announceLedgers(): Promise<void> {
    const { folders } = this.#options.book;
    if (folders.length > this.#announcedLedgers) {
      this.#announcedLedgers = folders.length;
      // One that goes meanwhile counts nothing any more.
      const heard = [...this.#members].map(({ line }) => line.ask('ledgers', folders).catch(() => undefined));
      this.#announcing = Promise.all([this.#announcing, ...heard]);
    }
    await this.#announcing;
  }

  #shareCounts(): void {
    for (const member of this.#members) {
      const others = [...this.#members].filter((other) => other !== member).map(({ counts }) => counts);
      member.line.tell('countsElsewhere', sumOfCounts([this.#options.ownCounts(), ...others]));
    }
  }

  /** What lives in all workers now; of one that does not answer, what it has told last. */
  async counts(): Promise<readonly LiveCount[]> {
    const asked = [...this.#members].map(async (member) => {
      member.counts = await member.line.ask('counts', null);
    });
    await settledWithin(countsMs, asked);
    return sumOfCounts([...this.#members].map(({ counts }) => counts));
  }

  /** All sessions as they are now, in the order of their coming, but for those of a worker that does not answer. */
  async liveSessions(): Promise<readonly LiveSession[]> {
    const lists: (readonly LiveSession[])[] = [];
    const asked = [...this.#members].map(async ({ line }) => {
      lists.push(await line.ask('sessions', null));
    });
    await settledWithin(countsMs, asked);
    return lists.flat().toSorted((one, other) => one.session - other.session);
  }

  tellAll<Name extends keyof WorkerCalls>(name: Name, argument: Parameters<WorkerCalls[Name]>[0]): void {
    for (const { line } of this.#members) line.tell(name, argument);
  }

  /** Those who could not do it, in words; one that has gone meanwhile is none of them. */
  async askAll<Name extends keyof WorkerCalls>(
    name: Name,
    argument: Parameters<WorkerCalls[Name]>[0],
  ): Promise<readonly string[]> {
    const problems = [...this.#members].map(async (member) => {
      try {
        await member.line.ask(name, argument);
        return [];
      } catch (error) {
        return this.#members.has(member) ? [(error as Error).message] : [];
      }
    });
    return (await Promise.all(problems)).flat();
  }
}

/** A worker that hangs holds its clients up, and some of those to come: it is ended, and another one takes its place. */
function beatOf(member: Member, port: WorkerPort): void {
  if (member.silentBeats >= maxSilentBeats) {
    port.kill(`it had not answered for ${(maxSilentBeats * beatMs) / 1000} s and was ended`);
    return;
  }
  if (member.silentBeats === 0) {
    const answered = (): void => {
      member.silentBeats = 0;
    };
    member.line.ask('answer', null).then(answered, () => undefined);
  }
  member.silentBeats += 1;
}

async function settledWithin(timeoutMs: number, works: readonly Promise<void>[]): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, timeoutMs);
  await Promise.race([Promise.allSettled(works), late]);
  clearTimeout(timer);
}

/** Leaves what comes from now on to the process that gets the socket; gives what has come already. */
function stopReading(raw: Socket): Buffer {
  raw.pause();
  const { _handle: handle } = raw as Socket & { readonly _handle?: { readStop?(): number } | null };
  handle?.readStop?.();
  return (raw.read() as Buffer | null) ?? Buffer.alloc(0);
}
