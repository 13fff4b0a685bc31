/** What the sessions of one user share, and all sessions of a server: rates, and how many there are. */

import type { UserAccount } from '../../users/index.ts';
import { Pace } from './pace.ts';
import { RateMeter } from './rate-meter.ts';

/** Bytes per second; what is absent is not bounded. */
export interface RateSettings {
  /** All uploads, and all downloads, of the whole server together. */
  readonly up?: number;
  readonly down?: number;
  /** Of each user whose account says nothing else, in all sessions together. */
  readonly userUp?: number;
  readonly userDown?: number;
  /** Of each session. */
  readonly sessionUp?: number;
  readonly sessionDown?: number;
}

export type Direction = 'up' | 'down';

type Meters = Readonly<Partial<Record<Direction, RateMeter>>>;

interface UserShare {
  sessions: number;
  readonly meters: { up?: RateMeter; down?: RateMeter };
}

/** What a user's place is given by. */
export type SharingUser = Pick<UserAccount, 'name' | 'maxSessions' | 'rateUp' | 'rateDown'>;

/** Where sessions find their places, here or in the process that counts for several. */
export interface Shares {
  /** Takes a session in; undefined when the user has as many as may be. */
  enter(user: SharingUser): SessionShare | undefined | Promise<SessionShare | undefined>;
}

/** The place of one session, from its login to its end or the next login. */
export interface SessionShare {
  /** Undefined where nothing bounds the direction: then no byte is looked at. */
  pace(direction: Direction): Pace | undefined;
  leave(): void;
}

function metersOf(up: number | undefined, down: number | undefined): Meters {
  return {
    ...(up === undefined ? {} : { up: new RateMeter(up) }),
    ...(down === undefined ? {} : { down: new RateMeter(down) }),
  };
}

/** A meter of the rate that is wanted now; the old one goes on where the rate has not changed. */
function kept(meter: RateMeter | undefined, bytesPerSecond: number | undefined): RateMeter | undefined {
  if (meter?.bytesPerSecond === bytesPerSecond) return meter;
  return bytesPerSecond === undefined ? undefined : new RateMeter(bytesPerSecond);
}

export class UserShares implements Shares {
  readonly #rates: RateSettings;
  readonly #whole: Meters;
  readonly #users = new Map<string, UserShare>();

  constructor(rates: RateSettings) {
    this.#rates = rates;
    this.#whole = metersOf(rates.up, rates.down);
  }

  /** Takes a session in; undefined when the user has as many as may be. The rates are those of the latest login. */
  enter(account: SharingUser): SessionShare | undefined {
    const known = this.#users.get(account.name);
    if (known !== undefined && known.sessions >= (account.maxSessions ?? Infinity)) return undefined;
    const share: UserShare = known ?? { sessions: 0, meters: {} };
    share.sessions += 1;
    this.#users.set(account.name, share);
    for (const [direction, rate] of [
      ['up', account.rateUp ?? this.#rates.userUp],
      ['down', account.rateDown ?? this.#rates.userDown],
    ] as const) {
      const meter = kept(share.meters[direction], rate);
      if (meter === undefined) delete share.meters[direction];
      else share.meters[direction] = meter;
    }
    return this.#session(account.name, share);
  }

  #session(name: string, share: UserShare): SessionShare {
    const own = metersOf(this.#rates.sessionUp, this.#rates.sessionDown);
    let hasLeft = false;
    return {
      pace: (direction) => {
        const meters = [own[direction], share.meters[direction], this.#whole[direction]];
        const set = meters.filter((meter) => meter !== undefined);
        return set.length === 0 ? undefined : new Pace(set);
      },
      leave: () => {
        if (hasLeft) return;
        hasLeft = true;
        share.sessions -= 1;
        if (share.sessions === 0) this.#users.delete(name);
      },
    };
  }
}
