/** Looks for a program that settings name, as the system would when it is started. */

import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { ConfigError } from '../../errors/index.ts';
import { fileProblem } from '../file-problem.ts';

async function checkExecutable(path: string): Promise<void> {
  if ((await stat(path)).isDirectory()) throw Object.assign(new Error('a folder'), { code: 'EISDIR' });
  await access(path, constants.X_OK);
}

/** `what` begins the sentence of the `ConfigError` for a program that is not there or cannot be started. */
export async function checkProgram(program: string, what: string): Promise<void> {
  const wrong = (why: string, cause?: unknown): ConfigError =>
    new ConfigError('ERR_TWINLINE_CONFIG', `${what} ${program} cannot be started: ${why}.`, { cause });
  if (program.includes('/')) {
    await checkExecutable(program).catch((error: unknown) => {
      const isNotExecutable = (error as NodeJS.ErrnoException).code === 'EACCES';
      throw wrong(isNotExecutable ? 'it is not executable for this user (chmod +x)' : fileProblem(error), error);
    });
    return;
  }
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const found = folders.map((folder) => checkExecutable(join(folder, program)));
  await Promise.any(found).catch(() => {
    throw wrong('no folder of PATH has a program of this name; write its absolute path');
  });
}
