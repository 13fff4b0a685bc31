/** What every run of the lab ends with: the sum, the reports, the profile, and the exit code. */

import {
  holdAgainst,
  labExitCode,
  type LabReport,
  type Profile,
  reportFormats,
  terminalSummary,
} from '../../lab/index.ts';
import type { OptionValues } from '../define-subcommand.ts';
import type { Output } from '../output.ts';
import { saveProfile } from './profiles.ts';
import { writeReports } from './report-files.ts';

export async function finishRun(
  seen: LabReport,
  profile: Profile | undefined,
  options: OptionValues,
  output: Output,
): Promise<number> {
  const report = profile === undefined ? seen : holdAgainst(seen, profile);
  output.stdout.write(terminalSummary(report, output.colour));
  await writeReports(report, reportFormats, options, output);
  await saveProfile(report, options, output);
  return labExitCode(report, profile !== undefined);
}
