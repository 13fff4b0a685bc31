import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { cutTransfer, event, noteEvents, user } from '../../../test/fixtures/log-events.ts';
import { createTempFolder, type TempFolder } from '../../testing/index.ts';
import { AuditRecords } from '../audit/audit-record.ts';
import { auditRecordSchema } from '../audit/audit-schema.ts';
import { hookEventOf, hookEvents, matchesHook } from './hook-events.ts';
import { createHook, type HookOptions } from './hook-sink.ts';
import { signatureOf } from './post-hook.ts';

const cut = event({ type: 'transfer', transfer: cutTransfer, ...user });
const login = event({ type: 'login', name: 'eve', accepted: false, cause: 'credentials', ...user });

/** A program of Node, with what it is to do. */
async function program(folder: TempFolder, text: string, ...args: string[]): Promise<HookOptions['action']> {
  await writeFile(folder.join('hook.mjs'), text);
  return { kind: 'program', argv: [process.execPath, folder.join('hook.mjs'), ...args] };
}

function make(action: HookOptions['action'], more: Partial<HookOptions> = {}) {
  const told: string[] = [];
  const trouble = (name: string, error: unknown): void => void told.push(`${name}: ${(error as Error).message}`);
  const options = { name: 'test', on: ['*'], action, timeoutMs: 20_000, concurrency: 1, ...more };
  return { hook: createHook(options, new AuditRecords(), { trouble }), told };
}

/** Waits until nothing waits: `close` would not wait for long enough. */
async function settled(hook: ReturnType<typeof createHook>): Promise<void> {
  while (hook.counts.waiting > 0) await new Promise((resolve) => setTimeout(resolve, 10));
  await hook.close();
}

const copyInput = `
import { readFileSync, writeFileSync } from 'node:fs';
writeFileSync(process.argv[2] + '/' + process.pid, readFileSync(0, 'utf8') + process.argv.slice(3).join('|'));
`;

