/** SIGTERM and Ctrl-C: the first asks the server to stop, a later one leaves at once. SIGHUP asks for a reload. */

import { constants } from 'node:os';

export type StopSignal = 'SIGINT' | 'SIGTERM';

/** npm passes on the SIGINT that the terminal has sent to the server already: what comes this soon is the same wish. */
const sameWishMs = 500;

/** Listens from its making until `dispose`. */
export class StopSignals {
  /** Resolves with the first signal. */
  readonly first: Promise<StopSignal>;
  #haveCome = false;
  readonly #onSignal: (signal: StopSignal) => void;
  readonly #hangUp = (): void => this.#onHangUp();
  #onHangUp: () => void = () => undefined;

  /** `leaveAtOnce` hears a second signal, with the exit code that a shell gives to it. */
  constructor(leaveAtOnce: (exitCode: number) => void) {
    const { promise, resolve } = Promise.withResolvers<StopSignal>();
    let firstAt: number | undefined;
    this.first = promise;
    this.#onSignal = (signal) => {
      const now = performance.now();
      firstAt ??= now;
      this.#haveCome = true;
      if (firstAt === now) resolve(signal);
      else if (now - firstAt > sameWishMs) leaveAtOnce(128 + constants.signals[signal]);
    };
    process.on('SIGHUP', this.#hangUp);
    process.on('SIGINT', this.#onSignal);
    process.on('SIGTERM', this.#onSignal);
  }

  /** Whether the server is to stop. */
  get haveCome(): boolean {
    return this.#haveCome;
  }

  /** Calls back at every SIGHUP. One that came before was not for a server that read its settings just then. */
  onHangUp(reload: () => void): void {
    this.#onHangUp = reload;
  }

  dispose(): void {
    process.off('SIGHUP', this.#hangUp);
    process.off('SIGINT', this.#onSignal);
    process.off('SIGTERM', this.#onSignal);
  }
}
