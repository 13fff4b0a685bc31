/** Looks at where events go: hooks with their programs and secrets, log, xferlog and audit with their folders. */

import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ConfigError } from '../../errors/index.ts';
import { errorCode, fileProblem } from '../file-problem.ts';
import type { Problems } from '../problems.ts';
import { hookOptions, withToken } from '../serve/open-sinks.ts';
import type { ServeSettings } from '../serve/settings.ts';
import { checkProgram } from './check-program.ts';

export async function checkObservers({ hooks, sinks }: ServeSettings, problems: Problems): Promise<void> {
  const console = hooks.length === 0 ? undefined : await import('../../console/index.ts');
  for (const hook of hooks) {
    await problems.attemptAsync(async () => console && (await hookOptions(console, hook)));
    const { action } = hook;
    if (action.kind !== 'program') continue;
    await problems.attemptAsync(() => checkProgram(action.argv[0] ?? '', `Hook ${hook.name}: the program`));
  }
  const { logFile, xferlog, auditFile, auditDb, auditHttp } = sinks;
  const files = { 'log-file': logFile, xferlog, 'audit-file': auditFile, 'audit-db': auditDb };
  for (const [setting, file] of Object.entries(files)) {
    // SQLite keeps a journal beside its file.
    const isDatabase = setting === 'audit-db';
    if (file !== undefined) await problems.attemptAsync(() => checkFile(setting, file, isDatabase));
  }
  if (auditHttp !== undefined) await problems.attemptAsync(() => withToken(auditHttp));
}

async function checkFile(setting: string, file: string, needsFolder: boolean): Promise<void> {
  const wrong = (why: string, cause?: unknown): ConfigError =>
    new ConfigError('ERR_TWINLINE_CONFIG', `--${setting} ${file} cannot be written: ${why}.`, { cause });
  let isThere = true;
  try {
    if ((await stat(file)).isDirectory()) throw wrong('it is a folder; name a file in it');
    await access(file, constants.W_OK);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    if (errorCode(error) !== 'ENOENT') throw wrong(fileProblem(error), error);
    isThere = false;
  }
  if (isThere && !needsFolder) return;
  const folder = dirname(file);
  await access(folder, constants.W_OK | constants.X_OK).catch((error: unknown) => {
    const why = errorCode(error) === 'ENOENT' ? 'it does not exist; make it' : fileProblem(error);
    throw wrong(`the folder ${folder} is of no use: ${why}`, error);
  });
}
