/** What the proxy says when it is ready: where it is, how clients trust it, and what its faults will do. */

import type { FaultRule } from '../../lab/index.ts';
import { formatHostPort, type HostPort } from '../serve/listen-address.ts';
import { shellWord } from '../shell-word.ts';
import type { AuthorityFile } from './authority-file.ts';

export interface FirstLinesFacts {
  readonly listen: HostPort;
  readonly server: HostPort;
  readonly isImplicit: boolean;
  readonly isBlind: boolean;
  readonly authority: AuthorityFile | undefined;
  readonly seed: number;
  readonly faults: readonly FaultRule[];
  readonly api: { readonly place: HostPort; readonly token: string } | undefined;
}

function tryLine({ listen, isImplicit, authority }: FirstLinesFacts): string {
  const host = listen.host === '0.0.0.0' || listen.host === '::' ? 'localhost' : listen.host;
  const url = `${isImplicit ? 'ftps' : 'ftp'}://${formatHostPort({ host, port: listen.port })}/`;
  const trust = authority === undefined ? '' : ` --cacert ${shellWord(authority.file)}`;
  return `curl${trust}${isImplicit ? '' : ' --ssl-reqd'} -u USER ${url}`;
}

export function firstLines(facts: FirstLinesFacts): string {
  const { listen, server, isBlind, authority, seed, faults, api } = facts;
  const rows: (readonly [string, string])[] = [
    ['listens on', formatHostPort(listen)],
    ['leads to', `${formatHostPort(server)}${isBlind ? ', TLS unread' : ''}`],
    ...(authority === undefined
      ? []
      : ([
          ['authority', authority.file],
          ['fingerprint', `SHA-256 ${authority.fingerprint256}`],
        ] as const)),
    ['seed', String(seed)],
    ...(api === undefined
      ? []
      : ([['API', `http://${formatHostPort(api.place)}/ with "Authorization: Bearer ${api.token}"`]] as const)),
    ['try', tryLine(facts)],
  ];
  const told = faults.flatMap(({ text, record }, index) => [
    `  fault ${String(index + 1).padEnd(5)}  ${text}`,
    `    the client sees: ${record.clientSees}`,
    `    the server sees: ${record.serverSees}`,
    `    clause: ${record.clause}`,
  ]);
  return [
    'The proxy is ready. Ctrl-C ends it.',
    ...rows.map(([name, value]) => `  ${name.padEnd(11)}  ${value}`),
    ...told,
  ].join('\n');
}
