/** Work in another network namespace: sockets that are opened there stay there, and the thread comes back at once. */

import { closeSync, openSync } from 'node:fs';
import { ConfigError, TwinlineError } from '../../../errors/index.ts';
import { libc, SystemCallError } from './libc.ts';

/** Where `ip netns` keeps the names. */
const namespaceFolder = '/run/netns';

const ownNamespace = '/proc/thread-self/ns/net';

/** The file of a namespace: a name as `ip netns` has it, or a path such as /proc/PID/ns/net. */
function namespaceFile(name: string): string {
  return name.includes('/') ? name : `${namespaceFolder}/${name}`;
}

/**
 * Runs `work`, which must not wait for anything, in the network namespace of that name; undefined is the present one.
 * Throws `ConfigError` where there is none, ERR_TWINLINE_SYSTEM where it may not be entered.
 */
export function inNetworkNamespace<Result>(name: string | undefined, work: () => Result): Result {
  if (name === undefined) return work();
  const calls = libc();
  const there = openNamespace(name);
  const here = openSync(ownNamespace, 'r');
  try {
    calls.enterNetworkNamespace(there);
    try {
      return work();
    } finally {
      calls.enterNetworkNamespace(here);
    }
  } catch (error) {
    if (!(error instanceof SystemCallError) || !error.message.startsWith('setns')) throw error;
    const message = `The network namespace "${name}" cannot be entered (${error.errno}): that needs root (CAP_SYS_ADMIN).`;
    throw new TwinlineError('ERR_TWINLINE_SYSTEM', message, { cause: error });
  } finally {
    closeSync(here);
    closeSync(there);
  }
}

function openNamespace(name: string): number {
  const file = namespaceFile(name);
  try {
    return openSync(file, 'r');
  } catch (error) {
    const message = `There is no network namespace "${name}" that this user can open (${file}); "ip netns" lists them.`;
    throw new ConfigError('ERR_TWINLINE_CONFIG', message, { cause: error });
  }
}
