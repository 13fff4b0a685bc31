/** Log file, xferlog and audit of `twinline serve`: what goes there, rotation, and disks and peers that fail. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseSync } from 'node:sqlite';
import { createTempFolder, ScriptedClient, startProcess, type TempFolder } from '../../src/testing/index.ts';
import { scrape } from '../fixtures/scraped-metrics.ts';
import { cleanEnvironment, launcher, runTwinline, type ServeProcess, startServe } from '../fixtures/serve-process.ts';

function serveIn(folder: TempFolder, ...args: string[]): Promise<ServeProcess> {
  const plain = ['--user', 'alice:secret', '--root', '.', '--tls', 'off'];
  return startServe({ cwd: folder.path, args: [...plain, ...args] });
}

/** One session: a refused login, an upload, a refused download, a delete. */
async function visit(port: number): Promise<void> {
  await using client = await ScriptedClient.connect({ port });
  await client.readReply();
  await client.expect(331, 'USER alice');
  await client.expect(530, 'PASS wrong');
  await client.login('alice', 'secret');
  await client.expect(200, 'TYPE I');
  const data = await client.openPassive();
  await client.expect(150, 'STOR a b');
  await data.write(Buffer.alloc(1000));
  data.fin();
  assert.match(await client.readReply(), /^226/);
  await client.openPassive();
  await client.expect(550, 'RETR none');
  await client.expect(250, 'DELE a b');
  await client.expect(221, 'QUIT');
}

async function stopped(serve: ServeProcess): Promise<void> {
  serve.signal('SIGTERM');
  assert.deepEqual(await serve.exited, { exitCode: 0, signal: null });
}

const expected = [
  'server-start',
  'session-begin',
  'login refused credentials',
  'login accepted accepted',
  'transfer complete completed /a b',
  'file-operation refused not-found /none',
  'file-operation done done /a b',
  'session-end quit',
  'server-drain',
  'server-stop',
];

type Fields = Record<string, unknown>;
const short = (record: Fields): string =>
  [record['event'], record['verdict'], record['cause'], record['path']].filter(Boolean).join(' ');

