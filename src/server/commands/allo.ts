/** ALLO: the size that an upload will have; it is held against what arrives (RFC 959 section 4.1.3). */

import { parseAlloSize } from '../../protocol/index.ts';
import { replies, reply } from '../replies.ts';
import { defineCommand } from './define-command.ts';
import { keptInPart } from './requirement.ts';

export const allo = defineCommand({
  verbs: ['ALLO'],
  argument: 'required',
  permission: 'write',
  help: 'ALLO size',
  clause: 'RFC 959 section 4.1.3',
  requirements: [
    keptInPart(
      'RFC 959 section 4.1.3',
      'Takes the size of the upload that follows, and a record size.',
      'Nothing is reserved; an upload of another size is refused with 426. The record size has no meaning in file structure.',
    ),
  ],
  run: (session, argument) => {
    const size = parseAlloSize(argument);
    if (size === undefined) return replies.badSyntax('Syntax: ALLO size, a count of bytes');
    const most = session.membership.quota?.bytes;
    if (most !== undefined && size > most)
      return reply(552, `The quota of ${most} bytes has no room for ${size} bytes`);
    session.announcedBytes = size;
    return reply(200, `The next upload is expected to have ${size} bytes`);
  },
});
