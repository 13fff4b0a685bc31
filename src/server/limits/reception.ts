/** What happens to a connection between its accept and its session: it is let in, or refused with the reason. */

import type { Socket } from 'node:net';
import { type Endpoints, endpointsOf, readProxyHeader, type Scope } from '../../net/index.ts';
import { normaliseAddress, type Reply } from '../../protocol/index.ts';
import type { Ban } from '../bans/ban.ts';
import type { RefusalCause, ServerEventBody } from '../audit.ts';
import type { ServerLimits } from '../options.ts';
import { replies } from '../replies.ts';
import { DescriptorBudget } from './descriptors.ts';
import { Refusals, type RefusedConnection } from './refusals.ts';
import type { SessionRefusal } from './session-limits.ts';

/** A connection that may become a session. */
export interface ReceivedConnection {
  readonly raw: Socket;
  readonly implicit: boolean;
  /** Its ends, as a trusted proxy has given them or as the socket has them. */
  readonly seenAs: Endpoints;
  /** Of its session, where another process has given it. */
  readonly number?: number;
}

export interface ReceptionSurroundings {
  readonly limits: { refusalOf(address: string): SessionRefusal | undefined };
  readonly scope: Scope;
  banOf(address: string): Ban | undefined;
  emit(event: ServerEventBody): void;
  openFiles(): number;
  readonly rules: () => {
    readonly isProxy: (address: string) => boolean;
    readonly limits: Pick<ServerLimits, 'proxyHeaderMs'>;
  };
  /** Makes a session of the connection; false: there is no process to take it. */
  admit(connection: ReceivedConnection): boolean;
}

type Refusal = Pick<RefusedConnection, 'cause' | 'reply' | 'detail'>;

const inWords: Readonly<
  Record<Exclude<RefusalCause, 'banned' | 'no-proxy-header'>, { readonly reply: Reply; readonly detail: string }>
> = {
  'too-many-sessions': { reply: replies.tooManySessions, detail: 'the server has as many sessions as it may' },
  'too-many-from-address': { reply: replies.tooManyFromAddress, detail: 'its address has as many sessions as it may' },
  'no-descriptors': {
    reply: replies.noDescriptors,
    detail: 'the process is near its limit of open files; raise it (LimitNOFILE of systemd, or ulimit -n)',
  },
  'no-worker': { reply: replies.noWorker, detail: 'no worker process is there to take it' },
};

function noHeader(reason: string): { readonly reply: Reply; readonly detail: string } {
  return {
    reply: replies.proxyHeaderNeeded,
    detail: `${reason}; --proxy-protocol-from says that one comes from there`,
  };
}

/** The reception of one server. */
export class Reception {
  readonly #surroundings: ReceptionSurroundings;
  readonly #refusals: Refusals;
  readonly #descriptors = new DescriptorBudget();

  constructor(surroundings: ReceptionSurroundings) {
    this.#surroundings = surroundings;
    this.#refusals = new Refusals(surroundings.scope, (event) => surroundings.emit(event));
  }

  /** Takes a connection that has just been accepted and is alive; one from a trusted proxy begins with a header. */
  receive(raw: Socket, implicit: boolean): void {
    const { isProxy, limits } = this.#surroundings.rules();
    const own = endpointsOf(raw);
    if (!isProxy(own.remote.host)) {
      this.take({ raw, implicit, seenAs: own });
      return;
    }
    readProxyHeader(raw, this.#surroundings.scope, limits.proxyHeaderMs, (result) => {
      if (result.kind === 'none') {
        this.#refuse({ raw, implicit, seenAs: own }, { cause: 'no-proxy-header', ...noHeader(result.reason) });
        return;
      }
      const { header } = result;
      const seenAs = header.kind === 'local' ? own : { remote: header.source, local: header.destination };
      this.take({ raw, implicit, seenAs });
    });
  }

  /** Takes a connection whose ends are known. False: it has been refused. */
  take(connection: ReceivedConnection): boolean {
    const { host } = connection.seenAs.remote;
    const refusal = this.#refusalOf(normaliseAddress(host) ?? host);
    if (refusal === undefined && this.#surroundings.admit(connection)) return true;
    this.#refuse(connection, refusal ?? { cause: 'no-worker', ...inWords['no-worker'] });
    return false;
  }

  #refuse({ raw, implicit, seenAs }: ReceivedConnection, refusal: Refusal): void {
    const { host, port: remotePort } = seenAs.remote;
    this.#refusals.refuse({ raw, remoteHost: normaliseAddress(host) ?? host, remotePort, implicit, ...refusal });
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
