/** `twinline user`: looks after the users that a server keeps in a database. */

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { ConfigError } from '../../errors/index.ts';
import { openSqliteUserStore, type UserDirectory } from '../../users/index.ts';
import { defineSubcommand, type OptionValues } from '../define-subcommand.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Output } from '../output.ts';
import { UsageError } from '../usage-error.ts';
import { actions } from '../user/actions.ts';
import { importAction } from '../user/import-action.ts';
import { checkOptions, userOptions } from '../user/options.ts';
import { userJsonLines, userTable } from '../user/show-users.ts';

const actionNames = ['add', 'list', 'set', 'passwd', 'hash', 'disable', 'enable', 'rm', 'import'];
const actionWords = `${actionNames.slice(0, -1).join(', ')} or ${actionNames.at(-1)}`;

/** Actions that begin a database. The others would leave an empty one behind where the name of the file is wrong. */
const beginners = new Set(['add', 'import']);

function openStore(action: string, options: OptionValues): UserDirectory {
  const file = resolve(typeof options['db'] === 'string' ? options['db'] : 'twinline-data/users.db');
  if (existsSync(file)) return openSqliteUserStore(file);
  // A trial leaves nothing behind.
  if (beginners.has(action)) return openSqliteUserStore(options['dryRun'] === true ? ':memory:' : file);
  const message = `There is no user database ${file}; name it with --db, or make one with twinline user add.`;
  throw new ConfigError('ERR_TWINLINE_CONFIG', message);
}

function checkWords(action: string, name: string | undefined): void {
  if (!actionNames.includes(action)) throw new UsageError(`"${action}" is no action: use ${actionWords}.`);
  if (action === 'list') {
    if (name !== undefined) throw new UsageError('twinline user list takes no name: it shows everybody.');
  } else if (name === undefined) {
    throw new UsageError(`twinline user ${action} needs a ${action === 'import' ? 'file' : 'name'}.`);
  }
}

async function perform(action: string, name: string, options: OptionValues, output: Output): Promise<number> {
  const store = openStore(action, options);
  try {
    const act = actions[action];
    if (action === 'import') return await importAction(store, name, options, output);
    if (act !== undefined) {
      output.stderr.write(`${await act(store, name, options, output)}\n`);
      return exitCodes.ok;
    }
    const users = store.list();
    output.stdout.write(options['json'] === true ? userJsonLines(users) : userTable(users, Date.now()));
    return exitCodes.ok;
  } finally {
    await store.close();
  }
}

export const user = defineSubcommand({
  name: 'user',
  summary: 'Look after the users of a server.',
  arguments: [
    { notation: '<action>', description: actionWords, choices: actionNames },
    { notation: '[name]', description: 'the user; with import the file, or - for standard input' },
  ],
  options: userOptions,
  examples: [
    { line: 'twinline user add anna --home /anna', says: 'asks for the password' },
    { line: 'twinline user set anna --read-only yes --allow 192.0.2.0/24', says: 'what is not named stays' },
    { line: 'twinline user list', says: 'everyone in ./twinline-data/users.db' },
    { line: 'twinline user import .htpasswd --dry-run', says: 'what would become of the users of a web server' },
    {
      line: 'twinline user import /etc/passwd --shadow /etc/shadow --strip-home /srv/ftp',
      says: 'system users whose home is below the root of the server',
    },
  ],
  notes: [
    'The password comes from the terminal, from --password-stdin, --password-file or the environment variable ' +
      'TWINLINE_PASSWORD. It is kept as an Argon2id hash. A running server sees every change at the next login.',
    'An import takes all users or none, and names each line that is in its way. Hashes of other programs (SHA-crypt, ' +
      'bcrypt, yescrypt, PBKDF2, scrypt) stay as they are until their users log in.',
  ],
  async run([action = '', name], options, output) {
    checkWords(action, name);
    checkOptions(action, options);
    return perform(action, name ?? '', options, output);
  },
});
