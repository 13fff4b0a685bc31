/** What a server case works with. */

import { CaseSkipped, SetupFailed } from '../engine/case-errors.ts';
import type { EventLog } from '../engine/event-log.ts';
import type { Random } from '../../peer/index.ts';
import { LabSession } from './lab-session.ts';
import type { RemoteFile, Scratch } from './scratch.ts';
import type { LabTimeouts, ServerTarget } from './server-target.ts';

export interface OpenOptions {
  /** Protection of the data lines. Default `P`. */
  readonly protection?: 'C' | 'P';
}

export class ServerLab {
  readonly target: ServerTarget;
  readonly timeouts: LabTimeouts;
  readonly random: Random;
  readonly log: EventLog;
  readonly #scratch: Scratch;
  readonly #sessions: LabSession[] = [];
  #over = false;

  constructor(target: ServerTarget, timeouts: LabTimeouts, random: Random, log: EventLog, scratch: Scratch) {
    this.target = target;
    this.timeouts = timeouts;
    this.random = random;
    this.log = log;
    this.#scratch = scratch;
  }

  /** A connection with TLS where the target is implicit; the greeting has not been read. */
  async connect(localAddress?: string): Promise<LabSession> {
    const number = this.#sessions.length + 1;
    const session = await LabSession.connect(number, this.target, this.timeouts, this.log, localAddress);
    this.#sessions.push(session);
    if (this.#over) {
      session.destroy();
      throw new SetupFailed('the case is over');
    }
    return session;
  }

  /** A session behind its greeting, in clear where TLS is explicit. */
  async greeted(): Promise<LabSession> {
    const session = await this.connect();
    await session.greeted();
    return session;
  }

  /** A session that is logged in, with TLS on the control line, protection of data lines, and TYPE I. */
  async open({ protection = 'P' }: OpenOptions = {}): Promise<LabSession> {
    const session = await this.greeted();
    await session.secure();
    await session.logIn();
    await session.protect(protection);
    await session.need(200, 'TYPE I');
    return session;
  }

  /** A file of the server with at least that many bytes, to be read only. */
  file(byteCount: number): Promise<RemoteFile> {
    return this.#scratch.file(byteCount);
  }

  /** A path that can be written and that the run removes. */
  newPath(extension?: string): string {
    return this.#scratch.newName(extension);
  }

  /** The folder of the run, for listings. Throws `CaseSkipped` where nothing may be written. */
  get folder(): string {
    return this.#scratch.folder ?? this.skip('nothing may be written on the server');
  }

  note(text: string): void {
    this.log.add({ kind: 'note', text });
  }

  skip(reason: string): never {
    throw new CaseSkipped(reason);
  }

  /** Leaves every session of the case. One that is past its deadline and still runs gets no new ones. */
  async close(): Promise<void> {
    this.#over = true;
    await Promise.all(this.#sessions.map((session) => session.leave()));
  }
}
