/** Looks at what `[acme]` needs before an authority is asked: the challenge's place, and the authority's root. */

import { constants } from 'node:fs';
import { access, readFile } from 'node:fs/promises';
import { ConfigError } from '../../errors/index.ts';
import { fileProblem } from '../file-problem.ts';
import type { Problems } from '../problems.ts';
import { readSmallFile } from '../serve/read-small-file.ts';
import type { ServeSettings } from '../serve/settings.ts';

/** The first port that needs no rights, as this system has it; 1024 where it does not say. */
async function firstFreePort(): Promise<number> {
  const text = await readFile('/proc/sys/net/ipv4/ip_unprivileged_port_start', 'utf8').catch(() => '1024');
  return Number(text);
}

/** `freeFrom`: the first port that a user without rights may open; by default what the system says. */
export async function checkAcme(
  { acme, runAs }: Pick<ServeSettings, 'acme' | 'runAs'>,
  problems: Problems,
  freeFrom?: number,
): Promise<void> {
  if (acme === undefined) return;
  const { caFile, challenge } = acme;
  if (caFile !== undefined) await problems.attemptAsync(() => readSmallFile(caFile, 'The certificate'));
  if ('webroot' in challenge) {
    await problems.attemptAsync(() => checkWebroot(challenge.webroot));
    return;
  }
  const { port } = challenge.listen;
  const freePort = freeFrom ?? (await firstFreePort());
  if (runAs === undefined || port >= freePort) return;
  const message =
    `acme cannot open port ${port} for its challenge: the server gives up the rights of root for ${runAs} before. ` +
    `Name the folder of a web server on port 80 with acme.webroot, or a port from ${freePort} on with ` +
    'acme.challenge-listen, and forward port 80 to it.';
  problems.add(new ConfigError('ERR_TWINLINE_CONFIG', message));
}

async function checkWebroot(folder: string): Promise<void> {
  await access(folder, constants.W_OK | constants.X_OK).catch((cause: unknown) => {
    const message = `acme.webroot ${folder} cannot be written: ${fileProblem(cause)}.`;
    throw new ConfigError('ERR_TWINLINE_CONFIG', message, { cause });
  });
}
