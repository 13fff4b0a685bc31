/** STAT: the state of the session, of the running transfer, or a listing over the control connection (RFC 959 section 4.1.3). */

import { printable, type Reply, serialiseUnixLine } from '../../protocol/index.ts';
import { replies, replyLines } from '../replies.ts';
import type { Session } from '../session.ts';
import { parseListArgument, resolveListing } from '../transfers/listing.ts';
import { defineCommand } from './define-command.ts';
import { kept, keptInPart } from './requirement.ts';

/** Entries that STAT shows of a directory; LIST and MLSD show all. */
const maxStatEntries = 1000;

function sessionStatus(session: Session): Reply {
  const { tls } = session.channel;
  const lines = [
    'Twinline FTPS server status:',
    ` Connected from ${session.remoteHost}`,
    ` Logged in as ${session.account === undefined ? '(nobody)' : printable(session.account.name)}`,
    ` Control connection: ${tls === undefined ? 'clear' : `${tls.protocol} ${tls.cipher}`}, data protection: ${session.state.protection}`,
    ` TYPE: ${session.type === 'image' ? 'I' : 'A'}, STRU: F, MODE: ${session.choices.deflates ? 'Z' : 'S'}`,
  ];
  const { transfer } = session;
  if (transfer !== undefined) {
    lines.push(` ${transfer.plan.verb} ${printable(transfer.plan.path)}: ${transfer.progress.bytes} bytes transferred`);
  }
  const { task } = session;
  if (task !== undefined) lines.push(` ${task.plan.verb} ${printable(task.plan.path)}: ${task.bytes} bytes done`);
  if (session.account?.admin === true) lines.push(serverStatus(session));
  return replyLines(211, [...lines, 'End of status']);
}

/** What lives in the whole server: the leak budget, for those who look after it. */
function serverStatus(session: Session): string {
  const counts = Object.entries(session.serverCounts()).map(([kind, count]) => `${kind}s ${count}`);
  return ` Server: ${counts.join(', ')}`;
}

async function listingStatus(session: Session, argument: string): Promise<Reply> {
  const wanted = parseListArgument(argument);
  const listing = await resolveListing(session, wanted);
  const now = Date.now();
  const lines: string[] = [];
  for await (const batch of listing.entries) {
    for (const entry of batch) lines.push(` ${serialiseUnixLine(entry, now)}`);
    if (lines.length > maxStatEntries) break;
  }
  const shown = lines.slice(0, maxStatEntries);
  if (lines.length > maxStatEntries) shown.push(` (cut after ${maxStatEntries} entries, use LIST or MLSD)`);
  return replyLines(listing.isFolder ? 212 : 213, [
    `Status of ${printable(session.path(wanted.folder))}:`,
    ...shown,
    'End of status',
  ]);
}

export const stat = defineCommand({
  verbs: ['STAT'],
  argument: 'optional',
  beforeLogin: true,
  duringTransfer: true,
  help: 'STAT [path]',
  clause: 'RFC 959 section 4.1.3',
  requirements: [
    kept('RFC 959 section 4.1.3', 'Tells the state of the session and of its transfer, also while that runs: 211.'),
    keptInPart(
      'RFC 959 section 4.1.3',
      'Lists a path over the control connection: 212 or 213.',
      'Up to 1000 entries; a path is looked at when the transfer is over.',
    ),
  ],
  run: (session, argument) => {
    if (argument === '') return sessionStatus(session);
    return session.state.login === 'in' ? listingStatus(session, argument) : replies.loginNeeded;
  },
});
