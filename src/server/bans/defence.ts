/** Bans addresses by what the server reports of them, and ends the sessions of those who are banned. */

import type { Scope } from '../../net/index.ts';
import type { ServerEvent, ServerEventBody, SessionCause } from '../audit.ts';
import { addressKey } from '../limits/address-key.ts';
import type { ServerLimits } from '../options.ts';
import type { Ban } from './ban.ts';
import type { BanList } from './ban-list.ts';
import { RecentCounts } from './recent-counts.ts';

/** How often the list is held against the open sessions, in milliseconds; connections are held against it as they come. */
const lookEveryMs = 1000;

/** Between two reports that the file of bans cannot be used, in milliseconds. */
const problemEveryMs = 60_000;

/** What the end of a session counts for; a refused login counts for 1. */
const pointsByCause: { readonly [Cause in SessionCause]?: number } = {
  'bad-commands': 2,
  'other-protocol': 2,
  'login-timeout': 1,
};

const whatWasSeen: { readonly [Cause in SessionCause]?: string } = {
  'bad-commands': 'too many bad commands',
  'other-protocol': 'another protocol than FTP',
  'login-timeout': 'connections without a login',
};

export interface DefenceRules {
  readonly limits: Pick<ServerLimits, 'banAfter' | 'banWindowMs' | 'banMs' | 'ipv6PrefixBits'>;
  readonly isExempt: (address: string) => boolean;
}

export interface DefenceSurroundings {
  readonly bans: BanList;
  readonly rules: () => DefenceRules;
  readonly emit: (event: ServerEventBody) => void;
  /** The list has changed: sessions may have to end. */
  readonly bansChanged: () => void;
}

/** The defence of one server. It hears every event. */
export class Defence {
  readonly #surroundings: DefenceSurroundings;
  readonly #offences: RecentCounts;
  #reportedAt = Number.NEGATIVE_INFINITY;

  constructor(surroundings: DefenceSurroundings) {
    this.#surroundings = surroundings;
    this.#offences = new RecentCounts(() => surroundings.rules().limits.banWindowMs);
    surroundings.bans.reportTo((error) => this.#report(error));
  }

  /** The list is looked at with each connection: one line of the log in a while is enough. */
  #report(error: unknown): void {
    const now = performance.now();
    if (now - this.#reportedAt < problemEveryMs) return;
    this.#reportedAt = now;
    this.#surroundings.emit({ type: 'ban-list-failed', error });
  }

  /** Looks at the list for as long as `scope` lives. */
  watch(scope: Scope): void {
    const timer = setInterval(() => {
      const { bans } = this.#surroundings;
      bans.sweep();
      if (bans.refresh()) this.#surroundings.bansChanged();
    }, lookEveryMs);
    timer.unref();
    scope.add(() => clearInterval(timer));
  }

  /** The ban that a new connection falls under. */
  banOf(address: string): Ban | undefined {
    const { bans, rules } = this.#surroundings;
    if (bans.refresh()) setImmediate(() => this.#surroundings.bansChanged());
    const ban = bans.find(address);
    return ban !== undefined && ban.by === 'server' && rules().isExempt(address) ? undefined : ban;
  }

  readonly take = (event: ServerEventBody | ServerEvent): void => {
    if (event.type === 'login' && !event.accepted && event.cause === 'credentials') {
      this.#offend(event.remoteHost, 1, 'refused logins');
    } else if (event.type === 'session-closed') {
      const points = pointsByCause[event.cause];
      if (points !== undefined) this.#offend(event.remoteHost, points, whatWasSeen[event.cause] ?? event.cause);
    }
  };

  #offend(address: string, points: number, what: string): void {
    const { bans, rules, emit, bansChanged } = this.#surroundings;
    const { limits, isExempt } = rules();
    if (limits.banAfter === 0 || isExempt(address)) return;
    const key = addressKey(address, limits.ipv6PrefixBits);
    const sum = this.#offences.add(key, points);
    if (sum < limits.banAfter) return;
    this.#offences.forget(key);
    const reason = `${what} (${sum} points within ${limits.banWindowMs / 1000} s)`;
    const ban = bans.add(key, { untilMs: Date.now() + limits.banMs, reason, by: 'server' });
    emit({ type: 'banned', network: ban.network, untilMs: ban.untilMs, reason });
    // Behind whatever has reported the offence: it may be about to answer.
    setImmediate(bansChanged);
  }
}
