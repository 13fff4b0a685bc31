/** `twinline topology`: client, firewall and server as three hosts on this machine. */

import {
  bringUp,
  checkName,
  defaultAfterSeconds,
  defaultControlPorts,
  defaultPassivePorts,
  listTopologies,
  type Plan,
  networkProfileOf,
  networkProfiles,
  requirePrivilege,
  takeDown,
} from '../../lab/index.ts';
import { text, texts } from '../client-options/index.ts';
import { defineSubcommand, type OptionValues } from '../define-subcommand.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Output } from '../output.ts';
import { runOnHost } from '../topology/run-on-host.ts';
import { addressLines, statusJson, statusLines } from '../topology/show-topology.ts';
import { UsageError } from '../usage-error.ts';

type Action = (words: readonly string[], options: OptionValues, output: Output) => Promise<number>;

const defaultName = 'lab';

const actions: Readonly<Record<string, Action>> = { up, exec, down, status };
const names = Object.keys(actions);

export const topology = defineSubcommand({
  name: 'topology',
  summary: 'Build a network of three hosts on this machine: client, firewall and server.',
  arguments: [
    { notation: '<action>', description: 'up, exec, down or status', choices: names },
    {
      notation: '[words...]',
      description: 'with up the profile (default: plain); with exec the host, and behind -- the command',
    },
  ],
  options: [
    { flags: '--name <name>', description: 'Which topology: there can be several', defaultText: defaultName },
    {
      flags: '--control-port <port>',
      description: 'A port that the firewall knows for control lines',
      defaultText: defaultControlPorts.join(', '),
      repeatable: true,
    },
    {
      flags: '--passive-ports <min-max>',
      description: 'The passive ports of the server, which private-address forwards',
      defaultText: `${defaultPassivePorts.min}-${defaultPassivePorts.max}`,
    },
    {
      flags: '--after <seconds>',
      description: 'After how much silence the forget profiles forget a control line',
      defaultText: String(defaultAfterSeconds),
    },
    { flags: '--all', description: 'With down: every topology of this machine.' },
    { flags: '--json', description: 'With status: one JSON object a line.' },
  ],
  examples: [
    { line: 'sudo twinline topology up nat', says: 'a client behind NAT' },
    { line: 'sudo twinline topology exec server -- twinline serve --listen 198.51.100.2:21', says: 'a server in it' },
    { line: 'sudo twinline topology exec client -- curl -v -k --ssl-reqd ftp://198.51.100.2/', says: 'and a client' },
    { line: 'sudo twinline topology down', says: 'ends what runs on the hosts, and removes them' },
  ],
  notes: [
    `Profiles: ${networkProfiles.map(({ name, says }) => `${name}, ${says}`).join('; ')}.`,
    'The hosts are network namespaces with the prefix twinline-, so that a crash leaves nothing that the next up or down ' +
      'does not find. They share files, users and programs with this machine, and have no way out of it.',
    'With exec the exit code is that of the command, 127 where there is no such program, and 126 where it may not be executed.',
  ],
  async run([name = '', ...words], options, output) {
    const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
    if (action === undefined) throw new UsageError(`"${name}" is no action: use up, exec, down or status.`);
    return action(words, options, output);
  },
});

function nameOf(options: OptionValues): string {
  return checkName(text(options, 'name') ?? defaultName);
}

async function up(
  [profile = 'plain', ...more]: readonly string[],
  options: OptionValues,
  output: Output,
): Promise<number> {
  if (more.length > 0) throw new UsageError('topology up takes one profile.');
  if (!networkProfiles.some((known) => known.name === profile)) {
    throw new UsageError(
      `There is no profile "${profile}": use ${networkProfiles.map((known) => known.name).join(', ')}.`,
    );
  }
  const name = nameOf(options);
  const plan = planOf(profile, options);
  const outcome = await bringUp(name, plan);
  const said = {
    built: 'is up',
    'up-already': 'was up already',
    mended: 'is up; what an interrupted run had left was removed first',
    rebuilt: 'is up in place of what stood there',
  }[outcome];
  output.stdout.write(`The topology "${name}" ${said}: ${plan.profile.name}, ${plan.profile.says}.\n`);
  output.stdout.write(
    addressLines(plan)
      .map((line) => `${line}\n`)
      .join(''),
  );
  return exitCodes.ok;
}

function planOf(profile: string, options: OptionValues): Plan {
  const ports = texts(options, 'controlPort').map((word) => wholeNumber(word, '--control-port'));
  const range = text(options, 'passivePorts');
  const [, min, max] = /^(\d{1,5})-(\d{1,5})$/.exec(range ?? '') ?? [];
  if (range !== undefined && min === undefined) throw new UsageError(`--passive-ports takes MIN-MAX, not "${range}".`);
  const after = text(options, 'after');
  return {
    profile: networkProfileOf(profile),
    controlPorts: ports.length === 0 ? defaultControlPorts : ports,
    passivePorts: min === undefined ? defaultPassivePorts : { min: Number(min), max: Number(max) },
    afterSeconds: after === undefined ? defaultAfterSeconds : wholeNumber(after, '--after'),
  };
}

function wholeNumber(word: string, option: string): number {
  if (!/^\d{1,5}$/.test(word)) throw new UsageError(`${option} takes a whole number, not "${word}".`);
  return Number(word);
}

async function exec(
  [host = '', ...command]: readonly string[],
  options: OptionValues,
  output: Output,
): Promise<number> {
  return runOnHost(nameOf(options), host, command, output);
}

async function down(words: readonly string[], options: OptionValues, output: Output): Promise<number> {
  if (words.length > 0) throw new UsageError('topology down takes no words: name it with --name, or all with --all.');
  requirePrivilege();
  const isAll = options['all'] === true;
  const chosen = isAll ? (await listTopologies()).map(({ name }) => name) : [nameOf(options)];
  for (const name of chosen) {
    const { hosts, processes } = await takeDown(name);
    const ended =
      processes === 0 ? '' : `; ${processes} ${processes === 1 ? 'process' : 'processes'} on its hosts ended`;
    output.stdout.write(
      hosts === 0 ? `There is no topology "${name}".\n` : `The topology "${name}" is down${ended}.\n`,
    );
  }
  if (isAll && chosen.length === 0) output.stdout.write('There is no topology.\n');
  return exitCodes.ok;
}

async function status(words: readonly string[], options: OptionValues, output: Output): Promise<number> {
  if (words.length > 0) throw new UsageError('topology status takes no words: name it with --name.');
  const asked = text(options, 'name');
  const found = (await listTopologies()).filter(({ name }) => asked === undefined || name === checkName(asked));
  const lines = await (options['json'] === true ? statusJson(found) : statusLines(found));
  output.stdout.write(lines.map((line) => `${line}\n`).join(''));
  return exitCodes.ok;
}
