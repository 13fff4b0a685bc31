/** The server of a note that the user names by its URL. */

import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { displayUrl, parseFtpUrl } from '../../../client/index.ts';
import { TwinlineError } from '../../../errors/index.ts';
import type { NoteServer } from '../../../lab/index.ts';
import { text } from '../../client-options/index.ts';
import { readLogin } from '../../client-options/login.ts';
import type { OptionValues } from '../../define-subcommand.ts';
import type { Output } from '../../output.ts';

export async function namedServer(urlText: string, options: OptionValues, output: Output): Promise<NoteServer> {
  const url = parseFtpUrl(urlText);
  const { user = 'anonymous', password = 'anonymous@' } = await readLogin(url, options, output);
  const file = text(options, 'file');
  return {
    name: displayUrl(urlText),
    target: {
      host: url.host,
      port: url.port ?? (url.security === 'implicit' ? 990 : 21),
      security: url.security,
      user,
      password,
      ...(file === undefined ? {} : { file }),
    },
    addresses: await addressesOf(url.host),
  };
}

/** The first address of each family. */
async function addressesOf(host: string): Promise<{ family: 4 | 6; host: string }[]> {
  const family = isIP(host);
  if (family !== 0) return [{ family: family === 6 ? 6 : 4, host }];
  try {
    const found = await lookup(host, { all: true });
    return ([4, 6] as const).flatMap((wanted) => {
      const first = found.find((address) => address.family === wanted);
      return first === undefined ? [] : [{ family: wanted, host: first.address }];
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new TwinlineError('ERR_TWINLINE_CONNECT', `The address of ${host} cannot be found: ${reason}.`, {
      cause: error,
    });
  }
}
