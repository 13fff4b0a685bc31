/** How long logins wait: longer with each refusal of an address, and for a name that is being guessed at. */

import { hash } from 'node:crypto';
import type { ServerEventBody } from '../audit.ts';
import { addressKey } from '../limits/address-key.ts';
import type { ServerLimits } from '../options.ts';
import { RecentCounts } from './recent-counts.ts';

/** Refusals of one name, from anywhere, that are still taken for mistakes. */
const freeRefusalsOfName = 4;
/** Pairs of name and address that have logged in, and that no guessing of others delays. */
const maxKnownPairs = 10_000;

export interface LoginDelayRules {
  readonly limits: Pick<ServerLimits, 'loginDelayMs' | 'maxLoginDelayMs' | 'banWindowMs' | 'ipv6PrefixBits'>;
  readonly isExempt: (address: string) => boolean;
}

/** Names may be long, and a password typed for a name is a secret: only digests are kept. */
function digest(text: string): string {
  return hash('sha256', text, 'base64').slice(0, 22);
}

/** Who says how long logins wait, here or in the process that counts for several. */
export interface LoginPauses {
  /** Milliseconds before this login may be looked at. */
  before(address: string, name: string): number | Promise<number>;
  /** Counts a refused login; gives the milliseconds after which it is answered. */
  refused(address: string, name: string): number | Promise<number>;
}

/**
 * A refused login is answered after a delay that doubles with each refusal of its address; a login that comes meanwhile
 * over another connection waits until then, and later ones behind it. A name with many refusals makes every login wait
 * whose address has not logged in under that name before: also the right one, because a delay for wrong ones only would
 * tell them apart. An exempt address has the first delay always.
 */
export class LoginDelays implements LoginPauses {
  readonly #rules: () => LoginDelayRules;
  readonly #now: () => number;
  readonly #byAddress: RecentCounts;
  readonly #byName: RecentCounts;
  readonly #notBefore = new Map<string, number>();
  readonly #known = new Set<string>();

  constructor(rules: () => LoginDelayRules, now: () => number = () => performance.now()) {
    this.#rules = rules;
    this.#now = now;
    const windowMs = (): number => rules().limits.banWindowMs;
    this.#byAddress = new RecentCounts(windowMs, now);
    this.#byName = new RecentCounts(windowMs, now);
  }

  #delayAfter(refusals: number): number {
    const { loginDelayMs, maxLoginDelayMs } = this.#rules().limits;
    return refusals <= 0 ? 0 : Math.min(loginDelayMs * 2 ** Math.min(refusals - 1, 30), maxLoginDelayMs);
  }

  #key(address: string): string {
    return addressKey(address, this.#rules().limits.ipv6PrefixBits);
  }

  before(address: string, name: string): number {
    const { isExempt, limits } = this.#rules();
    if (isExempt(address)) return 0;
    const key = this.#key(address);
    const pair = digest(`${key} ${name}`);
    const forName = this.#known.has(pair) ? 0 : this.#delayAfter(this.#byName.get(digest(name)) - freeRefusalsOfName);
    const slotMs = this.#notBefore.get(key) ?? 0;
    const forAddress = Math.max(0, slotMs - this.#now());
    if (forAddress > 0) this.#notBefore.set(key, slotMs + this.#delayAfter(this.#byAddress.get(key)));
    else this.#notBefore.delete(key);
    return Math.min(Math.max(forName, forAddress), limits.maxLoginDelayMs);
  }

  refused(address: string, name: string): number {
    const { isExempt } = this.#rules();
    if (isExempt(address)) return this.#delayAfter(1);
    const key = this.#key(address);
    this.#byName.add(digest(name), 1);
    const delayMs = this.#delayAfter(this.#byAddress.add(key, 1));
    this.#sweep();
    this.#notBefore.set(key, Math.max(this.#notBefore.get(key) ?? 0, this.#now() + delayMs));
    return delayMs;
  }

  /** Those whose time is over are dropped when they have become many; what is left is bounded by the rate of refusals. */
  #sweep(): void {
    if (this.#notBefore.size < maxKnownPairs) return;
    const now = this.#now();
    for (const [key, until] of this.#notBefore) if (until <= now) this.#notBefore.delete(key);
    if (this.#notBefore.size >= maxKnownPairs) this.#notBefore.clear();
  }

  /** Hears the server's events, for the logins that are accepted. */
  take(event: ServerEventBody): void {
    if (event.type === 'login' && event.accepted) this.accepted(event.remoteHost, event.name);
  }

  accepted(address: string, name: string): void {
    const key = this.#key(address);
    const pair = digest(`${key} ${name}`);
    this.#known.delete(pair);
    this.#known.add(pair);
    const oldest = this.#known.size > maxKnownPairs ? this.#known.values().next().value : undefined;
    if (oldest !== undefined) this.#known.delete(oldest);
  }
}
