import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DatabaseSync } from 'node:sqlite';
import { noteEvents, hostileEvents } from '../../../test/fixtures/log-events.ts';
import { createTempFolder } from '../../testing/index.ts';
import type { Sink } from '../sinks/sink.ts';
import { type AuditRecord, AuditRecords } from './audit-record.ts';
import { openAuditFile } from './file-sink.ts';
import { openAuditHttp } from './http-sink.ts';
import { openAuditDatabase } from './sqlite-sink.ts';

const calm = {
  trouble: (name: string, error: unknown) => assert.fail(`${name}: ${String(error)}`),
  recovered: assert.fail,
};
const audited = [...noteEvents, ...hostileEvents];

/** Feeds the events, ends the sink, and gives the records that it must have taken. */
async function feed(sink: Sink, records: AuditRecords): Promise<readonly AuditRecord[]> {
  const expected = audited.flatMap((event) => {
    sink.take(event);
    return records.of(event);
  });
  await sink.close();
  assert.deepEqual(sink.counts, { written: expected.length, dropped: 0, waiting: 0 });
  return expected;
}

/** An HTTP server that keeps what it is sent and answers as it is told. */
async function collector(answer: (request: IncomingMessage, response: ServerResponse, number: number) => void) {
  const bodies: { records: AuditRecord[] }[] = [];
  const heads: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    request.on('end', () => {
      heads.push(request);
      bodies.push(JSON.parse(text) as { records: AuditRecord[] });
      answer(request, response, heads.length);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/in`;
  const end = async (): Promise<void> => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return { bodies, heads, url, [Symbol.asyncDispose]: end };
}

describe('the audit', () => {
  test('in a file is one record a line', async () => {
    await using folder = await createTempFolder();
    const records = new AuditRecords();
    const expected = await feed(await openAuditFile(folder.join('audit'), records, calm), records);
    const lines = (await readFile(folder.join('audit'), 'utf8')).trimEnd().split('\n');
    assert.deepEqual(
      lines.map((line) => JSON.parse(line) as unknown),
      expected,
    );
  });

  test('in a database can be asked by user, time and path, and holds each record once', async () => {
    await using folder = await createTempFolder();
    const records = new AuditRecords();
    for (let run = 0; run < 2; run += 1) {
      const sink = await openAuditDatabase(folder.join('audit.db'), records, calm);
      const expected = await feed(sink, records);
      const database = new DatabaseSync(folder.join('audit.db'), { readOnly: true });
      const rows = database.prepare('SELECT record FROM audit WHERE run = ? ORDER BY rowid').all(records.run);
      assert.equal(rows.length, expected.length * (run + 1));
      const [cut] = database
        .prepare("SELECT user, bytes, cause FROM audit WHERE event = 'transfer' AND path LIKE '/c2900%' LIMIT 1")
        .all();
      assert.deepEqual({ ...cut }, { user: 'user', bytes: 634_880, cause: 'control-reset' });
      const [plan] = database.prepare("EXPLAIN QUERY PLAN SELECT * FROM audit WHERE user = 'a' ORDER BY time").all();
      assert.match(String(plan?.['detail']), /USING INDEX audit_by_user/);
      database.close();
    }
  });

  test('refuses to begin with a file that is no database', async () => {
    await using folder = await createTempFolder();
    await writeFile(folder.join('text'), 'this is a text of some length, and no database at all\n'.repeat(100));
    await assert.rejects(openAuditDatabase(folder.join('text'), new AuditRecords(), calm), /not a database/);
  });

  test('waits for a database that somebody else has locked, and loses nothing', async () => {
    await using folder = await createTempFolder();
    const records = new AuditRecords();
    const sink = await openAuditDatabase(folder.join('audit.db'), records, calm);
    const other = new DatabaseSync(folder.join('audit.db'));
    other.exec('BEGIN IMMEDIATE');
    for (const event of audited) sink.take(event);
    setTimeout(() => other.exec('COMMIT'), 100);
    await sink.close();
    assert.equal(sink.counts.dropped, 0);
    assert.equal(other.prepare('SELECT count(*) AS n FROM audit').get()?.['n'], sink.counts.written);
    other.close();
  });

  test('goes over HTTP in batches with its token', async () => {
    await using receiver = await collector((_request, response) => response.writeHead(204).end());
    const records = new AuditRecords();
    const expected = await feed(openAuditHttp({ url: receiver.url, token: 't0ken' }, records, calm), records);
    assert.deepEqual(
      receiver.bodies.flatMap((body) => body.records),
      expected,
    );
    const [head] = receiver.heads;
    assert.deepEqual([head?.method, head?.headers.authorization], ['POST', 'Bearer t0ken']);
    assert.equal(head?.headers['content-type'], 'application/json');
  });

  test('is sent again over HTTP until it is taken, with the same ids', async () => {
    const statuses = [500, 429, 200];
    await using receiver = await collector((_request, response, number) =>
      number === 1 ? response.destroy() : response.writeHead(statuses[number - 2] ?? 200).end(),
    );
    const said: string[] = [];
    const reports = {
      trouble: (name: string) => void said.push(`${name} fails`),
      recovered: (name: string, lost: number) => void said.push(`${name} works, ${lost} lost`),
    };
    const records = new AuditRecords();
    const sink = openAuditHttp({ url: receiver.url, retryMs: 1 }, records, reports);
    for (const event of audited) sink.take(event);
    while (sink.counts.written === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await sink.close();
    const [first, ...again] = receiver.bodies.map((body) => body.records.map(({ id }) => id));
    assert.equal(again.length, 3);
    for (const ids of again) assert.deepEqual(ids, first);
    assert.deepEqual(said, ['audit-http fails', 'audit-http works, 0 lost']);
  });

  test('counts what an HTTP server refuses for good, and what a dead one never takes', async () => {
    const quiet = { trouble: () => undefined, recovered: () => undefined };
    await using refusing = await collector((_request, response) => response.writeHead(400).end());
    const dead = 'http://127.0.0.1:9/';
    for (const url of [refusing.url, dead]) {
      const records = new AuditRecords();
      const sink = openAuditHttp({ url, maxWaiting: 3 }, records, quiet);
      for (const event of audited) sink.take(event);
      await sink.close();
      const made = audited.flatMap((event) => records.of(event)).length;
      assert.deepEqual(sink.counts, { written: 0, dropped: made, waiting: 0 });
    }
  });
});
