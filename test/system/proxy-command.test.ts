/** `twinline proxy` from the command line: its authority, its faults, what it writes, and its end. */

import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { connect } from '../../src/client/index.ts';
import { parseRecording } from '../../src/lab/index.ts';
import {
  createTempFolder,
  type RunningProcess,
  seededBytes,
  startProcess,
  type TempFolder,
} from '../../src/testing/index.ts';
import { runTwinline } from '../fixtures/command-run.ts';
import { cleanEnvironment, launcher } from '../fixtures/serve-process.ts';
import { startServer, testCertificate, type TestServer } from '../fixtures/start-server.ts';

interface Ready {
  readonly listen: { readonly port: number };
  readonly caFile: string;
  readonly fingerprint256: string;
}

describe('twinline proxy', () => {
  let folder: TempFolder;
  let server: TestServer;
  // More than the buffers of all lines hold, so that no transfer is over before a fault in its middle.
  const bytes = seededBytes(16_000_000, 3);
  before(async () => {
    folder = await createTempFolder();
    server = await startServer();
    await server.write('/file', bytes);
    await writeFile(folder.join('server.pem'), (await testCertificate()).certificatePem);
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    await folder.remove();
  });

  async function start(...args: string[]): Promise<{ running: RunningProcess; ready: Ready }> {
    const url = `ftpes://127.0.0.1:${server.port}`;
    const always = ['--listen', '127.0.0.1:0', '--cacert', 'server.pem', '--data-dir', 'state', '--json'];
    const words = [launcher, 'proxy', url, ...always, ...args];
    const running = await startProcess(process.execPath, words, { cwd: folder.path, env: cleanEnvironment });
    const [line] = await running.waitForLine(/^\{"kind":"ready".*\}$/m, 20_000);
    return { running, ready: JSON.parse(line) as Ready };
  }

  async function download(ready: Ready): Promise<Buffer> {
    await using client = await connect({
      host: '127.0.0.1',
      port: ready.listen.port,
      user: 'user',
      password: 'pass',
      tls: { caPem: await readFile(ready.caFile, 'utf8') },
      retry: { tries: 0 },
    });
    const chunks: Buffer[] = [];
    await client.download('/file', {
      write: async (some: readonly Buffer[]) => void chunks.push(...some.map((one) => Buffer.from(one))),
    });
    return Buffer.concat(chunks);
  }

  test('keeps one authority from run to run, records, draws, and ends in order', async () => {
    const first = await start('--record', 'run.jsonl', '--report', 'run.html', '--fault', 'latency 1ms control');
    await using _first = first.running;
    assert.equal((await stat(folder.join('state/authority/key.pem'))).mode & 0o777, 0o600);
    assert.ok((await download(first.ready)).equals(bytes));
    first.running.signal('SIGINT');
    assert.deepEqual(await first.running.exited, { exitCode: 0, signal: null });
    const text = await readFile(folder.join('run.jsonl'), 'utf8');
    assert.doesNotMatch(text, /PASS pass/, 'the password is masked');
    const { header, events } = parseRecording(text);
    assert.deepEqual(header.faults, ['latency 1ms control']);
    assert.ok(events.some((event) => event.kind === 'ended' && event.how === 'close-notify'));
    const html = await readFile(folder.join('run.html'), 'utf8');
    for (const file of ['run.jsonl', 'run.html']) {
      assert.equal((await stat(folder.join(file))).mode & 0o777, 0o600, 'what two others have said is for the owner');
    }
    for (const what of ['Session 1', 'RETR /file', 'latency 1ms control', '<svg']) assert.ok(html.includes(what), what);
    const second = await start();
    assert.equal(second.ready.fingerprint256, first.ready.fingerprint256);
    await second.running.stop();
    const [from, to] = [folder.join('run.jsonl'), folder.join('again.html')];
    const drawn = await runTwinline('proxy', '--draw', from, '--report', to);
    assert.equal(drawn.exitCode, 0, drawn.stderr);
    assert.equal(await readFile(folder.join('again.html'), 'utf8'), html);
  });

  test('leaves the recording of an earlier run alone where its port is taken', async () => {
    await using first = (await start('--record', 'first.jsonl')).running;
    first.signal('SIGINT');
    await first.exited;
    const before = await readFile(folder.join('first.jsonl'), 'utf8');
    assert.match(before, /"recording":1/);
    const again = ['--listen', `127.0.0.1:${server.port}`, '--record', folder.join('first.jsonl')];
    const run = await runTwinline('proxy', `ftp://127.0.0.1:${server.port}`, '--blind', ...again);
    assert.match(run.stderr, /cannot be listened on: another program uses it\. --listen HOST:PORT takes another place/);
    assert.equal(await readFile(folder.join('first.jsonl'), 'utf8'), before);
  });

  test('takes faults from a scenario', async () => {
    const scenario = [
      'seed = 7',
      'faults = ["latency 1ms control"]',
      '[[fault]]',
      'name = "reset"',
      'line = "control"',
      'when = "after 64KiB of data down"',
      '[[fault]]',
      'name = "replace"',
      'code = 150',
      'text = "550 \\"No\\"."',
      'when = "on STOR"',
      'times = "always"',
    ];
    await writeFile(folder.join('plan.toml'), scenario.join('\n'));
    const { running, ready } = await start('--scenario', 'plan.toml');
    await using _running = running;
    await assert.rejects(download(ready), { code: 'ERR_TWINLINE_CONTROL_LOST' });
    assert.ok((await download(ready)).equals(bytes), 'a reset happens once');
    running.signal('SIGTERM');
    await running.waitForLine(/^Fault 3 has not happened: replace 150 with "550 \\"No\\"\." on STOR always$/m, 10_000);
    assert.deepEqual(await running.exited, { exitCode: 0, signal: null });
    await server.quiet();
  });

  const refusals: readonly (readonly [string, readonly string[], number, RegExp])[] = [
    ['a fault that is none', ['--fault', 'resett'], 64, /"resett" is no fault/],
    ['a fault that a blind proxy cannot have', ['--blind', '--fault', 'drop 226'], 78, /needs commands and replies/],
    ['ports without --blind', ['--forward-ports', '1-2'], 64, /goes with --blind/],
    [
      'a scenario with a wrong key',
      ['--scenario', 'wrong.toml'],
      78,
      /wrong\.toml: \[\[fault\]\], number 1: "wen" is no key of reset/,
    ],
    ['a scenario with a wrong word', ['--scenario', 'word.toml'], 78, /did you mean "seed"\?$/m],
    ['a scenario with a wrong rule', ['--scenario', 'rule.toml'], 78, /rule\.toml: faults, number 2: The fault "drop"/],
    [
      'an address that nobody can listen on',
      ['--listen', '192.0.2.1:2121'],
      69,
      /192\.0\.2\.1:2121 cannot be listened on/,
    ],
  ];
  for (const [what, args, exitCode, message] of refusals) {
    test(`refuses ${what}`, async () => {
      await writeFile(folder.join('wrong.toml'), '[[fault]]\nname = "reset"\nwen = "after 150"\n');
      await writeFile(folder.join('word.toml'), 'sed = 7\n');
      await writeFile(folder.join('rule.toml'), 'faults = ["reset", "drop"]\n');
      const url = `ftpes://127.0.0.1:${server.port}`;
      const placed = args.map((word) => (word.endsWith('.toml') ? folder.join(word) : word));
      const result = await runTwinline(
        'proxy',
        url,
        '--listen',
        '127.0.0.1:0',
        '--data-dir',
        folder.join('state'),
        ...placed,
      );
      assert.match(result.stderr, message);
      assert.equal(result.exitCode, exitCode);
    });
  }

  test('draws nothing from what is no recording', async () => {
    await writeFile(folder.join('no.jsonl'), '{"kind":"text"}\n');
    const result = await runTwinline('proxy', '--draw', folder.join('no.jsonl'), '--report', folder.join('no.html'));
    assert.match(result.stderr, /no\.jsonl" is no recording of the proxy: its first line/);
    assert.equal(result.exitCode, 74);
  });
});
