import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { chmod, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { modes, startServerFor } from '../../../test/fixtures/client-pair.ts';
import { runTwinline } from '../../../test/fixtures/command-run.ts';
import { createTempFolder, type ScriptedServer, type ScriptedServerOptions } from '../../testing/index.ts';

const [, tls12, tls13] = modes;
const files = { 'a.txt': Buffer.from('hello') };
const urlOf = (server: ScriptedServer, path = '') => `ftpes://${server.host}:${server.port}/${path}`;
const login = ['-k', '-u', 'anna:very-secret'];

async function list(server: ScriptedServer, ...words: string[]) {
  const run = await runTwinline('ls', urlOf(server), ...login, ...words);
  assert.equal(run.exitCode, 0, run.stderr);
  return run;
}

async function traceOf(path: string): Promise<Record<string, unknown>[]> {
  const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

const start = (options: ScriptedServerOptions = {}, mode = tls13 as (typeof modes)[number]) =>
  startServerFor(mode, { files, ...options });

describe('-v', () => {
  test('prints the dialogue with TLS on both lines, and no details', async () => {
    await using server = await start();
    const { stderr } = await list(server, '-v');
    assert.match(stderr, /^\* Trying 127.0.0.1:\d+\.\.\.\n\* Connected to 127.0.0.1 port \d+\n< 220 /);
    assert.match(stderr, /> PASS \*+\n/);
    assert.match(stderr, /TLS connection on the data line using TLSv1.3/);
    assert.doesNotMatch(stderr, /Timing|very-secret|Hint/);
  });
});

describe('-vv', () => {
  test('adds facts of TLS, the time of each step, and how the lines ended', async () => {
    await using server = await start();
    const { stderr } = await list(server, '-vv');
    for (const pattern of [
      /\* TLS on the control line: a full handshake, key exchange \S+, ALPN none/,
      /\* TLS on the data line: a resumed session/,
      /\* TLS session to resume came on the control line \(\d+ bytes\)/,
      /\* Timing: control connection [\d.]+ ms/,
      /\* Timing: TLS handshake on the control line [\d.]+ ms/,
      /\* Timing: greeting to end of login [\d.]+ ms/,
      /\* Timing: reply after [\d.]+ ms/,
      /\* Timing: data connection [\d.]+ ms/,
      /\* Timing: command to first byte [\d.]+ ms/,
      /\* Timing: first byte to last [\d.]+ ms/,
      /\* Timing: last byte to final reply [\d.]+ ms/,
      /\* The data line has ended \(close-notify, TLS alert close_notify\)/,
      /\* MLSD: 1 entries, dialect mlsd/,
    ]) {
      assert.match(stderr, pattern);
    }
  });

  test('says which clause is about a refused EPSV', async () => {
    await using server = await start({ commands: { EPSV: '502 No' } });
    const { stderr } = await list(server, '-vv');
    assert.match(stderr, /< 502 No\n[^<>]*\* Hint: EPSV is for either address family.*\(RFC 2428 section 4\)/);
  });

  test('says what an end without close_notify is', async () => {
    const MLSD: NonNullable<ScriptedServerOptions['commands']>[string] = async (session) => {
      await session.reply('150 Here it comes');
      const line = await session.acceptData();
      await line.write('type=file; a\r\n');
      line.finWithoutCloseNotify();
      await session.reply('226 Done');
    };
    await using server = await start({ commands: { MLSD } });
    const { stderr } = await runTwinline('ls', urlOf(server), ...login, '-v', '-v');
    assert.match(stderr, /\* Hint: the line ended without close_notify.*\(RFC 8446 section 6\.1\)/);
  });
});

describe('--trace', () => {
  test('writes JSON lines with time, session, channel and phase, and no password', async () => {
    await using folder = await createTempFolder();
    await using server = await start();
    const path = join(folder.path, 'trace.jsonl');
    const { stderr } = await list(server, '--trace', path);
    assert.equal(stderr, '');
    const [header, ...events] = await traceOf(path);
    assert.deepEqual([header?.['kind'], header?.['version']], ['trace', 1]);
    const phases = new Set(events.map((event) => event['phase']));
    for (const phase of ['connect', 'greeting', 'tls', 'login', 'command', 'data-connect', 'transfer', 'quit']) {
      assert.ok(phases.has(phase), phase);
    }
    let before = 0;
    for (const event of events) {
      assert.ok(typeof event['timeMs'] === 'number' && event['timeMs'] >= before);
      before = event['timeMs'];
      assert.ok(event['channel'] === 'control' || event['channel'] === 'data');
      assert.ok(!Number.isNaN(Date.parse(String(event['at']))));
    }
    assert.equal(new Set(events.map((event) => event['session'])).size, 1);
    assert.doesNotMatch(JSON.stringify(events), /very-secret/);
    assert.equal((await stat(path)).mode & 0o777, 0o600);
  });

  test('goes to standard error with "-"', async () => {
    await using server = await start();
    const { stderr } = await list(server, '--trace', '-');
    for (const line of stderr.trimEnd().split('\n')) JSON.parse(line);
  });

  test('holds the bytes of listings only where that is asked for', async () => {
    await using folder = await createTempFolder();
    await using server = await start();
    const dataOf = async (name: string, ...words: string[]) => {
      const path = join(folder.path, name);
      await list(server, '--trace', path, ...words);
      return (await traceOf(path)).filter(({ kind }) => kind === 'data').map(({ base64 }) => base64);
    };
    assert.deepEqual(await dataOf('without'), []);
    const [base64] = await dataOf('with', '--trace-listings');
    assert.equal(Buffer.from(String(base64), 'base64').toString(), 'type=file;size=5; a.txt\r\n');
  });

  test('is refused in a sentence where it cannot be written', async () => {
    const run = await runTwinline('ls', 'ftpes://127.0.0.1:1/', ...login, '--trace', '/nonexistent/trace');
    assert.match(run.stderr, /^twinline: The trace "\/nonexistent\/trace" cannot be written; check the path/);
  });
});

describe('--keylog', () => {
  for (const mode of [tls12, tls13] as const) {
    test(`appends what decrypts every line (${mode.name})`, async () => {
      await using folder = await createTempFolder();
      await using server = await start({}, mode);
      const path = join(folder.path, 'keys');
      await list(server, '--keylog', path);
      const once = (await readFile(path, 'utf8')).trimEnd().split('\n');
      for (const line of once) assert.match(line, /^[A-Z_0-9]+ [0-9a-f]{64} [0-9a-f]{64,96}$/);
      const label = mode === tls13 ? 'CLIENT_TRAFFIC_SECRET_0' : 'CLIENT_RANDOM';
      // One random of the client for each line: control and data.
      const randoms = once.filter((line) => line.startsWith(`${label} `)).map((line) => line.split(' ')[1]);
      assert.equal(new Set(randoms).size, 2, once.join('\n'));
      await list(server, '--keylog', path);
      assert.equal((await readFile(path, 'utf8')).trimEnd().split('\n').length, once.length * 2);
      assert.equal((await stat(path)).mode & 0o777, 0o600);
    });
  }

  test('is refused where others could read it', async () => {
    await using folder = await createTempFolder();
    await using server = await start();
    const path = join(folder.path, 'keys');
    await list(server, '--keylog', path);
    await chmod(path, 0o644);
    const run = await runTwinline('ls', urlOf(server), ...login, '--keylog', path);
    assert.match(run.stderr, /^twinline: The key log ".*" can be read by others/);
    assert.notEqual(run.exitCode, 0);
  });
});
