/** Which client a note has: ours, the patient one of the lab, a preset, or any command. */

import { isIP } from 'node:net';
import { type NoteClient, type NoteServer, patientClient } from '../../../lab/index.ts';
import { text } from '../../client-options/index.ts';
import type { OptionValues } from '../../define-subcommand.ts';
import { UsageError } from '../../usage-error.ts';
import { commandClient, type ClientCommands } from './command-client.ts';
import { ownClient } from './own-client.ts';

/** `isDirect`: nothing stands between, and every client is seen. Throws `UsageError` for clients that there are not, and for ways that lead nowhere. */
export function clientOf(
  options: OptionValues,
  server: NoteServer,
  fallback: NoteClient = ownClient,
  isDirect = false,
): NoteClient {
  const [command, upload, preset] = [text(options, 'client'), text(options, 'clientUpload'), text(options, 'preset')];
  if (preset !== undefined) {
    if (command !== undefined || upload !== undefined)
      throw new UsageError('--preset brings its own command; leave out --client.');
    if (preset !== 'curl') throw new UsageError(`There is no preset "${preset}" for notes: use curl.`);
    return commandClient(curlCommands(server, isDirect ? '' : '--proxy {proxy} '));
  }
  if (command === 'twinline') return ownClient;
  if (command === 'patient') return patientClient;
  if (command === undefined && upload === undefined) return fallback;
  const client = commandClient({ ...(command && { download: command }), ...(upload && { upload }) });
  if (isDirect && client.takesProxy) {
    throw new UsageError(
      'Across a topology there is no {proxy}: the firewall sees both lines; leave it out of the command.',
    );
  }
  if (!isDirect && !client.takesProxy && !isHere(server.target.host)) {
    const why = 'the lab can relay the control line alone, and the data line would look for the server here';
    throw new UsageError(
      `${server.target.host} is another machine: give the command {proxy}, as in curl --proxy {proxy}; ${why}.`,
    );
  }
  return client;
}

function isHere(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

function curlCommands({ target, caFile }: NoteServer, proxy: string): ClientCommands {
  const trust = caFile === undefined ? '--insecure' : '--cacert {cacert}';
  const secure = target.security === 'explicit' ? `--ssl-reqd ${trust}` : target.security === 'implicit' ? trust : '';
  const start = `curl -q -v -sS ${secure} ${proxy}--user {user}:{password}`;
  return { download: `${start} -o {local} {url}`, upload: `${start} -T {local} {url}` };
}
