/** SITE QUOTA: what the user has in the home, and may have. */

import { reply, replyLines } from '../../replies.ts';
import { defineSiteCommand } from './define-site-command.ts';

function line(name: string, used: number, most: number | undefined): string {
  return ` ${name}: ${used}${most === undefined ? '' : ` of ${most}, ${Math.max(0, most - used)} left`}`;
}

export const quota = defineSiteCommand({
  word: 'QUOTA',
  argument: 'none',
  inFeatures: true,
  help: 'SITE QUOTA',
  run: async (session) => {
    const { quota: own } = session.membership;
    if (own === undefined) return reply(200, 'There is no quota for this user');
    const { bytes, files } = await own.ledger.usage;
    return replyLines(200, [
      'Quota of the home directory, interrupted uploads included:',
      line('Bytes', bytes, own.bytes),
      line('Files and directories', files, own.files),
      'End',
    ]);
  },
});
