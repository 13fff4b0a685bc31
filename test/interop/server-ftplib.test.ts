/** Python's ftplib against our server: with and without session reuse, TLS 1.2 and 1.3, abort and urgent bytes. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { hashOf, runCommand, seededBytes } from '../../src/testing/index.ts';
import { missingProgram } from '../fixtures/installed-program.ts';
import { startServer, type TestServer } from '../fixtures/start-server.ts';

const driver = fileURLToPath(new URL('ftplib-driver.py', import.meta.url));

interface Options {
  readonly tls: 'none' | '1.2' | '1.3';
  readonly reuse: boolean;
  readonly size?: number;
  readonly count?: number;
}

async function ftplib<T>(server: TestServer, scenario: string, options: Options): Promise<T> {
  const argument = JSON.stringify({ size: 400_003, count: 3, ...options, port: server.port });
  const result = await runCommand('python3', [driver, scenario, argument], { timeoutMs: 60_000 });
  assert.equal(result.stderr, '');
  assert.equal(result.exitCode, 0);
  return JSON.parse(result.stdout.toString()) as T;
}

interface FilesResult {
  readonly replies: string[];
  readonly names: string[];
  readonly same: boolean;
  readonly lines: string[];
  readonly listing: number;
  readonly facts: Record<string, { type: string; size?: string }>;
  readonly size: number;
  readonly rest: boolean;
  readonly where: string;
  readonly goodbye: string;
  readonly hash: string;
}

const skip = missingProgram('python3');
const ways: readonly Options[] = [
  { tls: 'none', reuse: false },
  { tls: '1.2', reuse: false },
  { tls: '1.2', reuse: true },
  { tls: '1.3', reuse: false },
  { tls: '1.3', reuse: true },
];

for (const way of ways) {
  const name = way.tls === 'none' ? 'in clear' : `TLS ${way.tls}, ${way.reuse ? 'resuming' : 'never resuming'}`;

  describe(`ftplib, ${name}`, { skip }, () => {
    test('stores, fetches, lists, renames and removes', async () => {
      await using server = await startServer({ tls: 'optional' });
      const result = await ftplib<FilesResult>(server, 'files', way);
      assert.ok(
        result.replies.every((reply) => reply === '226 Transfer OK'),
        result.replies.join(),
      );
      assert.deepEqual(result.names, ['f0', 'f1', 'f2']);
      assert.equal(result.same, true);
      assert.deepEqual(result.lines, ['one', 'two', 'three']);
      assert.equal(result.listing, 4);
      assert.deepEqual(result.facts['f1'], { type: 'file', size: '400003' });
      assert.equal(result.size, 400_003);
      assert.equal(result.rest, true);
      assert.equal(result.where, '/d');
      assert.match(result.goodbye, /^221 /);
      assert.equal(hashOf((await server.read('/f2')) ?? ''), result.hash);
      assert.equal((await server.read('/t.txt'))?.toString(), 'one\ntwo\nthree\n');
      const resumed = server.eventsOf('data-tls').map(({ tls }) => tls.resumed);
      assert.ok(resumed.every((each) => each === way.reuse));
    });

    test('abort() in a download: 426, then 226, and the session goes on', async () => {
      await using server = await startServer({ tls: 'optional' });
      await server.write('/big', seededBytes(30_000_000, 1));
      interface Result {
        readonly first: number;
        readonly reply: string;
        readonly after: string;
        readonly data: string;
        readonly noop: string;
      }
      const result = await ftplib<Result>(server, 'abort', way);
      assert.ok(result.first > 0);
      assert.match(result.reply, /^426 /);
      assert.match(result.after, /^226 /);
      // Python's ssl module takes a reset for the end of the stream; how the line really ended is held by other tests.
      assert.equal(result.data, way.tls === 'none' ? 'ConnectionResetError' : 'end');
      assert.match(result.noop, /^200 /);
      const { transfer } = await server.event('transfer');
      assert.deepEqual([transfer.cause, transfer.verdict], ['abort', 'interrupted']);
    });
  });
}

describe('ftplib without session reuse over TLS 1.3', { skip }, () => {
  test('12 of 12 uploads arrive whole, though the client never reads what a TLS 1.3 server says after the handshake', async () => {
    await using server = await startServer();
    const size = 900_001;
    const result = await ftplib<FilesResult>(server, 'files', { tls: '1.3', reuse: false, count: 12, size });
    assert.equal(result.names.length, 12);
    for (let i = 1; i < 12; i += 1) assert.equal(hashOf((await server.read(`/f${i}`)) ?? ''), result.hash, `f${i}`);
    const uploads = server.eventsOf('transfer').filter(({ transfer }) => transfer.direction === 'upload');
    assert.ok(uploads.every(({ transfer }) => transfer.verdict === 'complete'));
  });
});

describe('the Synch of RFC 959 with urgent bytes', { skip }, () => {
  test('IAC IP, DM as urgent byte and ABOR whose LF is urgent abort the transfer', async () => {
    await using server = await startServer({ tls: 'optional' });
    await server.write('/big', seededBytes(30_000_000, 1));
    interface Result {
      readonly replies: string[];
      readonly noop: string;
      readonly quit: string;
    }
    const result = await ftplib<Result>(server, 'urgent', { tls: 'none', reuse: false });
    assert.match(result.replies[0] ?? '', /^426 /);
    assert.match(result.replies[1] ?? '', /^226 /);
    assert.match(result.noop, /^200 /);
    assert.match(result.quit, /^221 /);
  });
});
