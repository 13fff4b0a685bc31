/** Hands items from one maker to one taker, in order, with the maker waiting while the taker is behind. */

/** Items that may wait before the maker does. */
const maxWaiting = 128;

export class Handover<Item> implements AsyncIterable<Item> {
  #items: Item[] = [];
  #end: { readonly error?: unknown } | undefined;
  #isClosed = false;
  #isHurried = false;
  #wakeTaker: (() => void) | undefined;
  #wakeMaker: (() => void) | undefined;

  /** Adds items; resolves when there is room for more, at once when the taker has left. */
  async give(items: readonly Item[]): Promise<void> {
    if (this.#isClosed) return;
    this.#items.push(...items);
    this.#wakeTaker?.();
    if (this.#items.length < maxWaiting || this.#isHurried) return;
    await new Promise<void>((resolve) => (this.#wakeMaker = resolve));
  }

  /** The maker waits no more, whatever the taker does: the items are kept. */
  hurry(): void {
    this.#isHurried = true;
    this.#wakeMaker?.();
  }

  /** There are no more items. */
  end(): void {
    this.#end ??= {};
    this.#wakeTaker?.();
  }

  /** There are no more items, and the taker is to know why. */
  fail(error: unknown): void {
    this.#end ??= { error };
    this.#wakeTaker?.();
  }

  /** The taker has left: what comes is dropped. */
  close(): void {
    this.#isClosed = true;
    this.#items = [];
    this.#wakeMaker?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Item, void, undefined> {
    for (;;) {
      const items = this.#items;
      this.#items = [];
      this.#wakeMaker?.();
      yield* items;
      if (this.#items.length > 0) continue;
      if (this.#end !== undefined) {
        if ('error' in this.#end) throw this.#end.error;
        return;
      }
      await new Promise<void>((resolve) => (this.#wakeTaker = resolve));
    }
  }
}
