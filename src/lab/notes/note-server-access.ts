/** The lab's own way to the server of a note, past the relay: to put files there, and to look at what is left of them. */

import { EventLog } from '../engine/event-log.ts';
import type { Random } from '../../peer/index.ts';
import { classOf } from '../engine/reply.ts';
import { Scratch } from '../server-lab/scratch.ts';
import { ServerLab } from '../server-lab/server-lab.ts';
import { LabSession } from '../server-lab/lab-session.ts';
import { defaultTimeouts, type LabTimeouts, type ServerTarget } from '../server-lab/server-target.ts';

/** What can be said of a path after a fault. */
export interface Remains {
  /** A new session can log in. */
  readonly login: boolean;
  /** SIZE of the name; undefined where there is nothing. */
  readonly size: number | undefined;
  /** The name is in a listing of its folder: anybody sees it, and not only the owner of an upload to be resumed. */
  readonly isListed: boolean;
  /** REST with that offset is taken. */
  readonly takesRestart: boolean;
  readonly says: string;
}

export class ServerAccess {
  readonly timeouts: LabTimeouts;
  readonly #target: ServerTarget;
  readonly #random: Random;
  #scratch: Scratch | undefined;

  constructor(target: ServerTarget, random: Random, timeouts: LabTimeouts = defaultTimeouts) {
    this.#target = target;
    this.#random = random;
    this.timeouts = timeouts;
  }

  /** A logged-in session, ready for transfers. */
  async open(log = new EventLog(), target: ServerTarget = this.#target): Promise<LabSession> {
    const session = await LabSession.connect(1, target, this.timeouts, log);
    try {
      await session.greeted();
      await session.secure();
      await session.logIn();
      await session.protect();
      await session.need(200, 'TYPE I');
      return session;
    } catch (error) {
      session.destroy();
      throw error;
    }
  }

  /** The place of the run on the server; made at the first call. */
  async scratch(): Promise<Scratch> {
    this.#scratch ??= await Scratch.make(() => this.open(), this.#random, this.#target.file);
    return this.#scratch;
  }

  /** A lab as cases have it, whose sessions the caller leaves. */
  async lab(log: EventLog): Promise<ServerLab> {
    return new ServerLab(this.#target, this.timeouts, this.#random, log, await this.scratch());
  }

  /** Asks of a path, and whether a transfer could begin at `offset`, or at its end where none is given. */
  async remains(path: string, offset?: number): Promise<Remains> {
    let session: LabSession;
    try {
      session = await this.open();
    } catch (error) {
      const says = error instanceof Error ? error.message : String(error);
      return { login: false, size: undefined, isListed: false, takesRestart: false, says };
    }
    try {
      const reply = await session.command(`SIZE ${path}`);
      const size = reply.code === 213 ? Number(reply.text.slice(4)) : undefined;
      const isListed = await listsName(session, path);
      const from = offset ?? size ?? 0;
      const restart = from > 0 ? await session.command(`REST ${from}`) : undefined;
      return { login: true, size, isListed, takesRestart: restart?.code === 350, says: reply.text };
    } catch (error) {
      const says = error instanceof Error ? error.message : String(error);
      return { login: true, size: undefined, isListed: false, takesRestart: false, says };
    } finally {
      await session.leave();
    }
  }

  /** Removes what the run has put there; the names that stay. */
  async clear(): Promise<readonly string[]> {
    return (await this.#scratch?.remove().catch(() => [this.#scratch?.folder ?? ''])) ?? [];
  }
}

async function listsName(session: LabSession, path: string): Promise<boolean> {
  const slash = path.lastIndexOf('/');
  const line = await session.passive();
  const begun = await session.command(`NLST ${path.slice(0, slash)}`);
  if (classOf(begun) !== 1) return false;
  const names = (await line.finish()).toString().split(/\r?\n/);
  await session.replyOrNothing();
  return names.some((name) => name.slice(name.lastIndexOf('/') + 1) === path.slice(slash + 1));
}

/** A path as it is named relative to the folder after login. */
export function relativePath(scratch: Scratch, path: string): string {
  const base = scratch.folder === undefined ? '' : scratch.folder.slice(0, scratch.folder.lastIndexOf('/'));
  return path.startsWith(`${base}/`) ? path.slice(base.length + 1) : path.replace(/^\//, '');
}
