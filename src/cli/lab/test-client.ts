/** `twinline lab client`. */

import { stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { isAbsolute, resolve } from 'node:path';
import {
  clientCases,
  clientPresets,
  type ClientLabOptions,
  type ClientUnderTest,
  runClientLab,
  tasks,
} from '../../lab/index.ts';
import { text } from '../client-options/index.ts';
import type { OptionValues } from '../define-subcommand.ts';
import type { Output } from '../output.ts';
import { shellWord } from '../shell-word.ts';
import { UsageError } from '../usage-error.ts';
import { showCases } from './list-cases.ts';
import { runToReport } from './finish-run.ts';
import { readProfile } from './profiles.ts';
import { readLabRun } from './read-lab-run.ts';

type Asked = Pick<ClientLabOptions, 'client' | 'repeat' | 'repeatEnd'>;

function clientOf(words: readonly string[], options: OptionValues): Asked {
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
    repeat: `twinline lab client --task ${task}`,
    repeatEnd: `-- ${command}`,
  };
}

/** The command is started in a folder of its own: what it names here by a relative path is named by its whole path. */
async function withWholePaths(client: ClientUnderTest): Promise<ClientUnderTest> {
  const commands = await Promise.all(
    Object.entries(client.commands).map(
      async ([task, words]) => [task, await Promise.all(words.map(wholePath))] as const,
    ),
  );
  return { ...client, commands: Object.fromEntries(commands) };
}

async function wholePath(word: string, index: number): Promise<string> {
  const looksLikeFile = index === 0 ? word.includes('/') : /[./]/.test(word) && !word.startsWith('-');
  if (!looksLikeFile || isAbsolute(word)) return word;
  const path = resolve(word);
  const found = await stat(path).catch(() => undefined);
  return index === 0 || found?.isFile() === true ? path : word;
}

export async function testClient(words: readonly string[], options: OptionValues, output: Output): Promise<number> {
  const asked = clientOf(words, options);
  const client = await withWholePaths(asked.client);
  const run = await readLabRun(clientCases, options, output, Math.min(16, Math.max(4, 2 * availableParallelism())));
  const profile = await readProfile(options, 'client');
  if (options['dryRun'] === true) return showCases(run.cases, options, output);
  const judge = (signal: AbortSignal) => runClientLab({ ...run, ...asked, client, signal });
  return runToReport(judge, profile, options, output);
}
