/** A run of the lab and what it ends with: the sum, the reports, the profile, and the exit code. */

import {
  holdAgainst,
  isUnjudged,
  labExitCode,
  type LabReport,
  type Profile,
  reportFormats,
  terminalSummary,
  unjudgedText,
} from '../../lab/index.ts';
import type { OptionValues } from '../define-subcommand.ts';
import { exitCodes, readerGone } from '../exit-codes.ts';
import { fileProblem } from '../file-problem.ts';
import { withInterrupts } from '../interrupt.ts';
import type { Output } from '../output.ts';
import { keepingPackets } from './keep-packets.ts';
import { saveProfile } from './profiles.ts';
import { writeReports } from './report-files.ts';

/** How long the streams of an interrupted run have for what was written last, in milliseconds. */
const lastWordsMs = 500;

/**
 * Whatever ends the run early, be it Ctrl-C or a reader of the output that has gone, the lab cleans up behind itself and reports
 * on what it has seen until then. `leftBehind` is said where it is not let to.
 */
export async function runToReport(
  run: (signal: AbortSignal) => Promise<LabReport>,
  profile: Profile | undefined,
  options: OptionValues,
  output: Output,
  leftBehind: () => string | undefined = () => undefined,
): Promise<number> {
  const lost = new AbortController();
  let problem: NodeJS.ErrnoException | undefined;
  const onLost = (error: NodeJS.ErrnoException): void => {
    problem ??= error;
    lost.abort();
  };
  output.stdout.on('error', onLost);
  try {
    const work = async (signal: AbortSignal): Promise<number> => {
      const exitCode = await keepingPackets(options, output, async () => {
        const report = await run(AbortSignal.any([signal, lost.signal]));
        return finishRun(report, profile, options, output);
      });
      if (!signal.aborted) return exitCode;
      leaveSoon();
      return exitCodes.interrupted;
    };
    const happens = 'the lab cleans up and writes its reports';
    const exitCode = await withInterrupts(output, undefined, work, { happens, leftBehind });
    return problem === undefined ? exitCode : endedBy(problem, output);
  } finally {
    output.stdout.off('error', onLost);
  }
}

/** All is said and cleaned up; cases that were left in the middle of a wait do not hold the process. */
function leaveSoon(): void {
  setTimeout(() => process.exit(exitCodes.interrupted), lastWordsMs).unref();
}

function endedBy(problem: NodeJS.ErrnoException, output: Output): number {
  if (problem.code === 'EPIPE') return readerGone;
  output.stderr.write(`twinline: Standard output cannot be written: ${fileProblem(problem)}.\n`);
  return exitCodes.inputOutput;
}

async function finishRun(
  seen: LabReport,
  profile: Profile | undefined,
  options: OptionValues,
  output: Output,
): Promise<number> {
  const report = profile === undefined ? seen : holdAgainst(seen, profile);
  const unjudged = isUnjudged(report);
  if (unjudged) output.stderr.write(`twinline: ${unjudgedText(report)}`);
  else output.stdout.write(terminalSummary(report, output.stdoutColour));
  await writeReports(report, reportFormats, options, output);
  // A profile of nothing would take the place of one that knows something.
  if (!unjudged) await saveProfile(report, options, output);
  return labExitCode(report, profile !== undefined);
}
