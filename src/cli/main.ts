/** The `twinline` command as a process: its words, its streams, its exit code. */

import { exitCodes, readerGone } from './exit-codes.ts';
import { fileProblem } from './file-problem.ts';
import { processOutput } from './output.ts';
import { setTitle } from './process-title.ts';
import { runCommandLine } from './run.ts';

setTitle(process.argv.slice(2));

for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // Whoever listens too has taken this over: a server outlives the reader of its log.
    if (stream.listenerCount('error') > 1) return;
    // The reader has gone, as in `twinline ls … | head`: nobody is left to tell.
    if (error.code === 'EPIPE') process.exit(readerGone);
    // Messages that a full disk cannot take are no reason to end what goes well.
    if (stream === process.stderr) return;
    process.stderr.write(`twinline: Standard output cannot be written: ${fileProblem(error)}.\n`);
    process.exit(exitCodes.inputOutput);
  });
}

async function dieOf(error: unknown): Promise<void> {
  const { describeError } = await import('./describe-error.ts');
  process.stderr.write(describeError(error));
  process.exit(exitCodes.internal);
}

process.on('uncaughtException', (error) => void dieOf(error));
process.on('unhandledRejection', (error) => void dieOf(error));

process.exitCode = await runCommandLine(process.argv.slice(2), processOutput());
