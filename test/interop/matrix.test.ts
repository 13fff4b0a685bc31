/** The interop matrix: eight clients of other people against this server, in every mode, with what they do all day. */

import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTempFolder, hashOf, hashOfFile, seededBytes } from '../../src/testing/index.ts';
import { startServer, testCertificate, type TestServer } from '../fixtures/start-server.ts';
import { active, type Attempt, files, large, names, resume } from './matrix/attempts.ts';
import { interopClients } from './matrix/clients/index.ts';
import type { Column, InteropClient, Mode } from './matrix/interop-client.ts';
import { Matrix, plainTable, renderPage } from './matrix/table.ts';

const page = new URL('../../docs/interop.md', import.meta.url);
const matrix = new Matrix();

interface Trial {
  readonly columns: readonly Column[];
  run(attempt: Attempt): Promise<void>;
}

const trials: readonly Trial[] = [
  { columns: ['list', 'up', 'down', 'rename'], run: files },
  { columns: ['resume up', 'resume down'], run: resume },
  { columns: ['odd names'], run: names },
  { columns: ['active'], run: active },
  { columns: ['77 MB'], run: large },
];

/** The mode in which a client moves the large file. */
const largeMode = (client: InteropClient): Mode => (client.modes.includes('TLS 1.3') ? 'TLS 1.3' : 'plain');

async function attemptIn(client: InteropClient, mode: Mode, run: (attempt: Attempt) => Promise<void>): Promise<void> {
  await using server = await startServer({ files: 'disk', tls: mode === 'plain' ? 'optional' : 'required' });
  await using folder = await createTempFolder();
  await using home = await createTempFolder();
  const caFile = home.join('ca.pem');
  await writeFile(caFile, (await testCertificate()).certificatePem);
  const port = mode === 'implicit' ? server.implicitPort : server.port;
  const visit = { mode, data: 'passive', port, caFile, folder: home.path } as const;
  await run({ client, mode, server, folder, visit });
}

/** Fails unless lines were protected and opened as the mode and the trial say; notes how they were. */
function checkLines(server: TestServer, client: InteropClient, mode: Mode, data: 'passive' | 'active'): void {
  const transfers = server.eventsOf('transfer').filter(({ transfer }) => transfer.verdict === 'complete');
  assert.ok(transfers.length > 0);
  const versions = new Set(server.eventsOf('control-tls').map(({ tls }) => tls.protocol));
  if (mode === 'TLS 1.2' || mode === 'TLS 1.3')
    assert.ok(versions.has(mode.replace('TLS ', 'TLSv')), [...versions].join());
  const { openers, dataTls } = matrix.seen(client, mode);
  for (const { transfer } of transfers) {
    assert.equal(transfer.tls === undefined, mode === 'plain');
    dataTls.add(
      transfer.tls === undefined ? 'clear' : `${transfer.tls.protocol} ${transfer.tls.resumed ? 'resumed' : 'full'}`,
    );
  }
  const used = server.eventsOf('command').flatMap(({ text }) => /^(?:EPSV|PASV|EPRT|PORT)/.exec(text)?.[0] ?? []);
  if (server.eventsOf('command').some(({ text }) => text === 'MODE Z')) dataTls.add('MODE Z');
  const expected = data === 'passive' ? /EPSV|PASV/ : /EPRT|PORT/;
  for (const verb of used) {
    if (expected.test(verb)) openers.add(verb);
    else assert.equal(data, 'active', `${verb} in passive mode`);
  }
  assert.ok(
    used.some((verb) => expected.test(verb)),
    used.join(),
  );
}

