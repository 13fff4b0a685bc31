/** Ownership: what has a lifetime belongs to a scope and ends with it, children before parents, each exactly once. */

/** Things that are counted while they live. */
export type LiveKind = 'session' | 'socket' | 'listener' | 'timer' | 'transfer' | 'task';

/** Who things belong to: the scope that they end with. `data` is a pending or running data connection. */
export type LiveOwner = 'server' | 'session' | 'transfer' | 'data';

/** How many things of a kind live with an owner. */
export interface OwnedCount {
  readonly kind: LiveKind;
  readonly owner: LiveOwner;
  readonly count: number;
}

/** Counts of living things, by kind and owner: the leak budget. All are zero when nothing is going on. */
export class LiveCounts {
  readonly #counts = new Map<LiveKind, number>();
  readonly #owned = new Map<LiveKind, Map<LiveOwner, number>>();
  #waiting: { readonly kind: LiveKind; readonly resolve: () => void }[] = [];

  /** Counts one more; the returned function counts it off, once. */
  add(kind: LiveKind, owner: LiveOwner = 'server'): () => void {
    this.#change(kind, owner, 1);
    let living = true;
    return () => {
      if (!living) return;
      living = false;
      this.#change(kind, owner, -1);
      if (this.get(kind) === 0) this.#wake(kind);
    };
  }

  #change(kind: LiveKind, owner: LiveOwner, by: 1 | -1): void {
    this.#counts.set(kind, this.get(kind) + by);
    const owners = this.#owned.get(kind) ?? new Map<LiveOwner, number>();
    owners.set(owner, (owners.get(owner) ?? 0) + by);
    this.#owned.set(kind, owners);
  }

  /** What console.log shows: the numbers by kind. */
  [Symbol.for('nodejs.util.inspect.custom')](): Record<string, number> {
    return Object.fromEntries(this.#counts);
  }

  /** The counts by owner, with a zero for whoever has owned something before. */
  byOwner(): readonly OwnedCount[] {
    return [...this.#owned].flatMap(([kind, owners]) => [...owners].map(([owner, count]) => ({ kind, owner, count })));
  }

  /** Resolves when none of this kind lives. */
  untilNone(kind: LiveKind): Promise<void> {
    if (this.get(kind) === 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ kind, resolve }));
  }

  #wake(kind: LiveKind): void {
    const woken = this.#waiting.filter((waiter) => waiter.kind === kind);
    this.#waiting = this.#waiting.filter((waiter) => waiter.kind !== kind);
    for (const { resolve } of woken) resolve();
  }

  get(kind: LiveKind): number {
    return this.#counts.get(kind) ?? 0;
  }

  /** A copy of all counts. */
  snapshot(): Readonly<Record<LiveKind, number>> {
    return {
      session: this.get('session'),
      socket: this.get('socket'),
      listener: this.get('listener'),
      timer: this.get('timer'),
      transfer: this.get('transfer'),
      task: this.get('task'),
    };
  }
}

/** Owner of things with a lifetime. `close` ends them in reverse order of their coming; it is idempotent. */
export class Scope {
  readonly counts: LiveCounts;
  /** The scope that this one ends with. */
  readonly parent: Scope | undefined;
  /** Under whose name this scope counts what lives in it. */
  readonly owner: LiveOwner;
  readonly #enders = new Set<() => void>();
  readonly #leaveParent: (() => void) | undefined;
  #closed = false;

  /** A scope inside `parent` ends with it, shares its counts, and counts under its name unless it has one of its own. */
  constructor(
    parent?: Scope,
    counts: LiveCounts = parent?.counts ?? new LiveCounts(),
    owner: LiveOwner = parent?.owner ?? 'server',
  ) {
    this.parent = parent;
    this.counts = counts;
    this.owner = owner;
    this.#closed = parent?.closed ?? false;
    this.#leaveParent = parent?.add(() => this.close());
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Counts one more thing that lives in this scope; the returned function counts it off, once. */
  count(kind: LiveKind): () => void {
    return this.counts.add(kind, this.owner);
  }

  /**
   * Takes ownership: `end` runs when the scope closes; if it has closed, as soon as the caller's own code is through.
   * The result gives ownership up again.
   */
  add(end: () => void): () => void {
    if (this.#closed) {
      let owned = true;
      queueMicrotask(() => {
        if (owned) end();
      });
      return () => {
        owned = false;
      };
    }
    const ender = (): void => end();
    this.#enders.add(ender);
    return () => this.#enders.delete(ender);
  }

  /** Ends everything, also where an end throws; throws the first such error behind the last end. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#leaveParent?.();
    const errors: unknown[] = [];
    for (const end of [...this.#enders].toReversed()) {
      // An end that has run may have given up what stands behind it.
      if (!this.#enders.delete(end)) continue;
      try {
        end();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }
}
