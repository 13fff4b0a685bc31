/** Ownership: what has a lifetime belongs to a scope and ends with it, children before parents, each exactly once. */

/** Things that are counted while they live. */
export type LiveKind = 'session' | 'socket' | 'listener' | 'timer' | 'transfer' | 'task';

/** Counts of living things, by kind: the leak budget. All are zero when nothing is going on. */
export class LiveCounts {
  readonly #counts = new Map<LiveKind, number>();
  #waiting: { readonly kind: LiveKind; readonly resolve: () => void }[] = [];

  /** Counts one more; the returned function counts it off, once. */
  add(kind: LiveKind): () => void {
    this.#counts.set(kind, this.get(kind) + 1);
    let living = true;
    return () => {
      if (!living) return;
      living = false;
      this.#counts.set(kind, this.get(kind) - 1);
      if (this.get(kind) === 0) this.#wake(kind);
    };
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
  readonly #enders = new Set<() => void>();
  readonly #leaveParent: (() => void) | undefined;
  #closed = false;

  /** A scope inside `parent` ends with it and shares its counts. */
  constructor(parent?: Scope, counts: LiveCounts = parent?.counts ?? new LiveCounts()) {
    this.counts = counts;
    this.#closed = parent?.closed ?? false;
    this.#leaveParent = parent?.add(() => this.close());
  }

  get closed(): boolean {
    return this.#closed;
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
