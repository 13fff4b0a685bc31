/** Who logs in, and where the password comes from. */

import type { FtpUrl } from '../../client/index.ts';
import { askPassword } from '../ask-password.ts';
import type { OptionRecord, OptionValues } from '../define-subcommand.ts';
import type { Output } from '../output.ts';
import { UsageError } from '../usage-error.ts';
import { text } from './option-values.ts';

export const loginOptions: readonly OptionRecord[] = [
  { flags: '-u, --user <name[:password]>', description: 'Log in as this user; anonymous without it.' },
];

/** What every subcommand of the client says about passwords. */
export const passwordNote =
  'The password comes from --user, from the URL, from the environment variable TWINLINE_PASSWORD, or is asked for on the ' +
  'terminal. A process list shows the first two.';

/** What the connection is told of the login. */
export interface Login {
  readonly user?: string;
  readonly password?: string;
}

export async function readLogin(url: FtpUrl, options: OptionValues, output: Output): Promise<Login> {
  const given = text(options, 'user');
  const colon = given?.indexOf(':') ?? -1;
  const user = given === undefined ? url.user : colon === -1 ? given : given.slice(0, colon);
  if (user === undefined) return {};
  if (user === '') throw new UsageError('The user name is empty; write --user NAME or --user NAME:PASSWORD.');
  const fromOption = colon === -1 ? undefined : given?.slice(colon + 1);
  const password =
    fromOption ?? url.password ?? process.env['TWINLINE_PASSWORD'] ?? (await askPassword(user, url.host, output));
  if (password !== undefined) return { user, password };
  throw new UsageError(`No password for "${user}": write --user ${user}:PASSWORD or set TWINLINE_PASSWORD.`);
}
