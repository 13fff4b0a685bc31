/** The listening sockets of a server: opened, kept and closed as its options say. */

import { Listener, listenerKey, type ListenerOwner, type ListeningAddress } from './listener.ts';
import type { ListenerOptions } from './options.ts';

/** All listeners of one server. */
export class ListenerSet {
  readonly #owner: ListenerOwner;
  #listeners: readonly Listener[];
  /** One for each listener that is being closed; a listener is closed when its last connection is. */
  readonly #closing: Promise<void>[] = [];
  #isClosed = false;

  /** `bound` are open already; they are served when `change` names them, and closed when it does not. */
  constructor(bound: readonly Listener[], owner: ListenerOwner) {
    this.#listeners = bound;
    this.#owner = owner;
  }

  /**
   * Opens what is wanted and not open, closes what is open and not wanted, in that order where the ports allow it.
   * Sessions stay. Rejects with ERR_TWINLINE_LISTEN, and everything is as it was then.
   */
  async change(wanted: readonly ListenerOptions[]): Promise<readonly ListeningAddress[]> {
    const unwanted = [...this.#listeners];
    const kept = wanted.map((options) => takeSame(unwanted, options));
    const missing = wanted.filter((_, index) => kept[index] === undefined);
    const inTheWay = unwanted.filter(({ options: { port } }) => port !== 0 && missing.some((one) => one.port === port));
    for (const listener of inTheWay) this.#retire(listener);
    const opened = await this.#open(missing, inTheWay);
    for (const listener of unwanted) if (!inTheWay.includes(listener)) this.#retire(listener);
    const rest = [...opened];
    this.#listeners = kept.map((listener) => listener ?? rest.shift()).filter((listener) => listener !== undefined);
    if (this.#isClosed) this.close();
    else for (const listener of this.#listeners) listener.serve(this.#owner);
    return this.#listeners.map(({ address }) => address);
  }

  async #open(missing: readonly ListenerOptions[], inTheWay: readonly Listener[]): Promise<readonly Listener[]> {
    try {
      return await Listener.openAll(missing);
    } catch (error) {
      this.#listeners = this.#listeners.filter((listener) => !inTheWay.includes(listener));
      const back = await Listener.openAll(inTheWay.map(({ options }) => options));
      this.#listeners = [...this.#listeners, ...back];
      for (const listener of back) listener.serve(this.#owner);
      throw error;
    }
  }

  #retire(listener: Listener): void {
    this.#closing.push(listener.close());
  }

  /** Takes no more connections on any of them. Idempotent. */
  close(): void {
    this.#isClosed = true;
    for (const listener of this.#listeners) this.#retire(listener);
    this.#listeners = [];
  }

  /** Resolves when all that were closed have lost their last connection. */
  async closed(): Promise<void> {
    await Promise.all(this.#closing);
  }
}

/** Takes a listener out of the list that stands for these options. */
function takeSame(listeners: Listener[], options: ListenerOptions): Listener | undefined {
  const key = listenerKey(options);
  const index = listeners.findIndex((listener) => listenerKey(listener.options) === key);
  return index === -1 ? undefined : listeners.splice(index, 1)[0];
}
