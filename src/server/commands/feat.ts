/** FEAT: what works in this session, gathered from the command records (RFC 2389 section 3). */

import { serialiseFeatures } from '../../protocol/index.ts';
import { isUsable } from '../gates/command-gates.ts';
import { replyLines } from '../replies.ts';
import { defineCommand } from './define-command.ts';
import { kept } from './requirement.ts';

export const feat = defineCommand({
  verbs: ['FEAT'],
  argument: 'none',
  beforeLogin: true,
  inClear: true,
  help: 'FEAT',
  clause: 'RFC 2389 section 3',
  requirements: [
    kept(
      'RFC 2389 section 3',
      'Lists what works in this session, one feature a line behind one space, and nothing else.',
    ),
  ],
  run: (session) => {
    const usable = session.commands.all.filter((record) => isUsable(record, session));
    const tokens = usable.flatMap((record) => record.features?.(session) ?? []);
    return replyLines(211, ['Features:', ...serialiseFeatures(tokens), 'End']);
  },
});
