/** AVBL: bytes that can still be written (draft-peterson-streamlined-ftp-command-extensions). */

import { reply } from '../replies.ts';
import { defineCommand } from './define-command.ts';
import { kept } from './requirement.ts';

export const avbl = defineCommand({
  verbs: ['AVBL'],
  argument: 'optional',
  available: (session) => session.storage.freeBytes !== undefined,
  features: () => ['AVBL'],
  help: 'AVBL [directory]',
  clause: 'draft-peterson-streamlined-ftp-command-extensions-10 section 4',
  requirements: [
    kept(
      'draft-peterson-streamlined-ftp-command-extensions section 4',
      'Tells the bytes that can still be written in a directory: 213.',
    ),
  ],
  run: async (session, argument) => {
    const bytes = await session.storage.freeBytes?.(session.path(argument));
    return reply(213, String(bytes ?? 0));
  },
});
