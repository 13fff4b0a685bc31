/** MFMT and MFCT: set the time of the last change and of the creation (draft-somers-ftp-mfxx sections 3 and 4). */

import { defineCommand } from './define-command.ts';
import { createFact, modifyFact, setTime } from './facts.ts';
import { kept } from './requirement.ts';

export const mfmt = defineCommand({
  verbs: ['MFMT'],
  argument: 'required',
  permission: 'write',
  changes: 'set-time',
  features: () => ['MFMT'],
  help: 'MFMT YYYYMMDDHHMMSS path',
  clause: 'draft-somers-ftp-mfxx-03 section 3',
  requirements: [kept('draft-somers-ftp-mfxx section 3', 'Sets the time of the last change and tells it.')],
  run: (session, argument) => setTime(session, modifyFact, argument, mfmt.help),
});

export const mfct = defineCommand({
  verbs: ['MFCT'],
  argument: 'required',
  permission: 'write',
  changes: 'set-time',
  available: createFact.available,
  features: () => ['MFCT'],
  help: 'MFCT YYYYMMDDHHMMSS path',
  clause: 'draft-somers-ftp-mfxx-03 section 4',
  requirements: [
    kept(
      'draft-somers-ftp-mfxx section 4',
      'Sets the time of creation where the storage has one, else 502 and no line of FEAT.',
    ),
  ],
  run: (session, argument) => setTime(session, createFact, argument, mfct.help),
});
