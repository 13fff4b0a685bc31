/** `twinline ban`: sees and changes the list of bans that a server keeps, also while it runs. */

import { resolve } from 'node:path';
import { ConfigError } from '../../errors/index.ts';
import { hasControlCharacters } from '../../protocol/index.ts';
import { BanList } from '../../server/index.ts';
import { banJsonLines, banTable } from '../ban/show-bans.ts';
import { defineSubcommand, type OptionValues } from '../define-subcommand.ts';
import { exitCodes } from '../exit-codes.ts';
import { parseDuration, timeForm } from '../serve/quantities.ts';
import { UsageError } from '../usage-error.ts';

type Action = (bans: BanList, network: string, options: OptionValues) => string;

function untilOf(options: OptionValues): number | undefined {
  const { for: text } = options;
  if (typeof text !== 'string') return undefined;
  const ms = parseDuration(text, 1000);
  if (ms === undefined || ms === 0) throw new UsageError(`--for takes ${timeForm}; "${text}" is not that.`);
  return Date.now() + ms;
}

function reasonOf(options: OptionValues): string {
  const reason = typeof options['reason'] === 'string' ? options['reason'] : 'banned by the operator';
  if (hasControlCharacters(reason)) throw new UsageError('--reason must not hold line ends or control characters.');
  return reason;
}

const actions: Readonly<Record<string, Action>> = {
  add: (bans, network, options) => {
    const ban = bans.add(network, { untilMs: untilOf(options), reason: reasonOf(options), by: 'operator' });
    const until = ban.untilMs === undefined ? 'until you remove it' : `until ${new Date(ban.untilMs).toISOString()}`;
    return `Banned ${ban.network} ${until}.`;
  },
  rm: (bans, network) => {
    if (bans.remove(network)) return `Removed the ban of ${network}.`;
    const wider = network.includes('/') ? undefined : bans.find(network);
    const hint = wider === undefined ? 'twinline ban list shows who is' : `it falls under the ban of ${wider.network}`;
    throw new ConfigError('ERR_TWINLINE_CONFIG', `There is no ban of ${network}; ${hint}.`);
  },
};

export const ban = defineSubcommand({
  name: 'ban',
  summary: 'See and change who a server refuses.',
  arguments: [
    { notation: '<action>', description: 'list, add or rm', choices: ['list', 'add', 'rm'] },
    { notation: '[network]', description: 'an address, or a network as 192.0.2.0/24; not for list' },
  ],
  options: [
    { flags: '--db <file>', description: 'The list of bans', defaultText: './twinline-data/bans.db' },
    { flags: '--for <time>', description: 'With add: for how long, as "30 min" or "7 days"', defaultText: 'for good' },
    { flags: '--reason <text>', description: 'With add: what the list and the log say of it' },
    { flags: '--json', description: 'With list: one JSON object a line.' },
  ],
  examples: [
    { line: 'twinline ban list', says: 'who is banned, until when and why' },
    { line: 'twinline ban add 198.51.100.0/24 --for "7 days"', says: 'a whole network, for a week' },
    { line: 'twinline ban rm 192.0.2.7', says: 'lets the address in again' },
  ],
  notes: [
    'The list is bans.db in the data folder of the server (--data-dir of twinline serve). A running server reads it ' +
      'before each connection and once a second: a ban counts at once for new connections and ends open sessions ' +
      'within a second.',
  ],
  run([action = '', network], options, output) {
    const perform = Object.hasOwn(actions, action) ? actions[action] : undefined;
    if (perform === undefined && action !== 'list') {
      throw new UsageError(`"${action}" is no action: use list, add or rm.`);
    }
    if (perform !== undefined && network === undefined) {
      throw new UsageError(`twinline ban ${action} needs an address or a network.`);
    }
    const file = resolve(typeof options['db'] === 'string' ? options['db'] : 'twinline-data/bans.db');
    const fail = (error: unknown): never => {
      throw error;
    };
    const bans = new BanList({ file, onProblem: fail });
    try {
      if (perform === undefined || network === undefined) {
        output.stdout.write(options['json'] === true ? banJsonLines(bans.list()) : banTable(bans.list()));
      } else {
        output.stderr.write(`${perform(bans, network, options)}\n`);
      }
    } finally {
      bans.close();
    }
    return Promise.resolve(exitCodes.ok);
  },
});
