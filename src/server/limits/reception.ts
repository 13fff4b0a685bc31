/** What happens to a connection between its accept and its session: it is let in, or refused with the reason. */

import type { Socket } from 'node:net';
import type { Scope } from '../../net/index.ts';
import { normaliseAddress, type Reply } from '../../protocol/index.ts';
import type { Ban } from '../bans/ban.ts';
import type { RefusalCause, ServerEventBody } from '../audit.ts';
import { replies } from '../replies.ts';
import { DescriptorBudget } from './descriptors.ts';
import { Refusals, type RefusedConnection } from './refusals.ts';
import type { SessionRefusal } from './session-limits.ts';

export interface ReceptionSurroundings {
  readonly limits: { refusalOf(address: string): SessionRefusal | undefined };
  readonly scope: Scope;
  banOf(address: string): Ban | undefined;
  emit(event: ServerEventBody): void;
  openFiles(): number;
  /** Makes a session of the connection. */
  admit(raw: Socket, implicit: boolean): void;
}

type Refusal = Pick<RefusedConnection, 'cause' | 'reply' | 'detail'>;

const inWords: Readonly<Record<Exclude<RefusalCause, 'banned'>, { readonly reply: Reply; readonly detail: string }>> = {
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
    const remotePort = raw.remotePort ?? 0;
    const refusal = this.#refusalOf(remoteHost);
    if (refusal === undefined) this.#surroundings.admit(raw, implicit);
    else this.#refusals.refuse({ raw, remoteHost, remotePort, implicit, ...refusal });
  }

  #refusalOf(address: string): Refusal | undefined {
    const { limits, scope } = this.#surroundings;
    const ban = this.#surroundings.banOf(address);
    if (ban !== undefined) {
      return { cause: 'banned', reply: replies.banned(ban.untilMs), detail: `${ban.network} is banned: ${ban.reason}` };
    }
    const refusal = limits.refusalOf(address);
    if (refusal !== undefined) return { cause: refusal, ...inWords[refusal] };
    const open = scope.counts.get('socket') + scope.counts.get('listener') + this.#surroundings.openFiles();
    return this.#descriptors.allows(open) ? undefined : { cause: 'no-descriptors', ...inWords['no-descriptors'] };
  }
}
