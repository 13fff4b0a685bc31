/** Reads where events go beside the log on standard output. */

import type { GivenSettings } from '../given-settings.ts';
import { pathOf } from './paths.ts';

/** Absolute paths; undefined: not wanted. */
export interface SinkSettings {
  readonly logFile: string | undefined;
  readonly xferlog: string | undefined;
  readonly auditFile: string | undefined;
  readonly auditDb: string | undefined;
  readonly auditHttp: { readonly url: string; readonly tokenFile: string | undefined } | undefined;
}

export function sinksOf(given: GivenSettings): SinkSettings {
  const files = (['log-file', 'xferlog', 'audit-file', 'audit-db'] as const).map((name) => pathOf(given, name));
  const [logFile, xferlog, auditFile, auditDb] = files;
  const named = files.filter((file) => file !== undefined);
  if (new Set(named).size < named.length) {
    throw given.wrong(xferlog === undefined ? 'audit-file' : 'xferlog', 'and another setting name the same file.');
  }
  return { logFile, xferlog, auditFile, auditDb, auditHttp: auditHttpOf(given) };
}

function auditHttpOf(given: GivenSettings): SinkSettings['auditHttp'] {
  const url = given.text('audit-http');
  const tokenFile = pathOf(given, 'audit-http-token');
  if (url === undefined && tokenFile !== undefined) {
    throw given.wrong('audit-http-token', 'needs the address too: give it with --audit-http URL.');
  }
  if (url === undefined) return undefined;
  checkHttpUrl(url, (rest) => given.wrong('audit-http', rest));
  return { url, tokenFile };
}

/** Throws what `wrong` makes of the sentence's end. The address itself is not repeated: it may hold a secret. */
export function checkHttpUrl(text: string, wrong: (rest: string) => Error): void {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw wrong('takes an address that begins with https:// or http://; this is none.');
  }
  if (url.username !== '' || url.password !== '') {
    throw wrong('must not hold a user or a password: use a token or a secret of its own setting.');
  }
}
