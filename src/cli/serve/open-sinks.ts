/** Opens where events go beside standard output: log file, xferlog, audit. */

import { ConfigError } from '../../errors/index.ts';
import type { Sink, SinkReports } from '../../console/index.ts';
import { fileProblem } from '../file-problem.ts';
import type { LogFormat } from '../log-formats/log-format.ts';
import type { SinkSettings } from './read/sinks.ts';
import { readSmallFile } from './read-small-file.ts';

/** Opens all that are asked for, or none. Throws `ConfigError` with a sentence that names the setting. */
export async function openSinks(
  settings: SinkSettings,
  format: () => Promise<LogFormat>,
  reports: SinkReports,
): Promise<readonly Sink[]> {
  if (Object.values(settings).every((wanted) => wanted === undefined)) return [];
  const part = await import('../../console/index.ts');
  const records = new part.AuditRecords();
  const { logFile, xferlog, auditFile, auditDb, auditHttp } = settings;
  const openers = [
    logFile && named('log-file', logFile, async () => part.openLogFile(logFile, await format(), reports)),
    xferlog && named('xferlog', xferlog, () => part.openXferlog(xferlog, reports)),
    auditFile && named('audit-file', auditFile, () => part.openAuditFile(auditFile, records, reports)),
    auditDb && named('audit-db', auditDb, () => part.openAuditDatabase(auditDb, records, reports)),
    auditHttp && (async () => part.openAuditHttp(await withToken(auditHttp), records, reports)),
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

async function withToken({ url, tokenFile }: NonNullable<SinkSettings['auditHttp']>) {
  if (tokenFile === undefined) return { url };
  const token = (await readSmallFile(tokenFile, 'The token of --audit-http in')).trim();
  if (/^[\x21-\x7e]+$/.test(token)) return { url, token };
  throw new ConfigError('ERR_TWINLINE_CONFIG', `${tokenFile} holds no token: one line of letters, digits and signs.`);
}
