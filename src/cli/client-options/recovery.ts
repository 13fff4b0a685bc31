/** What a session learns of its server, and how it keeps the connection alive. */

import type { Output } from '../output.ts';
import { printable } from '../../protocol/index.ts';
import { isVerbose } from './trace.ts';
import { join } from 'node:path';
import { type ConnectOptions, createKnowledgeFile } from '../../client/index.ts';
import type { OptionRecord, OptionValues } from '../define-subcommand.ts';
import { milliseconds } from './deadlines.ts';
import { userCacheFolder } from './user-files.ts';

export const recoveryOptions: readonly OptionRecord[] = [
  {
    flags: '--keepalive <seconds>',
    description:
      'Send NOOP when the control connection has been silent for this time, in a transfer only where the server is found to take it.',
    defaultText: 'TCP keepalive only',
  },
  {
    flags: '--epsv-all',
    description: 'Promise the server to open data connections by EPSV alone (EPSV ALL); there is no PASV then.',
  },
  {
    flags: '--no-cache',
    description:
      'Neither use nor keep what earlier calls have learned of the server: whether EPSV works, for example. It lies in ~/.cache/twinline.',
  },
];

type RecoverySettings = Pick<ConnectOptions, 'epsvAll' | 'keepaliveMs' | 'knowledge'>;

export function readRecovery(options: OptionValues, output: Output): RecoverySettings {
  // A comfort that does not work is nobody's concern but theirs who look into the matter.
  const onProblem = (text: string): void => {
    if (isVerbose(options)) output.stderr.write(`* ${printable(text)}\n`);
  };
  const keepaliveMs = milliseconds(options, 'keepalive', '--keepalive');
  return {
    ...(keepaliveMs === undefined ? {} : { keepaliveMs }),
    ...(options['epsvAll'] === true ? { epsvAll: true } : {}),
    ...(options['cache'] === false
      ? {}
      : { knowledge: createKnowledgeFile(join(userCacheFolder(), 'servers.json'), { onProblem }) }),
  };
}
