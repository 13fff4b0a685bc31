/** Several URLs of one command: all of one server, so that one login serves them. */

import { displayUrl, type FtpUrl } from '../../client/index.ts';
import { type ClientCall, parseTarget, readClientCall } from '../client-options/index.ts';
import type { OptionValues } from '../define-subcommand.ts';
import type { Output } from '../output.ts';
import { UsageError } from '../usage-error.ts';

/** The call of the first URL, and the paths of all. Throws `UsageError` where another URL leads elsewhere. */
export async function readCalls(
  urls: readonly string[],
  options: OptionValues,
  output: Output,
): Promise<{ readonly call: ClientCall; readonly paths: readonly string[] }> {
  const [first = '', ...others] = urls;
  const parsed = await parseTarget(first, output);
  const paths: string[] = [];
  for (const text of others) {
    const url = await parseTarget(text, output);
    if (isSameServer(parsed, url)) {
      paths.push(url.path);
      continue;
    }
    throw new UsageError(
      `"${displayUrl(text)}" is on another server, or another login, than "${displayUrl(first)}"; run the command once for each.`,
    );
  }
  return { call: await readClientCall(first, options, output), paths: [parsed.path, ...paths] };
}

/** A URL without a login takes that of the first. */
function isSameServer(first: FtpUrl, other: FtpUrl): boolean {
  return (
    first.security === other.security &&
    first.host.toLowerCase() === other.host.toLowerCase() &&
    first.port === other.port &&
    (other.user === undefined || other.user === first.user) &&
    (other.password === undefined || other.password === first.password)
  );
}

/** A path as commands take it: without the slashes behind a folder. Empty for the folder after the login. */
export function withoutSlash(path: string): string {
  return path.replace(/(?<=.)\/+$/, '');
}
