/** Many sessions at once: idle, sending NOOP, or all moving a file. */

import { FtpControl, type Target } from '../ftp-control.ts';
import { openDataLine, pourInto } from './data-line.ts';
import type { Movement, MovementTimes, Noop } from './orders.ts';

const now = (): number => performance.timeOrigin + performance.now();

/** As many logins at once as no server refuses. */
const loginsAtOnce = 32;

const sessions: FtpControl[] = [];

/** Opens sessions until there are so many. */
export async function openSessions(target: Target, wanted: number): Promise<void> {
  let left = wanted - sessions.length;
  const work = async () => {
    while (left-- > 0) sessions.push(await FtpControl.open(target));
  };
  await Promise.all(Array.from({ length: loginsAtOnce }, work));
}

async function moveOne(control: FtpControl, index: number, movement: Movement, begun: () => void): Promise<void> {
  const { direction, bytes, host } = movement;
  const path = movement.path.replace('#', String(index));
  const line = await openDataLine(control, host, begun);
  control.send(`${direction === 'down' ? 'RETR' : 'STOR'} ${path}`);
  await control.reply('150', '125');
  if (direction === 'up') await pourInto(line, bytes, begun);
  await Promise.all([line.closed, control.reply('226', '250')]);
  if (direction === 'down' && line.received() !== bytes) throw new Error(`Got ${line.received()} of ${bytes} bytes.`);
}

/** One file in every session at the same time. A transfer is under way when its first bytes have come, or have gone. */
export async function transferInAll(movement: Movement): Promise<MovementTimes> {
  const began = now();
  let allRun = began;
  const moveOther = (control: FtpControl, index: number): Promise<void> => {
    let isBegun = false;
    return moveOne(control, index, movement, () => {
      if (!isBegun) allRun = now();
      isBegun = true;
    });
  };
  await Promise.all(sessions.map(moveOther));
  return { began, allRun, ended: now() };
}

/** Downloads of a file so long that none ends before the process does. */
export class EndlessDownloads {
  #running = 0;
  #bytes = 0;

  /** Resolves when bytes have come in every session. */
  async begin({ host, path }: Movement): Promise<void> {
    await Promise.all(sessions.map((control) => this.#beginOne(control, host, path)));
  }

  async #beginOne(control: FtpControl, host: string, path: string): Promise<void> {
    const { promise: underWay, resolve } = Promise.withResolvers<void>();
    const line = await openDataLine(control, host, (bytes) => {
      this.#bytes += bytes.length;
      resolve();
    });
    control.send(`RETR ${path}`);
    await control.reply('150', '125');
    await Promise.race([underWay, line.closed]);
    this.#running++;
    line.closed.then(
      () => this.#running--,
      () => {},
    );
  }

  get running(): number {
    return this.#running;
  }

  get bytes(): number {
    return this.#bytes;
  }
}

/** NOOPs at a steady pace, on the sessions in turn; a session that still waits for its reply is passed over. */
export class SteadyNoops {
  readonly #noops: Noop[] = [];
  readonly #under = new Set<Promise<void>>();
  readonly #busy = new Set<FtpControl>();
  readonly #timer: NodeJS.Timeout;
  #next = 0;
  #failure: unknown;

  constructor(everyMs: number) {
    this.#timer = setInterval(() => this.#send(), everyMs);
  }

  #send(): void {
    const control = sessions[this.#next++ % sessions.length];
    if (control === undefined || this.#busy.has(control)) return;
    this.#busy.add(control);
    const sent = now();
    const done = control
      .command('NOOP', '200')
      .then(
        () => void this.#noops.push({ sent, latencyMs: now() - sent }),
        (error: unknown) => void (this.#failure ??= error),
      )
      .then(() => void this.#busy.delete(control))
      .then(() => void this.#under.delete(done));
    this.#under.add(done);
  }

  async end(): Promise<Noop[]> {
    clearInterval(this.#timer);
    await Promise.all(this.#under);
    if (this.#failure !== undefined) throw this.#failure;
    return this.#noops;
  }
}
