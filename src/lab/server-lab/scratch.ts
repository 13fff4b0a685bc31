/** The place on the server that a run works in: made at its beginning, removed with everything in it at its end. */

import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { CaseSkipped, SetupFailed } from '../engine/case-errors.ts';
import { type Random, within } from '../../peer/index.ts';
import { classOf } from '../engine/reply.ts';
import { transferDown, transferUp } from './plain-transfers.ts';
import type { LabSession } from './lab-session.ts';

export interface RemoteFile {
  readonly path: string;
  readonly bytes: Buffer;
}

/** Longest time for the removal of what a run has put on the server, in milliseconds. */
const removeMs = 60_000;
/** How long the removal waits for a server that still ends what it was doing, in milliseconds. */
const settleMs = 1_000;

/**
 * The names in a listing of the folder. Whatever path the server puts before a name, what is removed lies in the folder: the
 * lab deletes nothing that it was not let to make.
 */
function namesIn(listing: string): readonly string[] {
  const names = listing.split(/\r?\n/).map((line) => line.slice(line.lastIndexOf('/') + 1));
  return names.filter((name) => name !== '' && name !== '.' && !name.startsWith('..') && !name.includes('\r'));
}

export class Scratch {
  /** The folder, or `undefined` where nothing may be written. */
  readonly folder: string | undefined;
  readonly #random: Random;
  readonly #openSession: () => Promise<LabSession>;
  readonly #files = new Map<number, Promise<RemoteFile>>();
  readonly #given: string | undefined;
  #names = 0;

  private constructor(
    folder: string | undefined,
    random: Random,
    openSession: () => Promise<LabSession>,
    given: string | undefined,
  ) {
    this.folder = folder;
    this.#random = random;
    this.#openSession = openSession;
    this.#given = given;
  }

  /** `given` is a file of the server that can be downloaded where nothing may be written. */
  static async make(
    openSession: () => Promise<LabSession>,
    random: Random,
    given: string | undefined,
  ): Promise<Scratch> {
    const session = await openSession();
    try {
      const here = await session.need(257, 'PWD');
      const base = (/"((?:[^"]|"")*)"/.exec(here.text)?.[1] ?? '/').replaceAll('""', '"').replace(/\/$/, '');
      const name = `${base}/twinline-lab-${random.word(8)}`;
      // Another run with the same seed may have the name, or have left it behind.
      for (const folder of [name, `${name}-${randomBytes(4).toString('hex')}`]) {
        const made = await session.command(`MKD ${folder}`);
        if (classOf(made) === 2) return new Scratch(folder, random, openSession, given);
      }
      return new Scratch(undefined, random, openSession, given);
    } finally {
      await session.leave();
    }
  }

  /** A name in the folder that nothing has. Throws `SetupFailed` where nothing may be written. */
  newName(extension = 'bin'): string {
    if (this.folder === undefined) throw new SetupFailed('nothing may be written on the server');
    this.#names += 1;
    return `${this.folder}/f${this.#names}-${this.#random.word(4)}.${extension}`;
  }

  /** A file of that many bytes, put there once and not to be changed. */
  file(byteCount: number): Promise<RemoteFile> {
    let file = this.#files.get(byteCount);
    if (file === undefined) {
      file = this.folder === undefined ? this.#fetchGiven(byteCount) : this.#put(byteCount);
      file.catch(() => undefined);
      this.#files.set(byteCount, file);
    }
    return file;
  }

  async #put(byteCount: number): Promise<RemoteFile> {
    const path = this.newName();
    const bytes = this.#random.bytes(byteCount);
    const session = await this.#openSession();
    try {
      const reply = await transferUp(session, path, bytes);
      if (classOf(reply) !== 2) throw new SetupFailed(`STOR of a file to work with is answered ${reply.text}`);
      return { path, bytes };
    } finally {
      await session.leave();
    }
  }

  async #fetchGiven(byteCount: number): Promise<RemoteFile> {
    const path = this.#given;
    if (path === undefined) {
      throw new SetupFailed('nothing may be written on the server; name a file of it that can be read (--file)');
    }
    const session = await this.#openSession();
    try {
      const { reply, bytes } = await transferDown(session, path);
      if (classOf(reply) !== 2) throw new SetupFailed(`RETR ${path} is answered ${reply.text}`);
      if (bytes.length < byteCount) {
        throw new CaseSkipped(`${path} has fewer than ${byteCount} bytes; name a longer file with --file`);
      }
      return { path, bytes };
    } finally {
      await session.leave();
    }
  }

  /** Removes the folder with what is in it. The names that could not be removed. */
  async remove(): Promise<readonly string[]> {
    const { folder } = this;
    if (folder === undefined) return [];
    const session = await this.#openSession().catch(() => undefined);
    if (session === undefined) return [folder];
    try {
      let isRemoved = await within(this.#removeFolder(session, folder), 'the removal', removeMs);
      if (!isRemoved) {
        // A session that was left in the middle may have put down its file only now.
        await sleep(settleMs);
        isRemoved = await within(this.#removeFolder(session, folder), 'the removal', removeMs);
      }
      return isRemoved ? [] : [folder];
    } catch {
      return [folder];
    } finally {
      await session.leave();
    }
  }

  async #removeFolder(session: LabSession, folder: string): Promise<boolean> {
    const line = await session.passive();
    const begun = await session.command(`NLST ${folder}`);
    const listed = classOf(begun) === 1 ? (await line.finish()).toString() : '';
    if (classOf(begun) === 1) await session.replyOrNothing();
    for (const name of namesIn(listed)) await session.command(`DELE ${folder}/${name}`);
    return classOf(await session.command(`RMD ${folder}`)) === 2;
  }
}
