/** Where a subcommand prints: two streams, and whether colours and progress bars make sense on them. */

import type { ShellPlace } from './shell/shell-place.ts';

export interface Output {
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
  /** stderr is a terminal: progress bars may be drawn. */
  readonly interactive: boolean;
  /** Colours on stderr, by terminal and NO_COLOR. */
  readonly colour: boolean;
  /** The same for stdout, which may go to a file while a person reads stderr. */
  readonly stdoutColour: boolean;
  /** The sessions and the folder of the interactive shell that runs the subcommand. */
  readonly shell?: ShellPlace;
}

/** The output of this process. */
export function processOutput(): Output {
  const interactive = process.stderr.isTTY;
  const isColourWanted = !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb';
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    interactive,
    colour: interactive && isColourWanted,
    stdoutColour: process.stdout.isTTY && isColourWanted,
  };
}