describe('a hook that runs a program', () => {
  test('gives it the record on standard input, and its arguments as they are, without a shell', async () => {
    await using folder = await createTempFolder();
    await using out = await createTempFolder();
    const action = await program(folder, copyInput, out.path, '$(touch x); a b', "'");
    const { hook, told } = make(action, { on: ['download.*'] });
    for (const one of noteEvents) hook.take(one);
    await settled(hook);
    const [name = '', ...others] = await readdir(out.path);
    assert.deepEqual(others, [], 'one event of the note is a download');
    const [line = '', args] = (await readFile(out.join(name), 'utf8')).split('\n');
    const { hook: hookName, ...record } = JSON.parse(line) as Record<string, unknown>;
    assert.equal(hookName, 'download.interrupted');
    assert.partialDeepStrictEqual(auditRecordSchema.parse(record), { bytes: 634_880, user: 'user' });
    assert.equal(args, "$(touch x); a b|'");
    assert.deepEqual(told, []);
    assert.deepEqual(hook.counts, { written: 1, dropped: 0, failed: 0, waiting: 0 });
  });

  test('ends it, and what it has started, when its time is over', async () => {
    await using folder = await createTempFolder();
    const text = `
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' });
writeFileSync(process.argv[2], String(child.pid));
setInterval(() => {}, 1000);
`;
    const { hook, told } = make(await program(folder, text, folder.join('pid')), { timeoutMs: 2_000 });
    hook.take(cut);
    await settled(hook);
    assert.match(told.join(), /^hook test: download\.interrupted: it was ended after 2 s$/);
    const child = Number(await readFile(folder.join('pid'), 'utf8'));
    while (isAlive(child)) await new Promise((resolve) => setTimeout(resolve, 10));
  });

  test('tells of failures once in a while, with the words of the program, and counts all', async () => {
    await using folder = await createTempFolder();
    const failing = await program(folder, "console.error('no such printer'); process.exit(3);");
    const { hook, told } = make(failing, { concurrency: 2 });
    for (let number = 0; number < 4; number += 1) hook.take(login);
    await settled(hook);
    assert.deepEqual(told, ['hook test: login.failed: it ended with exit code 3: no such printer']);
    assert.deepEqual(hook.counts, { written: 0, dropped: 0, failed: 4, waiting: 0 });
    const missing = make({ kind: 'program', argv: [folder.join('none')] });
    missing.hook.take(login);
    await settled(missing.hook);
    assert.match(missing.told.join(), /ENOENT/);
  });

  test('runs as many at a time as it may, and drops what does not fit into its queue', async () => {
    await using folder = await createTempFolder();
    const waits = await program(folder, "process.stdin.resume().on('end', () => setTimeout(() => {}, 60_000));");
    const { hook } = make(waits, { concurrency: 2, maxWaiting: 3 });
    for (let number = 0; number < 10; number += 1) hook.take(login);
    assert.deepEqual(hook.counts, { written: 0, dropped: 5, failed: 0, waiting: 5 });
    await hook.close();
    assert.deepEqual(hook.counts, { written: 0, dropped: 8, failed: 2, waiting: 0 });
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A process that has ended and that nobody has waited for is there still.
    return !/\) Z /.test(readStat(pid));
  } catch {
    return false;
  }
}

function readStat(pid: number): string {
  return process.getBuiltinModule('node:fs').readFileSync(`/proc/${pid}/stat`, 'latin1');
}

describe('a hook that asks over HTTP', () => {
  async function receiver(statuses: readonly number[]) {
    const got: { request: IncomingMessage; body: string }[] = [];
    const server = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      request.on('end', () => {
        got.push({ request, body });
        response.writeHead(statuses[got.length - 1] ?? 200).end();
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const end = async (): Promise<void> => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    };
    return { got, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, [Symbol.asyncDispose]: end };
  }

  test('signs what it sends, and sends it again until it is taken', async () => {
    await using server = await receiver([503, 200]);
    const { hook, told } = make({ kind: 'http', url: server.url, secret: 'key', retryMs: 1 });
    hook.take(login);
    await settled(hook);
    assert.deepEqual([server.got.length, told, hook.counts.written], [2, [], 1]);
    for (const { request, body } of server.got) {
      const time = String(request.headers['x-twinline-time']);
      assert.ok(Math.abs(Number(time) - Date.now() / 1000) < 60);
      assert.equal(request.headers['x-twinline-signature'], `sha256=${signatureOf('key', time, body)}`);
      assert.equal(request.headers['x-twinline-event'], 'login.failed');
      assert.partialDeepStrictEqual(JSON.parse(body), { hook: 'login.failed', name: 'eve', verdict: 'refused' });
    }
  });

  test('gives up at once where it is refused, and after five tries where it is not taken', async () => {
    for (const [status, tries] of [
      [403, 1],
      [500, 5],
    ] as const) {
      await using server = await receiver(Array(9).fill(status));
      const { hook, told } = make({ kind: 'http', url: server.url, secret: undefined, retryMs: 1 });
      hook.take(cut);
      await settled(hook);
      assert.equal(server.got.length, tries);
      assert.deepEqual(told, [`hook test: download.interrupted: the server answered ${status}`]);
      assert.equal(server.got[0]?.request.headers['x-twinline-signature'], undefined);
    }
  });
});

describe('the names of hooks', () => {
  test('are known for every record of the note', () => {
    const records = new AuditRecords();
    const names = noteEvents.flatMap((one) => records.of(one)).map(hookEventOf);
    assert.deepEqual(names, ['server.start', 'session.begin', 'login.accepted', 'download.interrupted']);
    for (const name of names) assert.ok(hookEvents.includes(name), name);
    assert.equal(new Set(hookEvents).size, hookEvents.length);
  });

  test('are met by patterns for all, or for all of a kind', () => {
    assert.deepEqual(
      ['*', 'upload.*', 'upload.complete', 'upload', 'up*', 'login.*'].map((pattern) =>
        matchesHook(pattern, 'upload.complete'),
      ),
      [true, true, true, false, false, false],
    );
  });
});
