/** `twinline lab note … --topology PROFILE`: builds the hosts, runs the note on the host `client`, and takes all of it away. */

import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { TwinlineError } from '../../../errors/index.ts';
import {
  acrossTopology,
  type BetweenKind,
  bringUp,
  defaultAfterSeconds,
  defaultControlPorts,
  defaultPassivePorts,
  findTopology,
  type HostName,
  hostNames,
  listTopologies,
  networkProfileOf,
  networkProfiles,
  ownHost,
  PacketFile,
  type Plan,
  requirePrivilege,
  takeDown,
} from '../../../lab/index.ts';
import { text, texts } from '../../client-options/index.ts';
import type { OptionValues } from '../../define-subcommand.ts';
import { fileProblem } from '../../file-problem.ts';
import type { Output } from '../../output.ts';
import { runOnHost } from '../../topology/run-on-host.ts';
import { UsageError } from '../../usage-error.ts';
import { launcher } from './launcher.ts';

/** The topology whose host `client` this process is. */
export interface OwnTopology {
  readonly name: string;
  readonly plan: Plan;
}

/** Throws `UsageError` where the options of a note cannot be meant for a topology. */
export function checkTopologyOptions(options: OptionValues): void {
  const profile = text(options, 'topology');
  if (profile === undefined) {
    for (const [name, flag] of [
      ['cutFrom', '--cut-from'],
      ['pcap', '--pcap'],
    ] as const) {
      if (text(options, name) !== undefined)
        throw new UsageError(`${flag} is for notes across a topology: --topology plain.`);
    }
    return;
  }
  if (!networkProfiles.some(({ name }) => name === profile)) {
    const known = networkProfiles.map(({ name }) => name).join(', ');
    throw new UsageError(`There is no profile "${profile}": use ${known}.`);
  }
  if (text(options, 'server') !== undefined) {
    throw new UsageError(
      'A note across a topology has its own server. For another one: twinline topology up, start it by topology exec server, and run ' +
        'the note by topology exec client -- twinline lab note … --server URL.',
    );
  }
  if (text(options, 'kind') === 'fin')
    throw new UsageError('Across a topology the control line is reset: leave out --kind fin.');
  cutFrom(options);
}

export function cutFrom(options: OptionValues): HostName {
  const word = text(options, 'cutFrom') ?? 'firewall';
  const host = hostNames.find((name) => name === word);
  if (host === undefined) throw new UsageError(`--cut-from takes ${hostNames.join(', ')}, not "${word}".`);
  return host;
}

/** The topology that a note with these options runs in already; undefined where it has to be built first. */
export async function presentTopology(options: OptionValues): Promise<OwnTopology | undefined> {
  requirePrivilege();
  const own = await ownHost();
  if (own?.host !== 'client') return undefined;
  const plan = (await findTopology(own.name))?.plan;
  if (plan === undefined || plan.profile.name !== text(options, 'topology')) return undefined;
  return { name: own.name, plan };
}

/** Builds it under a name of this process, and runs the same command on its host `client`. Resolves with the exit code. */
export async function runInTopology(note: string, options: OptionValues, output: Output): Promise<number> {
  await sweep();
  const name = `note-${process.pid}`;
  const profile = networkProfileOf(text(options, 'topology') ?? '');
  const ports = { controlPorts: defaultControlPorts, passivePorts: defaultPassivePorts };
  output.stderr.write(`Three hosts are built: ${profile.name}, ${profile.says}.\n`);
  await bringUp(name, { profile, ...ports, afterSeconds: defaultAfterSeconds });
  try {
    return await runOnHost(
      name,
      'client',
      [process.execPath, launcher, 'lab', 'note', note, ...wordsOf(options)],
      output,
    );
  } finally {
    await takeDown(name);
  }
}

/** What killed notes have left: their names tell the process that nobody has ended. */
async function sweep(): Promise<void> {
  for (const { name } of await listTopologies()) {
    const [, pid] = /^note-(\d+)$/.exec(name) ?? [];
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) await takeDown(name);
  }
}

/** The options as they were given: those of notes alone, for others mean nothing to a note. */
function wordsOf(options: OptionValues): string[] {
  const names = ['topology', 'cutFrom', 'pcap', 'kind', 'tls', 'seed', 'preset', 'client', 'clientUpload', 'keep'];
  const given = names.flatMap((name) => {
    const value = text(options, name);
    return value === undefined ? [] : [flagOf(name), value];
  });
  return [...given, ...texts(options, 'report').flatMap((report) => ['--report', report])];
}

/** `cutFrom` is `--cut-from`. */
function flagOf(name: string): string {
  return `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

export interface PacketKeeper {
  readonly between: BetweenKind;
  readonly keylogFile?: string;
  /** Writes what was asked for. */
  finish(output: Output): Promise<void>;
}

/** What the note needs of the topology, and where its packets go. */
export async function acrossOwn({ name, plan }: OwnTopology, options: OptionValues): Promise<PacketKeeper> {
  const pcap = text(options, 'pcap');
  const place = { name, cutFrom: cutFrom(options) };
  if (pcap === undefined) {
    return { between: acrossTopology(place, plan.profile.name), finish: () => Promise.resolve() };
  }
  const file = new PacketFile();
  const keylogFile = `${pcap}.keys`;
  // Begun anew, and before the note: a place that cannot be written is told at once. Keys are for their owner alone.
  await keep(keylogFile, '');
  return {
    between: acrossTopology({ ...place, file }, plan.profile.name),
    keylogFile,
    finish: async (output) => {
      await keep(pcap, file.contents(await readFile(keylogFile, 'utf8')));
      const dropped = file.dropped === 0 ? '' : `; ${file.dropped} further ones found no room`;
      output.stderr.write(`The packets are in ${pcap}, their keys in it and in ${keylogFile}${dropped}.\n`);
    },
  };
}

async function keep(file: string, contents: string | Uint8Array): Promise<void> {
  try {
    await writeFile(file, contents, { mode: 0o600 });
  } catch (error) {
    const message = `The packets cannot be kept in "${file}": ${fileProblem(error)}.`;
    throw new TwinlineError('ERR_TWINLINE_LOCAL_FILE', message, { cause: error });
  }
}
