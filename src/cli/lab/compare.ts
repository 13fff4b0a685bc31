/** `twinline lab compare A.json B.json …`. */

import { basename } from 'node:path';
import { ConfigError } from '../../errors/index.ts';
import {
  compareReports,
  comparisonFormats,
  comparisonTerminal,
  type LabReport,
  type NamedReport,
  parseReport,
} from '../../lab/index.ts';
import type { OptionValues } from '../define-subcommand.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Output } from '../output.ts';
import { UsageError } from '../usage-error.ts';
import { readLabFile } from './read-lab-file.ts';
import { wantedReports, writeReports } from './report-files.ts';

/** All cases with as many events as a case may keep; true reports have a few MiB. */
const maxReportBytes = 128 * 1024 * 1024;

async function readReport(file: string): Promise<LabReport> {
  const json = await readLabFile(file, 'The report', maxReportBytes);
  try {
    return parseReport(json);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const message = `"${file}" is no report of the lab, as --report json=FILE writes it: ${reason}.`;
    throw new ConfigError('ERR_TWINLINE_CONFIG', message, { cause: error });
  }
}

export async function compareFiles(files: readonly string[], options: OptionValues, output: Output): Promise<number> {
  if (files.length < 2) throw new UsageError('lab compare takes two reports or more: lab compare a.json b.json.');
  wantedReports(options, comparisonFormats);
  const reports: NamedReport[] = [];
  for (const file of files) {
    reports.push({ name: basename(file).replace(/\.json$/, ''), report: await readReport(file) });
  }
  if (new Set(reports.map(({ report }) => report.side)).size > 1) {
    throw new UsageError('Reports of servers and of clients have no case in common; compare the ones or the others.');
  }
  const comparison = compareReports(reports, options['onlyDifferences'] === true);
  output.stdout.write(comparisonTerminal(comparison, output.stdoutColour));
  await writeReports(comparison, comparisonFormats, options, output);
  return exitCodes.ok;
}
