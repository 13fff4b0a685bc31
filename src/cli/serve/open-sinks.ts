/** Opens where events go beside standard output: log file, xferlog, audit. */

import { ConfigError } from '../../errors/index.ts';
import type * as Console from '../../console/index.ts';
import type { HookOptions, Sink, SinkReports } from '../../console/index.ts';
import { fileProblem } from '../file-problem.ts';
import type { LogFormat } from '../log-formats/log-format.ts';
import { suggestion } from '../nearest.ts';
import type { HookSettings } from './read/hooks.ts';
import type { SinkSettings } from './read/sinks.ts';
import { readSmallFile } from './read-small-file.ts';

/** Opens all that are asked for, or none. Throws `ConfigError` with a sentence that names the setting. */
export async function openSinks(
  settings: SinkSettings,
  hooks: readonly HookSettings[],
  format: () => Promise<LogFormat>,
  reports: SinkReports,
): Promise<readonly Sink[]> {
  if (hooks.length === 0 && Object.values(settings).every((wanted) => wanted === undefined)) return [];
  const part = await import('../../console/index.ts');
  const records = new part.AuditRecords();
  const { logFile, xferlog, auditFile, auditDb, auditHttp } = settings;
  const openers = [
    logFile && named('log-file', logFile, async () => part.openLogFile(logFile, await format(), reports)),
    xferlog && named('xferlog', xferlog, () => part.openXferlog(xferlog, reports)),
    auditFile && named('audit-file', auditFile, () => part.openAuditFile(auditFile, records, reports)),
    auditDb && named('audit-db', auditDb, () => part.openAuditDatabase(auditDb, records, reports)),
    auditHttp && (async () => part.openAuditHttp(await withToken(auditHttp), records, reports)),
    ...hooks.map((hook) => async () => part.createHook(await hookOptions(part, hook), records, reports)),
  ].filter((open) => typeof open === 'function');
  const open: Sink[] = [];
  try {
    for (const opener of openers) open.push(await opener());
  } catch (error) {
    await Promise.all(open.map((sink) => sink.close()));
    throw error;
  }
  return open;
}

function named(setting: string, path: string, open: () => Promise<Sink>): () => Promise<Sink> {
  return async () => {
    try {
      return await open();
    } catch (error) {
      const message = `--${setting} ${path} cannot be written: ${fileProblem(error)}.`;
      throw new ConfigError('ERR_TWINLINE_CONFIG', message, { cause: error });
    }
  };
}

/** Throws `ConfigError` when the file of the token cannot be used. */
export async function withToken({ url, tokenFile }: NonNullable<SinkSettings['auditHttp']>) {
  if (tokenFile === undefined) return { url };
  return { url, token: await readToken(tokenFile, 'The token of --audit-http in') };
}

async function readToken(file: string, what: string): Promise<string> {
  const token = (await readSmallFile(file, what)).trim();
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new ConfigError('ERR_TWINLINE_CONFIG', `${what} ${file} is none: one line of letters, digits and signs.`);
}

/** Throws `ConfigError` for an event that there is not, or a secret that cannot be used. */
export async function hookOptions(part: typeof Console, { action, ...hook }: HookSettings): Promise<HookOptions> {
  const unknown = hook.on.find((pattern) => !part.hookEvents.some((name) => part.matchesHook(pattern, name)));
  if (unknown !== undefined) {
    const hint = suggestion(unknown, part.hookEvents) || '; docs/how-to/hooks.md lists all of them.';
    throw new ConfigError('ERR_TWINLINE_CONFIG', `Hook ${hook.name}: there is no event "${unknown}"${hint}`);
  }
  if (action.kind === 'program') return { ...hook, action };
  const { url, secretFile } = action;
  const secret = secretFile === undefined ? undefined : await readToken(secretFile, 'The secret of a hook in');
  return { ...hook, action: { kind: 'http', url, secret } };
}
