/** Which of the cases a run takes. */

import { ConfigError } from '../../errors/index.ts';
import type { LabCase } from './lab-case.ts';

export interface Selection {
  /** Ids, beginnings of ids up to a slash, rows of the catalogue (`L02`; `C06` for C06a and C06b), or `smoke`; any of them. Default: all. */
  readonly only?: readonly string[];
  /** The same, left out. */
  readonly skip?: readonly string[];
}

/** The row without the letter that tells several cases of one row apart. */
export function catalogueRow({ row }: Pick<LabCase, 'row'>): string {
  return row.replace(/^([A-Z]\d\d)[a-z]$/, '$1');
}

function isNamed(record: LabCase, word: string): boolean {
  if (word === 'smoke') return record.smoke === true;
  return (
    record.id === word ||
    record.row === word ||
    catalogueRow(record) === word ||
    record.id.startsWith(word.endsWith('/') ? word : `${word}/`)
  );
}

/** Throws `ConfigError` for a word that names nothing. */
export function selectCases<Case extends LabCase>(cases: readonly Case[], { only, skip }: Selection): readonly Case[] {
  for (const word of [...(only ?? []), ...(skip ?? [])]) {
    if (word !== 'smoke' && !cases.some((record) => isNamed(record, word))) {
      throw new ConfigError(
        'ERR_TWINLINE_CONFIG',
        `No case is called "${word}"; "twinline lab list" shows all of them.`,
      );
    }
  }
  const isWanted = (record: Case): boolean => only === undefined || only.some((word) => isNamed(record, word));
  const isLeftOut = (record: Case): boolean => skip?.some((word) => isNamed(record, word)) === true;
  return cases.filter((record) => isWanted(record) && !isLeftOut(record));
}
