/** Where a server is in its life, told by its events: what a load balancer or a supervisor asks for. */

import type { ServerEvent } from '../server/index.ts';

export type LifeState = 'starting' | 'ready' | 'draining' | 'offline';

const stateBehind: Partial<Record<ServerEvent['type'], LifeState>> = {
  online: 'ready',
  draining: 'draining',
  offline: 'offline',
};

/** The state by now. */
export class ServerState {
  #state: LifeState = 'starting';

  get now(): LifeState {
    return this.#state;
  }

  /** Takes an event; all but those that change the state pass by. */
  take(event: ServerEvent): void {
    this.#state = stateBehind[event.type] ?? this.#state;
  }
}
