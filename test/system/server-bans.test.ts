/** Who guesses, or speaks anything but FTP, is banned; who is banned hears so at the door; an operator changes the list at any time. */

import assert from 'node:assert/strict';
import { rename, rm, writeFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { BanList } from '../../src/server/index.ts';
import { createTempFolder, ScriptedClient } from '../../src/testing/index.ts';
import { runTwinline, startServe } from '../fixtures/serve-process.ts';
import { startServer } from '../fixtures/start-server.ts';

const skip = process.platform === 'linux' ? false : 'only Linux has all of 127.0.0.0/8';
const quick = { loginDelayMs: 1, maxLoginDelayMs: 4, banAfter: 3 };

describe('bans by the server', { skip }, () => {
  test('come with refused logins, end what the address has begun, and leave others and those who are logged in alone', async () => {
    await using server = await startServer({ limits: quick, exemptNetworks: [] });
    await using user = await server.session();
    await using waiting = await server.connect();
    await using guesser = await server.connect();
    await guesser.authTls();
    for (const name of ['user', 'root']) {
      await guesser.expect(331, `USER ${name}`);
      await guesser.expect(530, 'PASS guess');
    }
    await guesser.expect(331, 'USER admin');
    assert.match(
      await guesser.command('PASS guess'),
      /^421 Your address is banned until \d{4}-\d\d-\d\d \d\d:\d\d UTC$/,
    );
    assert.match(await waiting.readReply(), /^421 Your address is banned/);
    await using again = await ScriptedClient.connect({ port: server.port });
    assert.match(await again.readReply(), /^421 Your address is banned/);
    await using implicit = await ScriptedClient.connect({ port: server.implicitPort });
    await assert.rejects(implicit.startTls(), /access denied/);
    await using _other = await server.session({ localAddress: '127.0.0.2' });
    assert.equal(await user.command('NOOP'), '200 OK');
    const [banned] = server.eventsOf('banned');
    assert.equal(banned?.network, '127.0.0.1');
    assert.match(banned.reason, /^refused logins \(3 points within 600 s\)$/);
    assert.deepEqual(
      server.eventsOf('connection-refused').map(({ cause }) => cause),
      ['banned', 'banned'],
    );
  });

  test('come with first lines of HTTP and with sessions of bad commands', async () => {
    await using server = await startServer({ limits: { ...quick, badCommandsBeforeLogin: 2 }, exemptNetworks: [] });
    for (const [localAddress, lines] of [
      ['127.0.0.2', 'GET / HTTP/1.1\r\n'],
      ['127.0.0.3', 'ONE\r\nTWO\r\n'],
    ] as const) {
      for (let round = 0; round < 2; round += 1) {
        await using client = await server.connect({ localAddress });
        await client.send(lines);
        await client.control.ended;
      }
      await using again = await ScriptedClient.connect({ port: server.port, localAddress });
      assert.match(await again.readReply(), /^421 Your address is banned/);
    }
    await using _honest = await server.connect();
  });

  test('never come to an exempt network, and not at all with banAfter 0', async () => {
    for (const options of [{ limits: quick }, { limits: { ...quick, banAfter: 0 }, exemptNetworks: [] }]) {
      await using server = await startServer(options);
      for (let round = 0; round < 5; round += 1) {
        await using client = await server.connect();
        await client.authTls();
        await client.expect(331, 'USER user');
        await client.expect(530, 'PASS guess');
      }
      assert.deepEqual(server.eventsOf('banned'), []);
    }
  });

  test('end by themselves', async () => {
    await using server = await startServer({ limits: { ...quick, banAfter: 1, banMs: 40 }, exemptNetworks: [] });
    await using client = await server.connect();
    await client.send('GET / HTTP/1.1\r\n');
    await client.control.ended;
    await server.event('banned');
    for (;;) {
      await using again = await ScriptedClient.connect({ port: server.port });
      if ((await again.readReply()).startsWith('220')) break;
      await sleep(10);
    }
  });
});

describe('delays of logins', { skip }, () => {
  test('grow with each refusal of an address', async () => {
    const limits = { loginDelayMs: 40, maxLoginDelayMs: 10_000, failedLogins: 10 };
    await using server = await startServer({ limits, exemptNetworks: [] });
    await using client = await server.connect();
    await client.authTls();
    const waits: number[] = [];
    for (let round = 0; round < 4; round += 1) {
      await client.expect(331, 'USER user');
      const startedAt = performance.now();
      await client.expect(530, 'PASS guess');
      waits.push(performance.now() - startedAt);
    }
    for (const [round, atLeast] of [40, 80, 160, 320].entries())
      assert.ok((waits[round] ?? 0) >= atLeast - 2, String(waits));
  });

  test('hold a second connection of the guesser back, and nobody else', async () => {
    const limits = { loginDelayMs: 600, failedLogins: 10 };
    await using server = await startServer({ limits, exemptNetworks: [] });
    await using first = await server.connect();
    await first.authTls();
    await using second = await server.connect();
    await second.authTls();
    await using other = await server.connect({ localAddress: '127.0.0.2' });
    await other.authTls();
    await first.expect(331, 'USER user');
    await first.send('PASS guess\r\n');
    await server.event('login');
    const startedAt = performance.now();
    await other.login('user', 'pass');
    const otherMs = performance.now() - startedAt;
    await second.login('user', 'pass');
    const secondMs = performance.now() - startedAt;
    assert.ok(otherMs < 500, `${otherMs} ms`);
    assert.ok(secondMs > 500, `${secondMs} ms`);
    assert.match(await first.readReply(), /^530 /);
  });
});

describe('an operator’s word', { skip }, () => {
  test('ends the sessions of a network, those with a login too', async () => {
    const bans = new BanList();
    await using folder = await createTempFolder();
    const file = folder.join('bans.db');
    const shared = new BanList({ file });
    await using server = await startServer({ bans: shared });
    await using user = await server.session({ localAddress: '127.0.0.7' });
    await using other = await server.session();
    const command = new BanList({ file });
    command.add('127.0.0.7', { untilMs: undefined, reason: 'enough', by: 'operator' });
    command.close();
    assert.equal(await user.readReply(), '421 Your address is banned');
    assert.equal((await server.event('session-closed')).detail, '127.0.0.7 is banned: enough');
    assert.equal(await other.command('NOOP'), '200 OK');
    shared.close();
    bans.close();
  });

  test('stays in force while the file of bans is damaged, which the log says once', async () => {
    await using folder = await createTempFolder();
    const file = folder.join('bans.db');
    const bans = new BanList({ file });
    bans.add('127.0.0.7', { untilMs: undefined, reason: 'enough', by: 'operator' });
    await using server = await startServer({ bans });
    await writeFile(
      folder.join('damaged'),
      'this is no database, and it is long enough to be looked at as one. '.repeat(20),
    );
    for (const name of [`${file}-wal`, `${file}-shm`]) await rm(name);
    await rename(folder.join('damaged'), file);
    for (let round = 0; round < 5; round += 1) {
      await using banned = await ScriptedClient.connect({ port: server.port, localAddress: '127.0.0.7' });
      assert.match(await banned.readReply(), /^421 Your address is banned/);
      await using _other = await server.connect();
    }
    assert.equal(server.eventsOf('ban-list-failed').length, 1);
    bans.close();
  });

  test('is heard by a running server through twinline ban, and taken back', async () => {
    await using folder = await createTempFolder();
    const args = ['--tls', 'off', '--user', 'anna:secret', '--root', '.', '--data-dir', folder.join('data')];
    await using serve = await startServe({ cwd: folder.path, args });
    const ban = (...words: string[]) =>
      runTwinline(['ban', ...words, '--db', folder.join('data', 'bans.db')], { cwd: folder.path });
    const greeting = async (): Promise<string> => {
      await using client = await ScriptedClient.connect({ port: serve.port, localAddress: '127.0.0.9' });
      return await client.readReply();
    };
    assert.match(await greeting(), /^220 /);
    assert.equal((await ban('list')).stdout.toString(), 'Nobody is banned.\n');
    assert.equal((await ban('add', '127.0.0.9', '--for', '1 h', '--reason', 'a test')).exitCode, 0);
    assert.match(await greeting(), /^421 Your address is banned until /);
    assert.match((await ban('list')).stdout.toString(), /^127\.0\.0\.9 +.* operator +a test$/m);
    const json = JSON.parse((await ban('list', '--json')).stdout.toString()) as { network: string; by: string };
    assert.deepEqual([json.network, json.by], ['127.0.0.9', 'operator']);
    assert.match((await ban('rm', '127.0.0.8')).stderr, /There is no ban of 127\.0\.0\.8; twinline ban list shows/);
    assert.equal((await ban('rm', '127.0.0.9')).stderr, 'Removed the ban of 127.0.0.9.\n');
    assert.match(await greeting(), /^220 /);
  });

  test('is refused in one sentence when it cannot be understood', async () => {
    await using folder = await createTempFolder();
    const cases: readonly (readonly [readonly string[], number, RegExp])[] = [
      [['forget'], 64, /"forget" is no action: use list, add or rm\./],
      [['add'], 64, /twinline ban add needs an address or a network\./],
      [['add', 'example.org'], 78, /"example\.org" is no network: write it as/],
      [['add', '192.0.2.1', '--for', 'long'], 64, /--for takes a time such as/],
      [['add', '192.0.2.1', '--reason', 'a\nb'], 64, /--reason must not hold line ends/],
    ];
    for (const [words, exitCode, message] of cases) {
      const result = await runTwinline(['ban', ...words], { cwd: folder.path });
      assert.deepEqual([result.exitCode, message.test(result.stderr)], [exitCode, true], result.stderr);
    }
  });
});
