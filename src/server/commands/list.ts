/** LIST, NLST and MLSD: listings over the data connection (RFC 959 section 4.1.3, RFC 3659 section 7). */

import { oneLine, serialiseMlsxLine, serialiseUnixLine } from '../../protocol/index.ts';
import { withPerm } from '../transfers/perm-fact.ts';
import { parseListArgument, resolveListing } from '../transfers/listing.ts';
import { formOf } from '../transfers/form.ts';
import { runTransfer } from '../transfers/run-transfer.ts';
import { linesOf } from '../transfers/listing-lines.ts';
import { sendChunks } from '../transfers/work.ts';
import { defineCommand } from './define-command.ts';
import { kept, notKept } from './requirement.ts';

export const list = defineCommand({
  verbs: ['LIST'],
  argument: 'optional',
  movesData: true,
  help: 'LIST [-a] [path or pattern]',
  clause: 'RFC 959 section 4.1.3',
  requirements: [
    kept('RFC 959 section 4.1.3', 'Lists a directory or a file over the data connection, in the form of ls -l.'),
    kept('RFC 1123 section 4.1.2.7', 'A listing is sent as text: its lines end with CRLF in either type.'),
  ],
  run: (session, argument) => {
    const wanted = parseListArgument(argument);
    const plan = { direction: 'listing', verb: 'LIST', path: session.path(wanted.folder), startOffset: 0 } as const;
    return runTransfer(session, plan, async () => {
      const now = Date.now();
      const listing = await resolveListing(session, wanted);
      return sendChunks(
        linesOf(listing.entries, (entry) => serialiseUnixLine(entry, now)),
        formOf(session).deflateLevel,
      );
    });
  },
});

export const nlst = defineCommand({
  verbs: ['NLST'],
  argument: 'optional',
  movesData: true,
  help: 'NLST [path or pattern]',
  clause: 'RFC 959 section 4.1.3, RFC 1123 section 4.1.2.7',
  requirements: [
    kept('RFC 959 section 4.1.3', 'Lists names and nothing else.'),
    kept('RFC 1123 section 4.1.2.7', 'Each name can be given to RETR and DELE as it is.'),
  ],
  run: (session, argument) => {
    const wanted = parseListArgument(argument);
    const plan = { direction: 'listing', verb: 'NLST', path: session.path(wanted.folder), startOffset: 0 } as const;
    return runTransfer(session, plan, async () => {
      const listing = await resolveListing(session, wanted);
      // RFC 1123 section 4.1.2.7: the names can be given back to RETR as they are.
      return sendChunks(
        linesOf(listing.entries, (entry) => oneLine(`${listing.prefix}${entry.name}`)),
        formOf(session).deflateLevel,
      );
    });
  },
});

export const mlsd = defineCommand({
  verbs: ['MLSD'],
  argument: 'optional',
  movesData: true,
  help: 'MLSD [directory]',
  clause: 'RFC 3659 section 7',
  requirements: [
    kept('RFC 3659 section 7.1', 'Lists the facts of what is in a directory; 501 for a file.'),
    notKept(
      'RFC 3659 section 7.5.1',
      'Lists the directory itself (cdir) and the one above (pdir).',
      'The entries are optional, and clients drop them.',
    ),
  ],
  run: (session, argument) => {
    const path = session.path(argument);
    return runTransfer(session, { direction: 'listing', verb: 'MLSD', path, startOffset: 0 }, async () => {
      const listing = await resolveListing(session, { folder: argument, pattern: undefined, folderOnly: true });
      const facts = session.mlstFacts;
      return sendChunks(
        linesOf(listing.entries, (entry) => serialiseMlsxLine(withPerm(entry, entry.name), facts)),
        formOf(session).deflateLevel,
      );
    });
  },
});
