/** Runs the state tables: one pure step, and a holder of the current state. */

import { LocalProtocolError } from '../../errors/index.ts';
import type { SessionEvent } from './events.ts';
import { finalStates, initialState, jointRules, type SessionState, stateTables } from './tables.ts';

const tableNames = Object.keys(stateTables) as (keyof SessionState)[];

/**
 * The state after `event`, or undefined when some table knows the event but not from its present state.
 */
export function nextState(state: SessionState, event: SessionEvent): SessionState | undefined {
  const moved: Record<string, string> = { ...state };
  for (const table of tableNames) {
    const moves = stateTables[table][event] as Readonly<Record<string, string>> | undefined;
    if (moves === undefined) continue;
    const to = moves[state[table]];
    if (to === undefined) return undefined;
    moved[table] = to;
  }
  for (const rule of jointRules) {
    if (rule.event === event) Object.assign(moved, rule.sets);
  }
  for (const table of tableNames) {
    if (state[table] === finalStates[table]) moved[table] = state[table];
  }
  return moved as unknown as SessionState;
}

/** The state of one session. */
export class SessionMachine {
  #state: SessionState = initialState;

  get state(): SessionState {
    return this.#state;
  }

  /** True when `fire(event)` would be legal now. */
  allows(event: SessionEvent): boolean {
    return nextState(this.#state, event) !== undefined;
  }

  /** Moves on. Throws `LocalProtocolError` when the event is illegal in this state: a bug of the caller, never of the peer. */
  fire(event: SessionEvent): void {
    const next = nextState(this.#state, event);
    if (next === undefined) {
      throw new LocalProtocolError(
        'ERR_TWINLINE_CALL_ORDER',
        `The event ${event} is not possible in the session state ${JSON.stringify(this.#state)}.`,
      );
    }
    this.#state = next;
  }
}
