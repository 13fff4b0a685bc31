/** Finds and reads the `.netrc` file that the options ask for. */

import { readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { ConfigError, TwinlineError } from '../../errors/index.ts';
import { printable } from '../../protocol/index.ts';
import type { Output } from '../output.ts';
import { findNetrcEntry, type NetrcEntry, parseNetrc } from './parse-netrc.ts';

export interface NetrcRequest {
  /** Default: `.netrc` in the home folder. */
  readonly file: string | undefined;
  /** A missing file or entry is no error. */
  readonly isOptional: boolean;
  readonly host: string;
  readonly user: string | undefined;
}

function defaultFile(): string {
  return join(process.env['HOME'] ?? homedir(), process.platform === 'win32' ? '_netrc' : '.netrc');
}

/** The entry that fits. Throws `ConfigError` or ERR_TWINLINE_LOCAL_FILE; warns of a file that others can read. */
export async function readNetrc(request: NetrcRequest, output: Output): Promise<NetrcEntry | undefined> {
  const { file = defaultFile(), isOptional, host, user } = request;
  const text = await textOf(file, isOptional);
  if (text === undefined) return undefined;
  await warnOfReaders(file, output);
  const { entries, problem } = parseNetrc(text);
  if (problem !== undefined) {
    throw new ConfigError('ERR_TWINLINE_CONFIG', `${printable(file)}:${problem.line}: ${problem.reason}.`);
  }
  const entry = findNetrcEntry(entries, host, user);
  if (entry !== undefined || isOptional) return entry;
  const who = user === undefined ? host : `${user} at ${host}`;
  const message = `${printable(file)} has no entry for ${printable(who)}; --netrc-optional goes on without one.`;
  throw new ConfigError('ERR_TWINLINE_CONFIG', message);
}

async function textOf(file: string, isOptional: boolean): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    if (isOptional && (cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    const message = `The netrc file "${printable(file)}" cannot be read; check the path and its mode.`;
    throw new TwinlineError('ERR_TWINLINE_LOCAL_FILE', message, { cause });
  }
}

async function warnOfReaders(file: string, output: Output): Promise<void> {
  if (process.platform === 'win32') return;
  const { mode } = await stat(file);
  if ((mode & 0o077) === 0) return;
  output.stderr.write(`Warning: others can read ${printable(file)}, which holds passwords; chmod 600 mends that.\n`);
}
