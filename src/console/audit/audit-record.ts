/** The audit: one record for each login, transfer, change of files, session and change of the server, made from its events. */

import { randomUUID } from 'node:crypto';
import type { ServerEvent, SessionIdentity } from '../../server/index.ts';
import type { AuditRecord } from './audit-schema.ts';

export type { AuditRecord } from './audit-schema.ts';

/** A record without what all have. */
type Told = AuditRecord extends infer One
  ? One extends AuditRecord
    ? Omit<One, 'id' | 'time' | 'run'>
    : never
  : never;

type Tellers = {
  readonly [Type in ServerEvent['type']]?: (event: Extract<ServerEvent, { readonly type: Type }>) => Told;
};

function who({ session, remoteHost, remotePort, user }: SessionIdentity) {
  return { session, remote: remoteHost, remotePort, user: user ?? null };
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Makes the records of one run of a server. */
export class AuditRecords {
  /** Tells the runs of a server apart: sessions are numbered from 1 in each. */
  readonly run = randomUUID();
  readonly #begun = new Map<number, number>();
  #last: { readonly event?: ServerEvent; readonly records: readonly AuditRecord[] } = { records: [] };

  readonly #tellers: Tellers = {
    online: () => ({ event: 'server-start' }),
    draining: ({ sessions, transfers }) => ({ event: 'server-drain', sessions, transfers }),
    offline: () => ({ event: 'server-stop' }),
    'tls-settings-replaced': ({ fingerprint256 }) => ({
      event: 'tls-settings',
      verdict: 'replaced',
      detail: `certificate ${fingerprint256}`,
    }),
    'tls-settings-refused': ({ error }) => ({ event: 'tls-settings', verdict: 'refused', detail: wordsOf(error) }),
    'settings-reloaded': ({ changed, afterRestart }) => ({
      event: 'config-reload',
      verdict: 'reloaded',
      detail: [...changed, ...afterRestart.map((name) => `${name} (after a restart)`)].join(', '),
    }),
    'settings-refused': ({ problems }) => ({ event: 'config-reload', verdict: 'refused', detail: problems.join(' ') }),
    'connection-refused': ({ remoteHost, remotePort, cause, detail, unreported }) => ({
      event: 'connection-refused',
      ...{ remote: remoteHost, remotePort, cause, detail, unreported },
    }),
    banned: ({ network, untilMs, reason }) => ({
      event: 'ban',
      network,
      until: untilMs === undefined ? null : new Date(untilMs).toISOString(),
      detail: reason,
    }),
    swept: ({ kept, removed, bytesRemoved }) => ({ event: 'sweep', kept, removed, bytesRemoved }),
    'session-opened': (event) => {
      this.#begun.set(event.session, event.at);
      return { event: 'session-begin', ...who(event) };
    },
    'session-closed': (event) => {
      const { session, at, cause, detail } = event;
      const durationMs = Math.max(0, at - (this.#begun.get(session) ?? at));
      this.#begun.delete(session);
      return { event: 'session-end', ...who(event), cause, detail, durationMs };
    },
    login: (event) => {
      const { name, accepted, cause } = event;
      return { event: 'login', ...who(event), name, verdict: accepted ? 'accepted' : 'refused', cause };
    },
    transfer: (event) => {
      const { tls, dataPeer, dataAddress, ...told } = event.transfer;
      const tlsTold = tls === undefined ? null : { ...tls };
      return {
        event: 'transfer',
        ...who(event),
        ...told,
        tls: tlsTold,
        dataPeer: dataPeer ?? null,
        dataAddress: dataAddress ?? null,
      };
    },
    'data-line-failed': (event) => {
      const { reason, announced, peer, tls, notResumed, refusedPeers, ...told } = event.line;
      return {
        event: 'data-line-failed',
        ...who(event),
        ...told,
        detail: reason,
        announced: announced ?? null,
        peer: peer ?? null,
        refusedPeers: [...refusedPeers],
        tls: tls === undefined ? null : { ...tls },
        notResumed: notResumed ?? null,
      };
    },
    'file-operation': (event) => {
      const { target, ...told } = event.change;
      return { event: 'file-operation', ...who(event), ...told, target: target ?? null };
    },
    'internal-error': (event) => ({
      event: 'internal-error',
      ...who(event),
      reference: event.reference,
      detail: wordsOf(event.error),
    }),
  };

  /** The record of an event, the same for each sink that asks; none where it is no matter of the audit. */
  of(event: ServerEvent): readonly AuditRecord[] {
    if (event !== this.#last.event) this.#last = { event, records: this.#make(event) };
    return this.#last.records;
  }

  #make(event: ServerEvent): readonly AuditRecord[] {
    const tell = this.#tellers[event.type] as ((event: ServerEvent) => Told) | undefined;
    if (tell === undefined) return [];
    return [{ id: randomUUID(), time: new Date(event.at).toISOString(), run: this.run, ...tell(event) }];
  }
}

/** One line of JSON. Nothing in it can start a line or move a terminal's cursor. */
export function auditLine(record: AuditRecord): string {
  return JSON.stringify(record).replace(
    /[\u007f-\u009f\u2028\u2029]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
