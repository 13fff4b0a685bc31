/** SITE: the extras that clients use where no command of their own was given to them (RFC 959 section 4.1.3). */

import type { Reply } from '../../protocol/index.ts';
import { noteChange } from '../file-changes.ts';
import { replies, reply, replyLines } from '../replies.ts';
import type { Session } from '../session.ts';
import { defineCommand } from './define-command.ts';
import type { SiteRecord } from './site/define-site-command.ts';
import { siteRecords } from './site/index.ts';
import { kept } from './requirement.ts';

/** What this user can use in this session. */
function usable(session: Session): readonly SiteRecord[] {
  return siteRecords.filter(
    (record) =>
      record.available?.(session) !== false && !(record.permission === 'write' && session.account?.readOnly === true),
  );
}

/** The answer to SITE HELP. */
export function siteHelp(session: Session): Reply {
  const lines = ['SITE HELP', ...usable(session).map(({ help }) => help)];
  return replyLines(214, ['SITE knows:', ...lines.map((line) => ` ${line}`), 'End']);
}

export const site = defineCommand({
  verbs: ['SITE'],
  argument: 'required',
  features: (session) =>
    usable(session).flatMap(({ inFeatures, word }) => (inFeatures === true ? [`SITE ${word}`] : [])),
  help: 'SITE HELP',
  clause: 'RFC 959 section 4.1.3',
  requirements: [
    kept('RFC 959 section 4.1.3', 'Does what is useful and has no command: CHMOD, COPY, MKDIR, RMDIR, SYMLINK, UTIME.'),
    kept('practice', 'SITE HELP lists what there is, as HELP SITE does.'),
  ],
  run: (session, argument) => {
    const [word = '', rest = ''] = argument.split(/ (.*)/s, 2);
    const name = word.toUpperCase();
    if (name === 'HELP') return siteHelp(session);
    const record = siteRecords.find((one) => one.word === name);
    if (record === undefined || record.available?.(session) === false) {
      return reply(504, 'SITE does not know this, use SITE HELP');
    }
    if (record.changes !== undefined) {
      noteChange(session, { operation: record.changes, path: session.path(rest) }, name);
    }
    if (record.permission === 'write' && session.account?.readOnly === true) return replies.readOnly;
    if ((record.argument === 'required') !== (rest !== '')) return replies.badSyntax(`Syntax: ${record.help}`);
    return record.run(session, rest);
  },
});
