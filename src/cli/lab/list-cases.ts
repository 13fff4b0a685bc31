/** `twinline lab list`: the catalogue, which is also the dry run of everything else. */

import { allCases, type LabCase } from '../../lab/index.ts';
import type { OptionValues } from '../define-subcommand.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Output } from '../output.ts';
import { chosenCases } from './chosen-cases.ts';

/** One line a case. */
export function caseLine({ row, side, level, clause, id, requirement }: LabCase): string {
  return `${row.padEnd(8)} ${side.padEnd(6)} ${level.padEnd(11)} ${clause.padEnd(28)} ${id}\n${' '.repeat(16)}${requirement}\n`;
}

function caseJson(record: LabCase): string {
  const { row, side, level, clause, id, requirement, area, advice, outcomes } = record;
  const { intrusive = false, smoke = false, alone = false } = record;
  const asked = record.side === 'server' ? { needs: record.needs } : { task: record.task };
  const told = { id, row, side, level, clause, area, requirement, outcomes, advice, intrusive, smoke, alone, ...asked };
  return `${JSON.stringify(told)}\n`;
}

export function showCases(cases: readonly LabCase[], options: OptionValues, output: Output): number {
  for (const record of cases) output.stdout.write(options['json'] === true ? caseJson(record) : caseLine(record));
  return exitCodes.ok;
}

export function listCases(options: OptionValues, output: Output): number {
  return showCases(chosenCases(allCases, options), options, output);
}
