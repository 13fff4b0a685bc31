/** `twinline serve --workers 2`: limits, bans, quotas and numbers of the whole, and what becomes of it when a process dies. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTempFolder, freePortRange, ScriptedClient, type TempFolder } from '../../src/testing/index.ts';
import { download, upload } from '../fixtures/clear-transfers.ts';
import { scrapeUntil } from '../fixtures/scraped-metrics.ts';
import { runTwinline, type ServeProcess, startServe } from '../fixtures/serve-process.ts';

const config = (more = '', user = ''): string => `
tls = "off"
root = "root"
workers = 2
metrics = "127.0.0.1:0"
admin-api = true
exempt = ["192.0.2.1"]
${more}
[[user]]
name = "anna"
password = "secret"
home = "/anna"
${user}
[limits]
login-delay = 0
`;

interface Serving extends ServeProcess {
  /** HOST:PORT of the admin port. */
  readonly admin: string;
}

async function serveIn(folder: TempFolder, text: string): Promise<Serving> {
  await mkdir(folder.join('root', 'anna'), { recursive: true });
  await writeFile(folder.join('server.toml'), text);
  const serve = await startServe({ cwd: folder.path, args: ['--config', 'server.toml', '--tls', 'off'] });
  const [, admin = ''] = await serve.waitForLine(/^Metrics are at http:\/\/(\S+)\/metrics$/m);
  return Object.assign(serve, { admin });
}

async function connect({ port }: ServeProcess): Promise<ScriptedClient> {
  const client = await ScriptedClient.connect({ port });
  assert.match(await client.readReply(), /^220/);
  return client;
}

async function logIn(serve: ServeProcess): Promise<ScriptedClient> {
  const client = await connect(serve);
  await client.login('anna', 'secret');
  await client.expect(200, 'TYPE I');
  return client;
}

function workersOf({ output }: ServeProcess): readonly number[] {
  return [...output.stdout.matchAll(/"worker-started".*"pid":(\d+)/g)].map(([, pid]) => Number(pid));
}

/** Waits, within bounds, for what another process brings about. */
async function until(isSo: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (let left = 500; !(await isSo()); left -= 1) {
    if (left === 0) assert.fail(what);
    await sleep(20);
  }
}

/** Whether a process runs; one that nobody has waited for yet does not. */
function lives(pid: number): boolean {
  return existsSync(`/proc/${pid}/stat`) && !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
}

