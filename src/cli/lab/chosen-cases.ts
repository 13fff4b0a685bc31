/** The cases that `--only` and `--skip` leave. */

import { type LabCase, selectCases } from '../../lab/index.ts';
import { ConfigError } from '../../errors/index.ts';
import type { OptionValues } from '../define-subcommand.ts';
import { UsageError } from '../usage-error.ts';
import { words } from './option-words.ts';

/** Throws `UsageError` for a word that names no case of these, and where none is left. */
export function chosenCases<Case extends LabCase>(cases: readonly Case[], options: OptionValues): readonly Case[] {
  const [only, skip] = [words(options, 'only'), words(options, 'skip')];
  const chosen = selected(() => selectCases(cases, { ...(only && { only }), ...(skip && { skip }) }));
  if (chosen.length === 0) throw new UsageError('--only and --skip leave no case.');
  return chosen;
}

function selected<Chosen>(select: () => Chosen): Chosen {
  try {
    return select();
  } catch (error) {
    if (error instanceof ConfigError) throw new UsageError(error.message);
    throw error;
  }
}
