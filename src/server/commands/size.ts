/** SIZE: bytes that RETR would send (RFC 3659 section 4); for an interrupted upload of the same user, bytes it has. */

import { printable, type Reply } from '../../protocol/index.ts';
import { reply } from '../replies.ts';
import type { Session } from '../session.ts';
import { networkTextSize } from '../transfers/file-pieces.ts';
import { openResumable } from '../transfers/resumable.ts';
import { defineCommand } from './define-command.ts';
import { kept, keptInPart } from './requirement.ts';

/** Larger files have no SIZE in ASCII type. */
const maxCountedTextBytes = 1_048_576;

/** As ASCII type a file is larger by its line ends, which are counted where that is cheap. */
async function sizeOfText(session: Session, stored: string): Promise<Reply> {
  const file = await openResumable(session, stored);
  try {
    if (file.size <= maxCountedTextBytes) return reply(213, String(await networkTextSize(file)));
    return reply(550, 'SIZE in ASCII type would need the whole file to be read, use TYPE I');
  } finally {
    await file.close();
  }
}

export const size = defineCommand({
  verbs: ['SIZE'],
  argument: 'required',
  features: () => ['SIZE'],
  help: 'SIZE file',
  clause: 'RFC 3659 section 4',
  requirements: [
    keptInPart(
      'RFC 3659 section 4',
      'Tells the bytes that RETR would send in this type and mode.',
      'In ASCII type 550 for files over 1 MiB, which would have to be read; in MODE Z the bytes before compression.',
    ),
    kept(
      'practice',
      'For an interrupted upload of the same user tells the bytes that it has, so that it can be resumed.',
    ),
  ],
  run: async (session, argument) => {
    const path = session.path(argument);
    if (session.type === 'ascii') return sizeOfText(session, path);
    // Both at once: clients ask for the size of each small file, and nearly always the second answer is the one.
    const [partial, found] = await Promise.allSettled([
      session.storage.partialSize(path, { name: session.account?.name ?? '' }),
      session.storage.stat(path),
    ]);
    if (partial.status === 'rejected') throw partial.reason;
    if (partial.value !== undefined) return reply(213, String(partial.value));
    if (found.status === 'rejected') throw found.reason;
    const entry = found.value;
    if (entry.type !== 'file') return reply(550, `${printable(path)}: Not a regular file`);
    return reply(213, String(entry.size ?? 0));
  },
});
