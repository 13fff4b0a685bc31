/** What the actions of `twinline user` do with a user, and the sentence that each of them ends with. */

import { ConfigError } from '../../errors/index.ts';
import { printable } from '../../protocol/index.ts';
import { Secret, type UserDirectory, type UserRecord } from '../../users/index.ts';
import type { OptionValues } from '../define-subcommand.ts';
import type { Output } from '../output.ts';
import { UsageError } from '../usage-error.ts';
import { newPassword } from './new-password.ts';
import { applyOptions, newUser } from './user-changes.ts';

/** One action: what it does with a name. */
export type Action = (store: UserDirectory, name: string, options: OptionValues, output: Output) => Promise<string>;

function problem(message: string): ConfigError {
  return new ConfigError('ERR_TWINLINE_CONFIG', message);
}

function existing(store: UserDirectory, name: string): UserRecord {
  const record = store.get(name);
  if (record !== undefined) return record;
  throw problem(`There is no user "${printable(name)}"; twinline user list shows who there is.`);
}

const passwordOptions = ['passwordStdin', 'passwordFile'];

/** The hash that was given with `--hash`, or a password from elsewhere. */
async function verifierOf(name: string, options: OptionValues, output: Output): Promise<Secret | string> {
  const { hash } = options;
  if (typeof hash !== 'string') return new Secret(await newPassword(name, options, output));
  const isBoth = passwordOptions.some((option) => options[option] !== undefined);
  if (isBoth) throw new UsageError('--hash stands in place of a password: leave one of them out.');
  return hash;
}

export const actions: Readonly<Record<string, Action>> = {
  add: async (store, name, options, output) => {
    if (store.get(name) !== undefined) {
      throw problem(`There is a user "${printable(name)}" already; change it with twinline user set.`);
    }
    const record = applyOptions(newUser(name), options);
    await store.add(record, await verifierOf(name, options, output));
    return `Added ${printable(name)}.`;
  },
  set: async (store, name, options) => {
    store.update(applyOptions(existing(store, name), options));
    return `Changed ${printable(name)}.`;
  },
  passwd: async (store, name, options, output) => {
    existing(store, name);
    await store.setPassword(name, new Secret(await newPassword(name, options, output)));
    return `Changed the password of ${printable(name)}; sessions that are logged in stay.`;
  },
  hash: async (store, name, options) => {
    const { hash } = options;
    if (typeof hash !== 'string') {
      throw new UsageError('twinline user hash needs --hash with a password hash, such as $argon2id$… or $6$….');
    }
    existing(store, name);
    store.setPasswordHash(name, hash);
    return `Changed the password hash of ${printable(name)}.`;
  },
  disable: async (store, name) => {
    store.update({ ...existing(store, name), disabled: true });
    return `Disabled ${printable(name)}: no new login, and sessions end at their next command.`;
  },
  enable: async (store, name) => {
    store.update({ ...existing(store, name), disabled: false });
    return `Enabled ${printable(name)}.`;
  },
  rm: async (store, name) => {
    existing(store, name);
    store.remove(name);
    return `Removed ${printable(name)}; files stay, and sessions end at their next command.`;
  },
};
