/** `twinline user`: looks after the users that a server keeps in a database. */

import { resolve } from 'node:path';
import { ConfigError } from '../../errors/index.ts';
import { openSqliteUserStore, Secret, type UserDirectory, type UserRecord } from '../../users/index.ts';
import { defineSubcommand, type OptionValues } from '../define-subcommand.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Output } from '../output.ts';
import { UsageError } from '../usage-error.ts';
import { newPassword } from '../user/new-password.ts';
import { userJsonLines, userTable } from '../user/show-users.ts';
import { applyOptions, newUser } from '../user/user-changes.ts';

/** One action: what it does with a name. */
type Action = (store: UserDirectory, name: string, options: OptionValues, output: Output) => Promise<string>;

function existing(store: UserDirectory, name: string): UserRecord {
  const record = store.get(name);
  if (record === undefined) {
    throw new ConfigError('ERR_TWINLINE_CONFIG', `There is no user "${name}"; twinline user list shows who there is.`);
  }
  return record;
}

const actions: Readonly<Record<string, Action>> = {
  add: async (store, name, options, output) => {
    if (store.get(name) !== undefined) {
      throw new ConfigError(
        'ERR_TWINLINE_CONFIG',
        `There is a user "${name}" already; change it with twinline user set.`,
      );
    }
    const record = applyOptions(newUser(name), options);
    await store.add(record, new Secret(await newPassword(name, options, output)));
    return `Added ${name}.`;
  },
  set: async (store, name, options) => {
    store.update(applyOptions(existing(store, name), options));
    return `Changed ${name}.`;
  },
  passwd: async (store, name, options, output) => {
    existing(store, name);
    await store.setPassword(name, new Secret(await newPassword(name, options, output)));
    return `Changed the password of ${name}; sessions that are logged in stay.`;
  },
  hash: async (store, name, options) => {
    const { hash } = options;
    if (typeof hash !== 'string')
      throw new UsageError('twinline user hash needs --hash with an Argon2id hash, $argon2id$…');
    store.setPasswordHash(name, hash);
    return `Changed the password hash of ${name}.`;
  },
  disable: async (store, name) => {
    store.update({ ...existing(store, name), disabled: true });
    return `Disabled ${name}: no new login.`;
  },
  enable: async (store, name) => {
    store.update({ ...existing(store, name), disabled: false });
    return `Enabled ${name}.`;
  },
  rm: async (store, name) => {
    store.remove(name);
    return `Removed ${name}; files stay.`;
  },
};

function showList(store: UserDirectory, options: OptionValues, output: Output): void {
  const users = store.list();
  output.stdout.write(options['json'] === true ? userJsonLines(users) : userTable(users, Date.now()));
}

export const user = defineSubcommand({
  name: 'user',
  summary: 'Look after the users of a server.',
  arguments: [
    { notation: '<action>', description: 'add, list, set, passwd, hash, disable, enable or rm' },
    { notation: '[name]', description: 'the user; not for list' },
  ],
  options: [
    { flags: '--db <file>', description: 'The user database', defaultText: './twinline-data/users.db' },
    { flags: '--password-stdin', description: 'Read the password from the first line of standard input.' },
    { flags: '--hash <hash>', description: 'With hash: an Argon2id hash made elsewhere' },
    { flags: '--home <path>', description: 'Folder of the root that the user sees as /', defaultText: '/' },
    { flags: '--read-only <yes|no>', description: 'No uploads and no other change', defaultText: 'no' },
    { flags: '--admin <yes|no>', description: "Sees the server's own numbers in STAT", defaultText: 'no' },
    { flags: '--expires <date>', description: 'Last day of use, as 2027-03-31, or never', defaultText: 'never' },
    {
      flags: '--allow <network>',
      description: 'Address or network that logins may come from, or any',
      repeatable: true,
    },
    {
      flags: '--on-control-loss <policy>',
      description: 'abort, finish or grace:SECONDS',
      defaultText: "the server's",
    },
    { flags: '--missing-close-notify <policy>', description: 'refuse or tolerate', defaultText: "the server's" },
    { flags: '--json', description: 'With list: one JSON object a line.' },
  ],
  examples: [
    { line: 'twinline user add anna --home /anna', says: 'asks for the password' },
    { line: 'twinline user set anna --read-only yes --allow 192.0.2.0/24', says: 'what is not named stays' },
    { line: 'twinline user list', says: 'everyone in ./twinline-data/users.db' },
  ],
  notes: [
    'The password comes from the terminal, from --password-stdin or from the environment variable TWINLINE_PASSWORD. ' +
      'It is kept as an Argon2id hash. A running server sees every change at the next login.',
  ],
  async run([action = '', name], options, output) {
    const perform = Object.hasOwn(actions, action) ? actions[action] : undefined;
    if (perform === undefined && action !== 'list') {
      throw new UsageError(`"${action}" is no action: use add, list, set, passwd, hash, disable, enable or rm.`);
    }
    if (perform !== undefined && name === undefined) throw new UsageError(`twinline user ${action} needs a name.`);
    const file = typeof options['db'] === 'string' ? options['db'] : 'twinline-data/users.db';
    const store = openSqliteUserStore(resolve(file));
    try {
      if (perform === undefined || name === undefined) showList(store, options, output);
      else output.stderr.write(`${await perform(store, name, options, output)}\n`);
    } finally {
      await store.close();
    }
    return exitCodes.ok;
  },
});