describe('two workers', () => {
  test('hold the limits of sessions, users, quotas and passive ports together, and are seen as one server', async () => {
    await using folder = await createTempFolder();
    const { min, max } = await freePortRange(2);
    const more = `passive-ports = "${min}-${max}"\n`;
    await using serve = await serveIn(
      folder,
      `${config(more, 'quota-bytes = 100000\nmax-sessions = 3\nrate-down = "200 kB"')}max-sessions-per-address = 4\n`,
    );
    const [first, second] = [await logIn(serve), await logIn(serve)];

    const third = await logIn(serve);
    for (const client of [first, second]) assert.match(await client.command('EPSV'), /^229/);
    assert.match(await third.command('EPSV'), /^425 All passive ports/);
    const [one, other] = [await first.openPassive(), await second.openPassive()];
    await first.expect(150, 'STOR one');
    await second.expect(150, 'STOR other');
    await one.write(Buffer.alloc(60_000));
    one.fin();
    assert.match(await first.readReply(), /^226/);
    await other.write(Buffer.alloc(60_000)).catch(() => undefined);
    other.fin();
    assert.match(await second.readReply(), /^552 .*quota of 100000 bytes/);
    assert.match(await upload(second, 'STOR other', Buffer.alloc(40_000)), /^226/);
    const beganAt = performance.now();
    const both = await Promise.all([first, third].map((client) => download(client, 'RETR one')));
    assert.deepEqual(
      [60_000, 60_000],
      both.map(({ length }) => length),
    );
    // Each of them alone would take 0.3 s.
    assert.ok(performance.now() - beganAt > 500, 'the rate of the user is not one for both processes');
    assert.match(await upload(third, 'STOR more', 'x'), /^552/);

    const fourth = await connect(serve);
    await fourth.expect(331, 'USER anna');
    assert.match(await fourth.command('PASS secret'), /^530 .*3 sessions already/);
    const fifth = await ScriptedClient.connect({ port: serve.port });
    assert.match(await fifth.readReply(), /^421 Too many sessions from your address/);

    const sessions = (...args: string[]) =>
      runTwinline(['sessions', '--admin', serve.admin, ...args], { cwd: folder.path });
    const lines = (await sessions('--json')).stdout.toString().trim().split('\n');
    const shown = lines.map((line) => JSON.parse(line) as { session: number; user: string | null });
    assert.deepEqual(
      shown.map(({ session, user }) => [session, user]),
      [
        [1, 'anna'],
        [2, 'anna'],
        [3, 'anna'],
        [4, null],
      ],
    );
    const live = 'twinline_live{kind="session",owner="server"}';
    const numbers = await scrapeUntil(`http://${serve.admin}`, (all) =>
      all.get(live) === 4 ? undefined : `${all.get(live)} sessions`,
    );
    assert.equal(numbers.get('twinline_workers'), 2);
    const [worker] = workersOf(serve);
    const shownAs = (pid: number | undefined) => readFileSync(`/proc/${pid}/comm`, 'latin1').trim();
    // `top` and `ss` show so much, whatever is on the command line.
    if (process.platform === 'linux') {
      assert.deepEqual([serve.pid, worker].map(shownAs), ['twinline serve', 'twinline worker']);
    }
    assert.equal(numbers.get('twinline_transfer_bytes_total{direction="download"}'), 120_000);
    for (const number of ['1', '2']) {
      assert.equal((await sessions('--end', number)).stdout.toString(), `Session ${number} is ended.\n`);
    }
    for (const client of [first, second]) assert.match(await client.readReply(), /^421/);
    first.close();
    await serve.waitForLine(/"event":"session-closed".*"session":1,/);
    const again = await connect(serve);
    for (const client of [second, third, fourth, fifth, again]) client.close();
  });

  test('ban an address by what it did to both, and follow a reload and an operator', async () => {
    await using folder = await createTempFolder();
    await using serve = await serveIn(folder, `${config()}ban-after = 4\n`);
    await writeFile(folder.join('server.toml'), `${config('welcome = "Read anew"\n')}ban-after = 4\n`);
    serve.signal('SIGHUP');
    await serve.waitForLine(/"event":"settings-reloaded","changed":\["welcome"\]/);
    const [one, other] = [
      await ScriptedClient.connect({ port: serve.port }),
      await ScriptedClient.connect({ port: serve.port }),
    ];
    for (const client of [one, other]) assert.match(await client.readReply(), /Read anew/);
    for (const client of [one, other, one, other]) {
      await client.expect(331, 'USER anna');
      assert.match(await client.command('PASS wrong'), /^(530|421)/);
    }
    await serve.waitForLine(/"event":"banned"/);
    await using late = await ScriptedClient.connect({ port: serve.port });
    assert.match(await late.readReply(), /^421 .*banned/);

    const ban = (...args: string[]) => runTwinline(['ban', ...args], { cwd: folder.path });
    assert.equal((await ban('rm', '127.0.0.1')).exitCode, 0);
    await using user = await logIn(serve);
    assert.equal((await ban('add', '127.0.0.1')).exitCode, 0);
    assert.match(await user.readReply(), /^421 .*banned/);
    for (const client of [one, other]) client.close();
  });

  test('lose the sessions of a process that is killed and no others, and get another one', async () => {
    await using folder = await createTempFolder();
    await using serve = await serveIn(folder, config());
    await writeFile(folder.join('root', 'anna', 'big'), Buffer.alloc(8_000_000));
    const clients = [await logIn(serve), await logIn(serve)];
    const [killed = 0] = workersOf(serve);
    const cut = await clients[0]?.openPassive();
    await clients[0]?.expect(150, 'STOR part');
    await cut?.write(Buffer.alloc(50_000));
    await until(async () => (await readdir(folder.join('root', 'anna'))).length > 1, 'no upload has begun');
    process.kill(killed, 'SIGSTOP');
    const onItsWay = await ScriptedClient.connect({ port: serve.port });
    // The other worker greets: what came before has been handed over.
    const behind = await connect(serve);
    process.kill(killed, 'SIGKILL');
    await serve.waitForLine(/"event":"worker-lost".*"detail":"it was ended by SIGKILL"/);
    await serve.waitForLine(
      /"event":"session-closed","cause":"worker-lost","detail":"worker \d is gone: it was ended by SIGKILL"/,
    );
    const ended = clients.map((client) => client.control.ended);
    const lost = await Promise.race(ended.map(async (end, index) => end.then(() => index)));
    const left = clients[1 - lost];
    assert.ok(left);
    const [, text = ''] = /"sessions":(\d)/.exec(serve.output.stdout) ?? [];
    assert.equal(text, '2');
    let isOver = false;
    void onItsWay.control.ended.then(() => (isOver = true));
    await until(() => isOver, 'a client waits for a worker that has gone');
    for (const client of [onItsWay, behind]) client.close();

    await until(() => workersOf(serve).length === 3, 'no other worker has come');
    const fresh = [await logIn(serve), await logIn(serve)];
    for (const client of fresh) assert.equal((await download(client, 'RETR big')).length, 8_000_000);
    const line = await left.openPassive();
    line.pause();
    await left.expect(150, lost === 0 ? 'RETR big' : 'NLST');
    await scrapeUntil(`http://${serve.admin}`, (all) =>
      all.get('twinline_workers') === 2 && all.get('twinline_workers_lost_total') === 1 ? undefined : 'not counted',
    );

    serve.signal('SIGTERM');
    for (const client of fresh) assert.match(await client.readReply(), /^421/);
    line.resume();
    line.fin();
    const bytes = await line.readToEnd();
    if (lost === 0) assert.equal(bytes.length, 8_000_000);
    assert.match(await left.readReply(), /^226/);
    assert.deepEqual(await serve.exited, { exitCode: 0, signal: null });
    assert.deepEqual(workersOf(serve).filter(lives), []);
  });

  test('take over what a proxy has told, and end by themselves when the main process is killed', async () => {
    await using folder = await createTempFolder();
    await using serve = await serveIn(folder, config('proxy-protocol-from = ["127.0.0.1"]\n'));
    const client = await ScriptedClient.connect({ port: serve.port });
    const header = 'PROXY TCP4 192.0.2.7 127.0.0.1 40000 21\r\n';
    await client.send(`${header}USER anna\r\n`);
    assert.match(await client.readReply(), /^220/);
    assert.match(await client.readReply(), /^331/);
    await client.expect(230, 'PASS secret');
    await serve.waitForLine(/"event":"login".*"remoteHost":"192\.0\.2\.7","remotePort":40000/);
    const line = await client.openPassive();
    await client.expect(150, 'STOR part');
    await line.write(`${header}part`);
    serve.signal('SIGKILL');
    await until(() => workersOf(serve).filter(lives).length === 0, 'a worker has outlived its server');
    client.close();
  });

  test('are refused in a sentence when the number is none', async () => {
    await using folder = await createTempFolder();
    const result = await runTwinline(['serve', '--workers', 'many'], { cwd: folder.path });
    assert.equal(result.exitCode, 64);
    assert.match(result.stderr, /--workers takes auto or a number from 1 to 128; "many" is not that\./);
  });
});
