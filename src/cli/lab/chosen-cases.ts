/** The cases that `--only` and `--skip` leave. */

import { allCases, type LabCase, selectCases } from '../../lab/index.ts';
import { ConfigError } from '../../errors/index.ts';
import type { OptionValues } from '../define-subcommand.ts';
import { UsageError } from '../usage-error.ts';
import { words } from './option-words.ts';

/** Throws `UsageError` for a word that names no case of these, and where none is left. */
export function chosenCases<Case extends LabCase>(cases: readonly Case[], options: OptionValues): readonly Case[] {
  const [only, skip] = [words(options, 'only'), words(options, 'skip')];
  for (const word of [...(only ?? []), ...(skip ?? [])]) checkSide(word, cases);
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

/** Throws `UsageError` for a word that names cases of the other side alone. */
function checkSide(word: string, cases: readonly LabCase[]): void {
  const named = (among: readonly LabCase[]): readonly LabCase[] => {
    try {
      return selectCases(among, { only: [word] });
    } catch {
      return [];
    }
  };
  const [other] = named(cases).length > 0 ? [] : named(allCases);
  if (other === undefined) return;
  throw new UsageError(
    `"${word}" is for ${other.side}s: use it with twinline lab ${other.side}, or see twinline lab list --only ${word}.`,
  );
}
