/** The servers' matrix: our client against other people's servers and our own, in every mode, with all that it can do. */

import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { type Client, NotSupportedError, ReplyError, TimeoutError } from '../../src/client/index.ts';
import { createTempFolder } from '../../src/testing/index.ts';
import { probes, serverColumns, type ServerColumn } from './servers-matrix/probes.ts';
import { type MatrixServer, ServerVisit } from './servers-matrix/server-visit.ts';
import { matrixServers } from './servers-matrix/servers.ts';
import { renderServersPage, ServersTable } from './servers-matrix/servers-table.ts';

const page = new URL('../../docs/interop-servers.md', import.meta.url);
const table = new ServersTable();
const versions = new Map<string, string>();

/** The answer of a server that does not have what was asked for; undefined for all other failures. */
function inabilityOf(error: unknown): string | undefined {
  if (error instanceof NotSupportedError) return error.message;
  if (error instanceof ReplyError && [500, 501, 502, 504].includes(error.replyCode)) return error.message;
  return undefined;
}

/**
 * pyftpdlib 1.5.7 on a busy machine now and then never goes on with a data line, whoever the client is; what was tried there
 * gets a second session.
 */
async function twiceWithPyftpdlib(visit: ServerVisit, client: Client, attempt: (client: Client) => Promise<void>) {
  if (visit.server.name !== 'pyftpdlib') return attempt(client);
  try {
    if (client.isConnected) return await attempt(client);
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw error;
  }
  await using another = await visit.begin();
  return await attempt(another);
}

async function runProbe(visit: ServerVisit, client: Client, column: ServerColumn): Promise<void> {
  const { name } = visit.server;
  table.set(name, visit.mode, column, 'FAIL');
  try {
    await twiceWithPyftpdlib(visit, client, (session) => probes[column](visit, session));
    table.set(name, visit.mode, column, 'yes');
  } catch (error) {
    const inability = inabilityOf(error);
    if (inability === undefined) throw error;
    table.set(name, visit.mode, column, 'no');
    table.note(name, column, inability);
  }
}

async function noteDataLine(visit: ServerVisit, client: Client): Promise<void> {
  const { tls } = await client.downloadFile('listed', visit.folder.join('noted'));
  const text = tls === undefined ? 'clear' : `${tls.protocol} ${tls.resumed ? 'resumed' : 'full'}`;
  table.setDataLine(visit.server.name, visit.mode, text);
}

describe('all that our client can do', { concurrency: 3 }, () => {
  for (const kind of matrixServers) {
    describe(`our client and ${kind.name}`, { skip: kind.missing() ?? false }, () => {
      let server: MatrixServer;
      before(async () => {
        server = await kind.start();
        versions.set(kind.name, server.version);
        for (const [what, reason] of Object.entries(server.alters ?? {}))
          table.note(kind.name, `odd names, ${what}`, reason);
      });
      after(() => server[Symbol.asyncDispose]());
      for (const mode of kind.modes) {
        test(mode, async (t) => {
          await using folder = await createTempFolder();
          const visit = new ServerVisit(server, mode, folder);
          await mkdir(visit.path(''), { mode: 0o755 });
          await visit.give(visit.path(''));
          await using client = await visit.begin();
          for (const column of serverColumns) await t.test(column, () => runProbe(visit, client, column));
          await twiceWithPyftpdlib(visit, client, (session) => noteDataLine(visit, session));
        });
      }
    });
  }
});

describe('docs/interop-servers.md', () => {
  test('says what was seen', async () => {
    if (process.env['TWINLINE_WRITE_INTEROP'] === '1') {
      await writeFile(page, renderServersPage(table, matrixServers, versions));
      return;
    }
    const text = await readFile(page, 'utf8');
    const seen = matrixServers.filter((kind) => kind.missing() === undefined);
    const lines = [...seen.flatMap((kind) => table.rows(kind)), ...table.reasons()];
    assert.deepEqual(
      lines.filter((line) => !text.includes(line)),
      [],
      'lines that are not in the page; `npm run docs:interop` writes it anew',
    );
  });
});
