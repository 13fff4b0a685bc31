/** Keeps in mind which transfers are running, from the server's events, to name them when the server is to stop. */

import { printable } from '../../protocol/index.ts';
import type { ServerEvent } from '../../server/index.ts';
import { shownAddress } from '../log-formats/log-format.ts';

/** The transfers that run by now. */
export class RunningTransfers {
  readonly #lastCommand = new Map<number, string>();
  readonly #running = new Map<number, string>();
  readonly #cut: string[] = [];
  #isDraining = false;

  /** Takes an event; all but those that begin and end transfers pass by. */
  take(event: ServerEvent): void {
    if (event.type === 'draining') this.#isDraining = true;
    if (!('session' in event)) return;
    const { session } = event;
    if (event.type === 'command') {
      if (!this.#running.has(session)) this.#lastCommand.set(session, event.text);
    } else if (event.type === 'reply' && event.code >= 100 && event.code < 200) {
      const who = printable(event.user ?? 'somebody');
      const what = printable(this.#lastCommand.get(session) ?? '');
      this.#running.set(session, `${who} from ${shownAddress(event.remoteHost)} (${what})`);
    } else if (event.type === 'transfer') {
      const name = this.#running.get(session);
      if (name !== undefined && event.transfer.cause === 'drain') this.#cut.push(name);
      this.#running.delete(session);
    } else if (event.type === 'session-closed') {
      const name = this.#running.get(session);
      // There is no record of a transfer that has gone with its process.
      if (name !== undefined && this.#isDraining && event.cause === 'worker-lost') this.#cut.push(name);
      this.#running.delete(session);
      this.#lastCommand.delete(session);
    }
  }

  /** One text for each: who, from where, which command. */
  list(): readonly string[] {
    return [...this.#running.values()];
  }

  /** Those that the end of the drain has cut, in the same words. */
  listCut(): readonly string[] {
    return this.#cut;
  }
}