describe('twinline serve', () => {
  test('writes log file, xferlog, audit file and audit database of the same session', async () => {
    await using folder = await createTempFolder();
    const files = ['--xferlog', 'xferlog', '--audit-file', 'audit.jsonl', '--audit-db', 'audit.db'];
    await using serve = await serveIn(folder, ...files);
    await visit(serve.port);
    await stopped(serve);
    const lines = (await readFile(folder.join('audit.jsonl'), 'utf8')).trim().split('\n');
    assert.deepEqual(
      lines.map((line) => short(JSON.parse(line) as Fields)),
      expected,
    );
    const database = new DatabaseSync(folder.join('audit.db'), { readOnly: true });
    const rows = database.prepare('SELECT record FROM audit ORDER BY rowid').all();
    assert.deepEqual(
      rows.map((row) => String(row['record'])),
      lines,
    );
    database.close();
    const xferlog = (await readFile(folder.join('xferlog'), 'utf8')).trim().split('\n');
    assert.deepEqual(
      xferlog.map((line) => line.replace(/^.{24} /, '')),
      ['1 127.0.0.1 1000 /a_b b _ i r alice ftp 0 * c', '1 127.0.0.1 0 /a_b b _ d r alice ftp 0 * c'],
    );
  });

  test('goes on in new files after SIGUSR1, and loses no line', async () => {
    await using folder = await createTempFolder();
    await using serve = await serveIn(folder, '--audit-file', 'audit.jsonl', '--xferlog', 'xferlog');
    await visit(serve.port);
    const whole = async (name: string): Promise<string> => readFile(folder.join(name), 'utf8').catch(() => '');
    const isThere = async (name: string, text: string) => (await whole(name)).includes(text);
    while (!(await isThere('audit.jsonl', 'session-end')) || !(await isThere('xferlog', ' d r '))) await sleep(10);
    for (const name of ['audit.jsonl', 'xferlog']) await rename(folder.join(name), folder.join(`${name}.1`));
    serve.signal('SIGUSR1');
    await visit(serve.port);
    await stopped(serve);
    const old = (await whole('audit.jsonl.1')).trim().split('\n');
    const fresh = (await whole('audit.jsonl')).trim().split('\n');
    assert.deepEqual([old.length + fresh.length, fresh.length], [expected.length + 7, 9]);
    assert.equal((await whole('xferlog')).trim().split('\n').length, 2);
    assert.doesNotMatch(serve.output.stderr, /Debugger|inspector/i);
  });

  test('writes its log into a file in place of standard output', async () => {
    await using folder = await createTempFolder();
    const args = ['serve', '--listen', '127.0.0.1:0', '--log-format', 'filezilla', '--log-file', 'log'];
    await using serve = await startProcess(process.execPath, [launcher, ...args], {
      cwd: folder.path,
      env: cleanEnvironment,
    });
    await serve.waitForLine(/Ctrl-C stops the server/);
    serve.signal('SIGTERM');
    await serve.exited;
    assert.equal(serve.output.stdout, '');
    assert.match(
      await readFile(folder.join('log'), 'utf8'),
      /^Creating listen socket on port \d+\.\.\.\nServer online\n/,
    );
  });

  test(
    'serves on while the disk of its audit is full and nobody hears its HTTP, and says so',
    { skip: !existsSync('/dev/full') && 'no /dev/full' },
    async () => {
      await using folder = await createTempFolder();
      const dead = ['--audit-file', '/dev/full', '--audit-http', 'http://127.0.0.1:1/'];
      await using serve = await serveIn(folder, ...dead, '--metrics', '127.0.0.1:0');
      await visit(serve.port);
      await serve.waitForLine(
        /^twinline: Warning: audit-file cannot be written: the disk is full\. The server goes on/m,
      );
      await serve.waitForLine(/^twinline: Warning: audit-http cannot be written: /m);
      await visit(serve.port);
      const [, admin = ''] = await serve.waitForLine(/^Metrics are at (\S+)\/metrics$/m);
      const numbers = await scrape(admin);
      assert.ok((numbers.get('twinline_sink_records_waiting{sink="audit-file"}') ?? 0) > 8);
      assert.equal(numbers.get('twinline_sink_records_total{sink="audit-file",result="written"}'), 0);
      await stopped(serve);
      assert.match(serve.output.stderr, /^1\d entries of audit-file were lost\.$/m);
    },
  );

  test('sends its audit to an HTTP server with the token of a file', async () => {
    await using folder = await createTempFolder();
    const { promise, resolve } = Promise.withResolvers<void>();
    const got: Fields[] = [];
    let token: string | undefined;
    const receiver = createServer((request, response) => {
      let text = '';
      request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      request.on('end', () => {
        token = request.headers.authorization;
        got.push(...(JSON.parse(text) as { records: Fields[] }).records);
        response.end();
        if (got.some(({ event }) => event === 'session-end')) resolve();
      });
    });
    receiver.listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    await writeFile(folder.join('token'), 's3cret\n');
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
    await using serve = await serveIn(folder, '--audit-http', url, '--audit-http-token', 'token');
    await visit(serve.port);
    await promise;
    await stopped(serve);
    receiver.closeAllConnections();
    receiver.close();
    assert.deepEqual(got.map(short), expected);
    assert.equal(token, 'Bearer s3cret');
  });

  test('does not begin where it cannot write, and says which setting', async () => {
    await using folder = await createTempFolder();
    const cases: readonly (readonly [readonly string[], RegExp])[] = [
      [
        ['--audit-file', 'none/audit'],
        /--audit-file .*none\/audit cannot be written: there is no such file or folder\./,
      ],
      [['--audit-db', '.'], /--audit-db .* cannot be written: /],
      [['--audit-http', 'ftp://x/'], /--audit-http takes an address that begins with https:\/\/ or http:\/\//],
      [['--audit-http', 'http://u:geheim@x/'], /must not hold a user or a password/],
      [['--audit-file', 'a', '--xferlog', 'a'], /name the same file/],
    ];
    for (const [args, sentence] of cases) {
      const result = await runTwinline(['serve', '--listen', '127.0.0.1:0', ...args], { cwd: folder.path });
      assert.notEqual(result.exitCode, 0);
      assert.match(result.stderr, sentence);
      assert.doesNotMatch(result.stderr, /geheim|\n\s+at /);
    }
  });
});
