/** Every rogue case, in the order of the sections. */

import type { RogueCase } from '../define-rogue-case.ts';
import { commandCases } from './commands/commands.ts';
import { moreSessions } from './commands/more-sessions.ts';
import { certificateCases } from './connecting/certificates.ts';
import { passiveCases } from './connecting/passive.ts';
import { wayBackToClear } from './connecting/way-back-to-clear.ts';
import { endlessContents } from './contents/endless.ts';
import { hostileNames } from './contents/names.ts';
import { controlLosses } from './control/losses.ts';
import { listingCases } from './listings/listings.ts';
import { replyShapes } from './replies/shapes.ts';
import { downloadEndings } from './truth/downloads.ts';
import { forgedRecords } from './truth/forged-records.ts';
import { lies } from './truth/lies.ts';
import { uploadEndings } from './truth/uploads.ts';

export const rogueCases: readonly RogueCase[] = [
  ...wayBackToClear,
  ...certificateCases,
  ...passiveCases,
  ...replyShapes,
  ...downloadEndings,
  ...forgedRecords,
  ...uploadEndings,
  ...lies,
  ...controlLosses,
  ...commandCases,
  ...moreSessions,
  ...hostileNames,
  ...endlessContents,
  ...listingCases,
];
