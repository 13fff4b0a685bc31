/** What happens to a connection between its accept and its session: it is let in, or refused with the reason. */

import type { Socket } from 'node:net';
import type { Scope } from '../../net/index.ts';
import { normaliseAddress, type Reply } from '../../protocol/index.ts';
import type { RefusalCause, ServerEventBody } from '../audit.ts';
import { replies } from '../replies.ts';
import { DescriptorBudget } from './descriptors.ts';
import { Refusals } from './refusals.ts';
import type { SessionRefusal } from './session-limits.ts';

export interface ReceptionSurroundings {
  readonly limits: { refusalOf(address: string): SessionRefusal | undefined };
  readonly scope: Scope;
  emit(event: ServerEventBody): void;
  openFiles(): number;
  /** Makes a session of the connection. */
  admit(raw: Socket, implicit: boolean): void;
}

const inWords: Readonly<Record<RefusalCause, { readonly reply: Reply; readonly detail: string }>> = {
  'too-many-sessions': { reply: replies.tooManySessions, detail: 'the server has as many sessions as it may' },
  'too-many-from-address': { reply: replies.tooManyFromAddress, detail: 'its address has as many sessions as it may' },
  'no-descriptors': {
    reply: replies.noDescriptors,
    detail: 'the process is near its limit of open files; raise it (LimitNOFILE of systemd, or ulimit -n)',
  },
};

/** The reception of one server. */
export class Reception {
  readonly #surroundings: ReceptionSurroundings;
  readonly #refusals: Refusals;
  readonly #descriptors = new DescriptorBudget();

  constructor(surroundings: ReceptionSurroundings) {
    this.#surroundings = surroundings;
    this.#refusals = new Refusals(surroundings.scope, (event) => surroundings.emit(event));
  }

  /** Takes a connection that has just been accepted and is alive. */
  receive(raw: Socket, implicit: boolean): void {
    const remoteHost = normaliseAddress(raw.remoteAddress ?? '') ?? '';
    const cause = this.#refusalOf(remoteHost);
    if (cause === undefined) this.#surroundings.admit(raw, implicit);
    else
      this.#refusals.refuse({ raw, remoteHost, remotePort: raw.remotePort ?? 0, implicit, cause, ...inWords[cause] });
  }

  #refusalOf(address: string): RefusalCause | undefined {
    const { limits, scope } = this.#surroundings;
    const refusal = limits.refusalOf(address);
    if (refusal !== undefined) return refusal;
    const open = scope.counts.get('socket') + scope.counts.get('listener') + this.#surroundings.openFiles();
    return this.#descriptors.allows(open) ? undefined : 'no-descriptors';
  }
}
