/** Ends one connection and says whether it is gone. */

import { SystemCallError } from '../system/libc.ts';
import { capabilityNames } from '../system/capabilities.ts';
import { type KillOptions, KillRun } from './kill-run.ts';
import { isHere, type KillTarget } from './kill-target.ts';
import { type KillMethod, missingRights } from './methods.ts';

/** True: no end is left in the table of the kernel, or an end elsewhere has told that it knows nothing of the connection. */
export async function killConnection(
  target: KillTarget,
  method: KillMethod,
  options: KillOptions = {},
): Promise<boolean> {
  try {
    using run = new KillRun(target, options);
    if (!isHere(target)) run.say('no socket here has this connection: it is taken to pass through this machine');
    return await method.end(run);
  } catch (error) {
    if (!(error instanceof SystemCallError) || !['EPERM', 'EACCES'].includes(error.errno)) throw error;
    // In a user namespace of its own a process has every right, and none over the network that it is in.
    throw missingRights(capabilityNames[method.needs], error);
  }
}
