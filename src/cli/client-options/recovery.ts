/** What a session learns of its server, and how it keeps the connection alive. */

import { join } from 'node:path';
import { type ConnectOptions, createKnowledgeFile } from '../../client/index.ts';
import type { OptionRecord, OptionValues } from '../define-subcommand.ts';
import { userCacheFolder } from './user-files.ts';

export const recoveryOptions: readonly OptionRecord[] = [
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

type RecoverySettings = Pick<ConnectOptions, 'epsvAll' | 'knowledge'>;

export function readRecovery(options: OptionValues): RecoverySettings {
  return {
    ...(options['epsvAll'] === true ? { epsvAll: true } : {}),
    ...(options['cache'] === false ? {} : { knowledge: createKnowledgeFile(join(userCacheFolder(), 'servers.json')) }),
  };
}
