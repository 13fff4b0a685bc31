/** Login delays and users' shares as a worker reaches them: the process with the listeners holds them for all. */

import type { LoginPauses } from '../bans/login-delays.ts';
import { Pace } from '../shares/pace.ts';
import type { RateSettings, SessionShare, Shares, SharingUser } from '../shares/user-shares.ts';
import type { PrimaryCalls, ShareRates } from './calls.ts';
import type { Line } from './line.ts';

export function createRemotePauses(line: Line<PrimaryCalls>): LoginPauses {
  return {
    before: (address, name) => line.ask('pauseBefore', { address, name }),
    refused: (address, name) => line.ask('pauseAfterRefusal', { address, name }),
  };
}

export class RemoteShares implements Shares {
  readonly #line: Line<PrimaryCalls>;
  readonly #hasRates: boolean;
  readonly #rates = new Map<number, ShareRates>();
  #next = 1;

  /** `rates` are those of the server. */
  constructor(line: Line<PrimaryCalls>, rates: RateSettings) {
    this.#line = line;
    this.#hasRates = Object.values(rates).some((rate) => rate !== undefined);
  }

  async enter({ name, maxSessions, rateUp, rateDown }: SharingUser): Promise<SessionShare | undefined> {
    const share = this.#next++;
    const user = {
      name,
      ...(maxSessions === undefined ? {} : { maxSessions }),
      ...(rateUp === undefined ? {} : { rateUp }),
      ...(rateDown === undefined ? {} : { rateDown }),
    };
    const isFree = !this.#hasRates && [maxSessions, rateUp, rateDown].every((bound) => bound === undefined);
    // Whom nothing bounds need not wait to hear so; what another login of the user brings is told.
    if (isFree) this.#line.tellSoon('enter', { share, user });
    const rates = isFree ? {} : await this.#line.ask('enter', { share, user });
    if (rates === null) return undefined;
    this.#rates.set(share, rates);
    return {
      pace: (direction) => {
        const bytesPerSecond = this.#rates.get(share)?.[direction];
        if (bytesPerSecond === undefined) return undefined;
        const book = (bytes: number): Promise<number> => this.#line.ask('book', { share, direction, bytes });
        return new Pace([{ bytesPerSecond, book }]);
      },
      leave: () => {
        if (this.#rates.delete(share)) this.#line.tellSoon('leave', share);
      },
    };
  }

  /** Transfers that begin from now on are held to these. */
  changeRates(share: number, rates: ShareRates): void {
    if (this.#rates.has(share)) this.#rates.set(share, rates);
  }
}
