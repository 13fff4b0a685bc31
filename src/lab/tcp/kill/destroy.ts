/** The method `destroy`: the kernel aborts the socket at one end (SOCK_DESTROY), and tells the other by a reset. */

import { TwinlineError } from '../../../errors/index.ts';
import { DiagSocket } from '../system/diag-socket.ts';
import { ownersText } from '../table/connections.ts';
import { endText } from '../wire/tcp-packet.ts';
import type { KillRun } from './kill-run.ts';

/** True when the connection is gone. Throws ERR_TWINLINE_SYSTEM where the kernel refuses. */
export async function destroy(run: KillRun): Promise<boolean> {
  const { address, here } = run.target.near;
  if (here === undefined) {
    const message = 'No end of this connection is on this machine, so that destroy has nothing to end; forged-syn can.';
    throw new TwinlineError('ERR_TWINLINE_SYSTEM', message);
  }
  run.say(`asking the kernel to abort the socket ${endText(address)} of ${ownersText(here.owners)} (SOCK_DESTROY)`);
  const answer = run.diag.destroy(here.socket);
  if (answer === 'done') run.say('the kernel has done it: this end is aborted, and a reset goes to the other one');
  else if (answer === 'ENOENT') run.say('the kernel knows no such socket any more');
  else throw refused(answer);
  return run.isGone();
}

/** Not every kernel is built with it. */
export function canDestroy(): boolean {
  using diag = new DiagSocket();
  return diag.canDestroy();
}

const reasons: Readonly<Record<string, string>> = {
  EPERM: 'SOCK_DESTROY needs CAP_NET_ADMIN in the network namespace of the socket (root has it).',
  EOPNOTSUPP: 'This kernel was built without CONFIG_INET_DIAG_DESTROY; forged-syn and sniff work without it.',
};

function refused(answer: string): TwinlineError {
  return new TwinlineError('ERR_TWINLINE_SYSTEM', reasons[answer] ?? `The kernel refused SOCK_DESTROY: ${answer}.`);
}
