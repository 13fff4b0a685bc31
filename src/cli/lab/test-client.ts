/** `twinline lab client`. */

import { clientCases, clientPresets, type ClientUnderTest, runClientLab, tasks } from '../../lab/index.ts';
import { text } from '../client-options/index.ts';
import type { OptionValues } from '../define-subcommand.ts';
import { withInterrupts } from '../interrupt.ts';
import type { Output } from '../output.ts';
import { shellWord } from '../shell-word.ts';
import { UsageError } from '../usage-error.ts';
import { showCases } from './list-cases.ts';
import { finishRun } from './finish-run.ts';
import { readProfile } from './profiles.ts';
import { readLabRun } from './read-lab-run.ts';

function clientOf(words: readonly string[], options: OptionValues): { client: ClientUnderTest; repeat: string } {
  const name = text(options, 'preset');
  if (name !== undefined) {
    const client = clientPresets.find((preset) => preset.name === name);
    const known = clientPresets.map((preset) => preset.name).join(', ');
    if (client === undefined) throw new UsageError(`There is no preset "${name}": use ${known}.`);
    if (words.length > 0) throw new UsageError('--preset brings its own command; leave out the words behind --.');
    return { client, repeat: `twinline lab client --preset ${name}` };
  }
  const [program] = words;
  if (program === undefined) {
    throw new UsageError('Name the client: --preset curl, or its command behind --, as in: lab client -- curl … {url}');
  }
  const task = tasks.find((known) => known === (text(options, 'task') ?? 'download'));
  if (task === undefined) throw new UsageError(`--task takes one of ${tasks.join(', ')}.`);
  if (!words.some((word) => /\{(?:url|ftpes|host)\}/.test(word))) {
    throw new UsageError('The command has no {url}, {ftpes} or {host}: the lab must tell it where its server is.');
  }
  const command = words.map(shellWord).join(' ');
  return {
    client: { name: program, commands: { [task]: words } },
    repeat: `twinline lab client --task ${task} -- ${command}`,
  };
}

export async function testClient(words: readonly string[], options: OptionValues, output: Output): Promise<number> {
  const { client, repeat } = clientOf(words, options);
  const run = await readLabRun(clientCases, options, output);
  const profile = await readProfile(options, 'client');
  if (options['dryRun'] === true) return showCases(run.cases, options, output);
  const report = await withInterrupts(output, undefined, (signal) => runClientLab({ ...run, client, repeat, signal }));
  return finishRun(report, profile, options, output);
}
