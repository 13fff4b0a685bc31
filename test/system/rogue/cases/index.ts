/** Every rogue case, in the order of the sections. */

import type { RogueCase } from '../define-rogue-case.ts';
import { downloadEndings } from './truth/downloads.ts';

export const rogueCases: readonly RogueCase[] = [...downloadEndings];