async function runTrial(client: InteropClient, mode: Mode, trial: Trial): Promise<void> {
  const wanted = trial.columns.filter((column) => client.cannot(column, mode) === undefined);
  for (const column of wanted) matrix.set(client, mode, column, 'FAIL');
  await attemptIn(client, mode, async (attempt) => {
    await trial.run(attempt);
    // The scripted client that breaks an upload is none of theirs.
    if (!trial.columns.includes('resume up')) {
      checkLines(attempt.server, client, mode, trial.columns.includes('active') ? 'active' : 'passive');
    }
  });
  for (const column of wanted) matrix.set(client, mode, column, 'yes');
}

for (const client of interopClients) {
  const version = client.version();
  const skip = version === undefined ? `${client.name} is not installed (${client.from})` : false;
  describe(`${client.name} ${version ?? ''}`, { skip }, () => {
    let undo: (() => Promise<void>) | undefined;
    before(async () => {
      undo = await client.prepare?.();
    });
    after(() => undo?.());
    for (const mode of client.modes) {
      for (const trial of trials) {
        if (trial.columns.includes('77 MB') && mode !== largeMode(client)) continue;
        for (const column of trial.columns) matrix.set(client, mode, column, 'no');
        if (trial.columns.every((column) => client.cannot(column, mode) !== undefined)) continue;
        test(`${mode}: ${trial.columns.join(', ')}`, () => runTrial(client, mode, trial));
      }
    }
  });
}

/**
 * The last bytes of an upload over TLS 1.3: a client that does not resume leaves session tickets unread when it closes, its kernel
 * then resets the line, and other servers lose the end of such files.
 */
for (const client of interopClients.filter(({ name }) => /curl|rclone|basic-ftp|Commons Net/.test(name))) {
  const skip = client.version() === undefined ? `${client.name} is not installed (${client.from})` : false;
  describe(`${client.name} over TLS 1.3, resuming as little as it lets one choose`, { skip }, () => {
    let undo: (() => Promise<void>) | undefined;
    before(async () => {
      undo = await client.prepare?.();
    });
    after(() => undo?.());
    test('12 of 12 uploads arrive whole', async () => {
      await attemptIn(client, 'TLS 1.3', upload12);
    });
  });
}

async function upload12({ client, server, folder, visit }: Attempt): Promise<void> {
  const bytes = seededBytes(900_001, 12);
  await writeFile(folder.join('up'), bytes);
  const remotes = Array.from({ length: 12 }, (_, i) => `up-${i}`);
  await client.run(
    { ...visit, withoutReuse: true },
    remotes.map((remote) => ({ do: 'put', local: folder.join('up'), remote })),
  );
  for (const name of remotes) assert.equal(await hashOfFile(join(server.root, name)), hashOf(bytes), name);
  const uploads = server.eventsOf('transfer').filter(({ transfer }) => transfer.direction === 'upload');
  assert.equal(uploads.length, 12);
  assert.ok(uploads.every(({ transfer }) => transfer.verdict === 'complete'));
  // basic-ftp resumes whatever one says.
  if (client.name !== 'basic-ftp') assert.ok(uploads.every(({ transfer }) => transfer.tls?.resumed === false));
  assert.ok(server.eventsOf('control-tls').every(({ tls }) => tls.protocol === 'TLSv1.3'));
}

/** A row without its last cell: whether a client resumes is a matter of moments in the client. */
const promised = (row: string): string => row.slice(0, row.lastIndexOf('|', row.length - 2) + 1);

describe('docs/interop.md', () => {
  after(() => console.log(`\n${plainTable(matrix, interopClients)}\n`));

  test('says what was seen', async () => {
    if (process.env['TWINLINE_WRITE_INTEROP'] === '1') {
      await writeFile(page, renderPage(matrix, interopClients));
      return;
    }
    const text = await readFile(page, 'utf8');
    const seen = interopClients.filter((client) => client.version() !== undefined);
    const rows = seen.flatMap((client) => matrix.rows(client));
    assert.ok(rows.length > 0);
    assert.deepEqual(
      rows.map(promised).filter((row) => !text.includes(row)),
      [],
      'rows that are not in the page; `npm run docs:interop` writes it anew',
    );
  });
});
