/** Every situation, grouped as `docs/control-loss.md` shows them. */

import { commandSituations } from './commands.ts';
import { deadlineSituations } from './deadlines.ts';
import { oddSituations } from './odd-moments.ts';
import { policySituations } from './policies.ts';
import type { Situation } from './situation.ts';
import { storageSituations } from './storage-errors.ts';

export type { Situation, Told } from './situation.ts';

export const situationGroups: readonly { readonly title: string; readonly situations: readonly Situation[] }[] = [
  { title: 'Commands during a transfer', situations: commandSituations },
  { title: 'Settings that change the fate of a transfer', situations: policySituations },
  { title: 'Silence at other moments', situations: deadlineSituations },
  { title: 'Errors of the storage', situations: storageSituations },
  { title: 'Other losses of the control line, and the end of the server', situations: oddSituations },
];
