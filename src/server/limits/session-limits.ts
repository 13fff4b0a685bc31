/** How many sessions there may be: in all, of one address, not logged in, and in a TLS handshake. */

import type { SessionState } from '../../protocol/index.ts';
import type { ServerLimits } from '../options.ts';
import { addressKey } from './address-key.ts';
import { Crowd } from './crowd.ts';

/** How far a session has come: in its TLS handshake, before its login, or logged in. */
export type Standing = 'handshake' | 'stranger' | 'user';

export function standingOf({ login, security }: SessionState, implicit: boolean): Standing {
  if (login === 'in') return 'user';
  return security === 'upgrading' || (implicit && security === 'plain') ? 'handshake' : 'stranger';
}

/** Why a connection gets no session. */
export type SessionRefusal = 'too-many-sessions' | 'too-many-from-address';

/** Why a session that is not logged in has to go. */
export type EvictionCause = 'too-many-unauthenticated' | 'too-many-handshakes';

/** A session, as far as limits are concerned. */
export interface LimitedSession {
  readonly remoteHost: string;
  /** Makes place for a newer one. */
  evict(cause: EvictionCause): void;
}

export type SessionBounds = Pick<
  ServerLimits,
  | 'maxSessions'
  | 'maxSessionsPerAddress'
  | 'maxUnauthenticated'
  | 'maxUnauthenticatedPerAddress'
  | 'maxHandshakes'
  | 'ipv6PrefixBits'
>;

export interface SessionRules {
  readonly limits: SessionBounds;
  /** Whether an address has no bounds of its own. */
  readonly isExempt: (address: string) => boolean;
}

/** Counts the sessions of a server. */
export class SessionLimits<Member extends LimitedSession> {
  readonly #rules: () => SessionRules;
  readonly #perAddress = new Map<string, number>();
  readonly #keys = new Map<Member, string>();
  readonly #strangers: Crowd<Member>;
  readonly #handshakes: Crowd<Member>;

  /** The rules are asked for anew each time: they may change while the server runs. */
  constructor(rules: () => SessionRules) {
    this.#rules = rules;
    this.#strangers = new Crowd(() => {
      const { maxUnauthenticated: max, maxUnauthenticatedPerAddress: maxPerAddress } = rules().limits;
      return { max, maxPerAddress };
    });
    this.#handshakes = new Crowd(() => ({
      max: rules().limits.maxHandshakes,
      maxPerAddress: Number.POSITIVE_INFINITY,
    }));
  }

  #keyOf(address: string): string {
    return addressKey(address, this.#rules().limits.ipv6PrefixBits);
  }

  get size(): number {
    return this.#keys.size;
  }

  /** Why a connection from `address` cannot become a session now. */
  refusalOf(address: string): SessionRefusal | undefined {
    const { limits, isExempt } = this.#rules();
    if (this.size >= limits.maxSessions) return 'too-many-sessions';
    const sessions = this.#perAddress.get(this.#keyOf(address)) ?? 0;
    return sessions >= limits.maxSessionsPerAddress && !isExempt(address) ? 'too-many-from-address' : undefined;
  }

  /** Takes a session in; another one that is not logged in may have to go. */
  enter(session: Member, standing: Standing): void {
    const key = this.#keyOf(session.remoteHost);
    this.#keys.set(session, key);
    this.#perAddress.set(key, (this.#perAddress.get(key) ?? 0) + 1);
    this.changed(session, standing);
  }

  /** Notes how far a session has come. */
  changed(session: Member, standing: Standing): void {
    const key = this.#keys.get(session);
    if (key === undefined) return;
    const exempt = this.#rules().isExempt(session.remoteHost);
    if (standing === 'user') this.#strangers.leave(session);
    else this.#strangers.join(session, key, exempt)?.evict('too-many-unauthenticated');
    if (standing === 'handshake') this.#handshakes.join(session, key, exempt)?.evict('too-many-handshakes');
    else this.#handshakes.leave(session);
  }

  leave(session: Member): void {
    const key = this.#keys.get(session);
    if (key === undefined) return;
    this.#keys.delete(session);
    this.#strangers.leave(session);
    this.#handshakes.leave(session);
    const left = (this.#perAddress.get(key) ?? 1) - 1;
    if (left > 0) this.#perAddress.set(key, left);
    else this.#perAddress.delete(key);
  }
}
