/** Who logs in, and where the password comes from. */

import { readFile } from 'node:fs/promises';
import type { FtpUrl } from '../../client/index.ts';
import { ConfigError, TwinlineError } from '../../errors/index.ts';
import { printable } from '../../protocol/index.ts';
import { askPassword } from '../ask-password.ts';
import type { OptionRecord, OptionValues } from '../define-subcommand.ts';
import type { NetrcEntry } from '../netrc/parse-netrc.ts';
import type { Output } from '../output.ts';
import { UsageError } from '../usage-error.ts';
import { text } from './option-values.ts';

export const loginOptions: readonly OptionRecord[] = [
  { flags: '-u, --user <name[:password]>', description: 'Log in as this user; anonymous without it.' },
  { flags: '--password-file <file>', description: 'The password is the first line of this file.' },
  { flags: '--netrc', description: 'Take user and password from .netrc in the home folder.' },
  { flags: '--netrc-optional', description: 'The same where it has them, and go on without.' },
  { flags: '--netrc-file <file>', description: 'The same from this file.' },
];

/** What every subcommand of the client says about passwords. */
export const passwordNote =
  'The password comes from the first of these that has one: --user, the URL, .netrc where an option asks for it, ' +
  '--password-file, the environment variable TWINLINE_PASSWORD, the terminal. A process list shows the first two for ' +
  'the moment until they are covered, and a shell keeps them in its history.';

/** What the connection is told of the login. */
export interface Login {
  readonly user?: string;
  readonly password?: string;
  readonly account?: string;
}

export async function readLogin(url: FtpUrl, options: OptionValues, output: Output): Promise<Login> {
  const given = text(options, 'user');
  const colon = given?.indexOf(':') ?? -1;
  const named = given === undefined ? url.user : colon === -1 ? given : given.slice(0, colon);
  if (named === '') throw new UsageError('The user name is empty; write --user NAME or --user NAME:PASSWORD.');
  const direct = (colon === -1 ? undefined : given?.slice(colon + 1)) ?? url.password;
  const entry = direct === undefined ? await netrcEntry(url.host, named, options, output) : undefined;
  const user = named ?? entry?.login;
  const account = entry?.account === undefined ? {} : { account: entry.account };
  if (user === undefined) return account;
  const password =
    direct ??
    entry?.password ??
    (await passwordOfFile(text(options, 'passwordFile'))) ??
    process.env['TWINLINE_PASSWORD'] ??
    (await askPassword(user, url.host, output));
  if (password !== undefined) return { user, password, ...account };
  const ways = `write --user ${user}:PASSWORD or --password-file FILE, or set TWINLINE_PASSWORD`;
  throw new UsageError(`No password for "${printable(user)}": ${ways}.`);
}

async function netrcEntry(
  host: string,
  user: string | undefined,
  options: OptionValues,
  output: Output,
): Promise<NetrcEntry | undefined> {
  const file = text(options, 'netrcFile');
  const isOptional = options['netrcOptional'] === true;
  if (file === undefined && !isOptional && options['netrc'] !== true) return undefined;
  const { readNetrc } = await import('../netrc/read-netrc.ts');
  return readNetrc({ file, isOptional, host, user }, output);
}

/** The first line, without its end. */
async function passwordOfFile(path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined;
  let content: string;
  try {
    content = await readFile(path, 'utf8');
  } catch (cause) {
    const message = `The password file "${printable(path)}" cannot be read; check the path and its mode.`;
    throw new TwinlineError('ERR_TWINLINE_LOCAL_FILE', message, { cause });
  }
  const [line = ''] = content.split(/\r?\n/);
  if (line !== '') return line;
  throw new ConfigError('ERR_TWINLINE_CONFIG', `The first line of the password file "${printable(path)}" is empty.`);
}
