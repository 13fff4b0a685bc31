/** The `twinline` command in the process of a test: the same words, output and exit code without the start of a program. */

import { Writable } from 'node:stream';
import { runCommandLine } from '../../../src/cli/run.ts';
import { clientPresets, type Task } from '../../../src/lab/index.ts';
import type { AskedRun, RunResult } from './in-process.ts';

// Every run listens for signals.
process.setMaxListeners(100);

const preset = clientPresets.find(({ name }) => name === 'twinline');

/** The words behind the program of the preset; with `scheme` in place of explicit TLS. */
export function ownWords(task: Task, scheme: 'ftpes' | 'ftp'): readonly string[] | undefined {
  return preset?.commands[task]
    ?.slice(2)
    .map((word) => word.replace('{ftpes}', `${scheme}://{host}:{port}/{remote}`).replace(/^ftpes:/, `${scheme}:`));
}

export async function runOwnCommand({ words }: Pick<AskedRun, 'words'>): Promise<RunResult> {
  const [stdout, stderr] = [collector(), collector()];
  const exitCode = await runCommandLine(words, {
    stdout: stdout.stream,
    stderr: stderr.stream,
    interactive: false,
    colour: false,
    stdoutColour: false,
  });
  return { exitCode, stdout: stdout.text(), stderr: stderr.text() };
}

function collector(): { readonly stream: Writable; text(): string } {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write: (chunk: Buffer | string, _encoding, done) => {
      chunks.push(Buffer.from(chunk));
      done();
    },
  });
  return { stream, text: () => Buffer.concat(chunks).toString() };
}
