/** The hosts of a topology and the names of their network namespaces, by which everything of it is found again. */

import { TopologyError } from './tools.ts';

export const hostNames = ['client', 'firewall', 'server'] as const;
export type HostName = (typeof hostNames)[number];

/** Every namespace that this program makes begins so; nothing else is ever touched. */
const namespacePrefix = 'twinline-';

/** Short enough to be read in a list, and safe as part of a file name. */
const nameForm = /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/;

/** Throws `TopologyError` where no topology can be called so. */
export function checkName(name: string): string {
  if (nameForm.test(name)) return name;
  throw new TopologyError(
    `A topology cannot be called "${name}": up to 40 small letters, digits and hyphens, hyphens inside only.`,
  );
}

/** `twinline-lab-client`. */
export function namespaceOf(name: string, host: HostName): string {
  return `${namespacePrefix}${name}-${host}`;
}

/** What a namespace is of a topology, where it is one of ours. */
export function parseNamespace(namespace: string): { readonly name: string; readonly host: HostName } | undefined {
  const [, name, found] = /^twinline-([a-z0-9-]+)-(client|firewall|server)$/.exec(namespace) ?? [];
  const host = hostNames.find((known) => known === found);
  return name === undefined || host === undefined || !nameForm.test(name) ? undefined : { name, host };
}
