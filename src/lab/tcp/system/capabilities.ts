/** Which rights of root this process has (capabilities(7)). */

import { readFileSync } from 'node:fs';

/** Numbers of linux/capability.h. */
const numbers = { netAdmin: 12, netRaw: 13 } as const;

export type Capability = keyof typeof numbers;

/** The names under which people know them. */
export const capabilityNames: Readonly<Record<Capability, string>> = {
  netAdmin: 'CAP_NET_ADMIN',
  netRaw: 'CAP_NET_RAW',
};

/** Whether this process has it; in a user namespace of its own it may still not count for the network. */
export function hasCapability(capability: Capability): boolean {
  let status = '';
  try {
    status = readFileSync('/proc/thread-self/status', 'latin1');
  } catch {
    return false;
  }
  const [, effective = '0'] = /^CapEff:\s*([0-9a-f]+)$/m.exec(status) ?? [];
  return ((BigInt(`0x${effective}`) >> BigInt(numbers[capability])) & 1n) === 1n;
}
