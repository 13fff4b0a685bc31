/** What a case needs of the server and the surroundings, and the reason to skip it where that is not there. */

import type { ServerCase, ServerNeed } from '../engine/lab-case.ts';
import type { Scratch } from './scratch.ts';
import type { ServerTarget } from './server-target.ts';

interface Surroundings {
  readonly target: ServerTarget;
  readonly intrusive?: boolean;
}

function isIpv6(host: string): boolean {
  return host.includes(':');
}

const checks: Readonly<Record<ServerNeed, (target: ServerTarget, scratch: Scratch) => string | undefined>> = {
  tls: ({ security }) => (security === 'plain' ? 'the target is named without TLS' : undefined),
  'explicit-tls': ({ security }) => (security === 'explicit' ? undefined : 'only for explicit TLS (ftpes://)'),
  ipv4: ({ host }) => (isIpv6(host) ? 'only over IPv4' : undefined),
  ipv6: ({ host }) => (isIpv6(host) ? undefined : 'only over IPv6; name the server by an IPv6 address'),
  write: (_target, scratch) => (scratch.folder === undefined ? 'nothing may be written on the server' : undefined),
  'second-address': ({ secondAddress }) =>
    secondAddress === undefined ? 'needs another address of this machine (--second-address)' : undefined,
};

/** The reason, or `undefined` where the case can be run. */
export function unmetNeed(
  record: ServerCase,
  { target, intrusive }: Surroundings,
  scratch: Scratch,
): string | undefined {
  if (record.intrusive === true && intrusive !== true) return 'intrusive: only with --intrusive';
  return record.needs.map((need) => checks[need](target, scratch)).find((reason) => reason !== undefined);
}
