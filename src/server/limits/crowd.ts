/** A bounded crowd of those who have not shown yet that they mean well: who comes last stays, and somebody else must go. */

export interface CrowdBounds {
  readonly max: number;
  /** Of one address; exempt members do not count for it. */
  readonly maxPerAddress: number;
}

interface Place {
  readonly key: string;
  readonly group: Set<unknown>;
}

/**
 * Members by address, each address in the order of coming. Where a bound is passed the longest-waiting member goes: of
 * the address that is over its own bound, or of the address that has most members here. So an address that floods the
 * server throws out its own connections, and a client from elsewhere keeps its place.
 */
export class Crowd<Member> {
  readonly #bounds: () => CrowdBounds;
  readonly #groups = new Map<string, Set<Member>>();
  readonly #places = new Map<Member, Place>();

  /** The bounds are asked for anew each time: they may change while the server runs. */
  constructor(bounds: () => CrowdBounds) {
    this.#bounds = bounds;
  }

  get size(): number {
    return this.#places.size;
  }

  /** Takes a member in, and gives the one who must go for it, if any: the caller ends it, and it has left already. */
  join(member: Member, key: string, exempt: boolean): Member | undefined {
    if (this.#places.has(member)) return undefined;
    const group = this.#groups.get(key) ?? new Set<Member>();
    this.#groups.set(key, group);
    group.add(member);
    this.#places.set(member, { key, group });
    const { max, maxPerAddress } = this.#bounds();
    if (!exempt && group.size > maxPerAddress) return this.#leaveFirst(group);
    if (this.size > max) return this.#leaveFirst(this.#largest());
    return undefined;
  }

  leave(member: Member): void {
    const place = this.#places.get(member);
    if (place === undefined) return;
    this.#places.delete(member);
    place.group.delete(member);
    if (place.group.size === 0) this.#groups.delete(place.key);
  }

  #leaveFirst(group: Set<Member>): Member | undefined {
    const { value } = group.values().next();
    if (value !== undefined) this.leave(value);
    return value;
  }

  /** A walk over all addresses, which are no more than the bound; taken only while the crowd is full. */
  #largest(): Set<Member> {
    let largest = new Set<Member>();
    for (const group of this.#groups.values()) if (group.size > largest.size) largest = group;
    return largest;
  }
}
