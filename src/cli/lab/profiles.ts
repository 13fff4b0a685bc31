/** Profiles of products: those that the package brings, by name, and files. */

import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { ConfigError, TwinlineError } from '../../errors/index.ts';
import { type LabReport, parseProfile, type Profile, profileOf, profileText } from '../../lab/index.ts';
import { text } from '../client-options/index.ts';
import type { OptionValues } from '../define-subcommand.ts';
import type { Output } from '../output.ts';
import { UsageError } from '../usage-error.ts';
import { readLabFile } from './read-lab-file.ts';
import { writeLabFile } from './report-files.ts';

/** The same from the sources and from the package: both lie two folders below the top. */
const ownFolders = {
  server: new URL('../../../lab/profiles/', import.meta.url),
  client: new URL('../../../lab/profiles/clients/', import.meta.url),
} as const;

/** Those of real products have ten kilobytes. */
const maxProfileBytes = 1024 * 1024;

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

/** Throws `TwinlineError` or `ConfigError`; `undefined` where there is no such file. */
async function readProfileFile(file: string): Promise<Profile | undefined> {
  let json: string;
  try {
    json = await readLabFile(file, 'The profile', maxProfileBytes);
  } catch (error) {
    if (error instanceof TwinlineError && isMissing(error.cause)) return undefined;
    throw error;
  }
  try {
    return parseProfile(json);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError('ERR_TWINLINE_CONFIG', `"${file}" is no profile of the lab: ${reason}.`, { cause: error });
  }
}

async function ownNames(side: LabReport['side']): Promise<readonly string[]> {
  const files = await readdir(ownFolders[side]).catch(() => []);
  return files.filter((file) => file.endsWith('.json')).map((file) => file.slice(0, -'.json'.length));
}

/** The profile that `--profile` names: a file, or one of the package. Throws `UsageError` where there is none. */
export async function readProfile(options: OptionValues, side: LabReport['side']): Promise<Profile | undefined> {
  const name = text(options, 'profile');
  if (name === undefined) return undefined;
  const isName = /^[\w-]+$/.test(name);
  const own = isName ? await readProfileFile(fileURLToPath(new URL(`${name}.json`, ownFolders[side]))) : undefined;
  const profile = own ?? (await readProfileFile(name));
  if (profile === undefined) {
    const known = (await ownNames(side)).join(', ');
    throw new UsageError(`--profile takes a file or one of ${known}; there is no "${name}".`);
  }
  if (profile.side !== side) {
    throw new UsageError(`The profile "${name}" is that of a ${profile.side} (${profile.product}).`);
  }
  return profile;
}

/** Writes the profile that `--save-profile` asks for. */
export async function saveProfile(report: LabReport, options: OptionValues, output: Output): Promise<void> {
  const file = text(options, 'saveProfile');
  if (file === undefined) return;
  const profile = profileOf(report, await readProfileFile(file));
  await writeLabFile(file, 'The profile', profileText(profile));
  const count = Object.keys(profile.cases).length;
  output.stderr.write(
    `The profile is in ${file}: ${count === 1 ? '1 case is not as it' : `${count} cases are not as they`} should be.\n`,
  );
}
