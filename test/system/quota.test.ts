/** What a user may fill, over real sockets: REST, APPE, renames, parallel sessions, and a server that was killed. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createLocalStorage } from '../../src/storage/index.ts';
import { createTempFolder, type ScriptedClient } from '../../src/testing/index.ts';
import { type MemoryUser, Secret } from '../../src/users/index.ts';
import { refusal, upload } from '../fixtures/clear-transfers.ts';
import { startServer, type TestServer, type TestServerOptions } from '../fixtures/start-server.ts';

const password = new Secret('pass');
const anna: MemoryUser = { name: 'anna', password, home: '/anna', quotaBytes: 100_000 };

async function start(users: readonly MemoryUser[] = [anna], more: TestServerOptions = {}): Promise<TestServer> {
  const server = await startServer({ tls: 'optional', users, ...more });
  await server.storage.makeDirectory('/anna').catch(() => undefined);
  return server;
}

const logIn = (server: TestServer, user = 'anna'): Promise<ScriptedClient> =>
  server.session({ user, protection: 'plain' });

async function free(client: ScriptedClient): Promise<number> {
  return Number(/^213 (\d+)/.exec(await client.command('AVBL'))?.[1]);
}

describe('a quota of bytes', () => {
  test('ends an upload with 552 and a reset when it is crossed, and leaves nothing behind', async () => {
    await using server = await start();
    await using client = await logIn(server);
    const line = await client.openPassive();
    await client.expect(150, 'STOR big');
    await line.write(Buffer.alloc(2_000_000)).catch(() => undefined);
    assert.match(await client.readReply(), /^552 .*quota of 100000 bytes has no room for this/);
    assert.equal((await line.ended).how, 'reset');
    const { transfer } = await server.event('transfer');
    assert.equal(transfer.cause, 'quota');
    assert.equal(await free(client), 100_000);
    assert.match(await client.command('SIZE big'), /^550/);
    assert.match(await upload(client, 'STOR fits', Buffer.alloc(100_000)), /^226/);
    assert.match(await refusal(client, 'STOR more'), /^552 /);
  });

  test('counts REST, APPE, overwriting, deleting and renaming', async () => {
    await using server = await start();
    await using client = await logIn(server);
    assert.match(await upload(client, 'STOR a', Buffer.alloc(60_000)), /^226/);
    assert.match(await upload(client, 'APPE a', Buffer.alloc(30_000)), /^226/);
    assert.equal(await free(client), 10_000);
    assert.match(await upload(client, 'APPE a', Buffer.alloc(30_000)), /^552/);
    assert.equal(await free(client), 10_000);
    await client.expect(350, 'REST 80000');
    assert.match(await upload(client, 'STOR a', Buffer.alloc(30_000)), /^552/);
    await client.expect(350, 'REST 80000');
    assert.match(await upload(client, 'STOR a', Buffer.alloc(20_000)), /^226/);
    assert.equal(await free(client), 0);
    assert.match(await upload(client, 'STOR a', Buffer.alloc(50_000)), /^226/);
    assert.match(await upload(client, 'STOR b', Buffer.alloc(20_000)), /^226/);
    await client.expect(350, 'RNFR b');
    await client.expect(250, 'RNTO a');
    assert.equal(await free(client), 80_000);
    await client.expect(250, 'DELE a');
    assert.equal(await free(client), 100_000);
  });

  test('counts copies and files put together', async () => {
    await using server = await start();
    await using client = await logIn(server);
    assert.match(await upload(client, 'STOR a', Buffer.alloc(40_000)), /^226/);
    await client.expect(250, 'SITE COPY a b');
    assert.match(await client.command('SITE COPY a c'), /^552/);
    assert.equal(await free(client), 20_000);
    assert.match(await client.command('COMB "c" "a" "b"'), /^552/);
    assert.equal(await free(client), 20_000);
    await client.expect(250, 'DELE b');
    await client.expect(250, 'COMB "c" "a"');
    assert.equal(await free(client), 60_000);
  });

  test('is told early where ALLO gives the size', async () => {
    await using server = await start();
    await using client = await logIn(server);
    assert.match(await client.command('ALLO 100001'), /^552 .*quota of 100000/);
    assert.match(await upload(client, 'STOR a', Buffer.alloc(60_000)), /^226/);
    await client.expect(200, 'ALLO 50000');
    assert.match(await refusal(client, 'STOR b'), /^552/);
    await client.expect(200, 'ALLO 100000');
    assert.match(await upload(client, 'STOR a', Buffer.alloc(100_000)), /^226/);
    assert.match(await client.command('SITE QUOTA'), /Bytes: 100000 of 100000, 0 left/);
  });

  test('is shared by parallel sessions of a user, to the byte', async () => {
    await using server = await start();
    const clients = await Promise.all(Array.from({ length: 5 }, () => logIn(server)));
    const answers = await Promise.all(clients.map((client, i) => upload(client, `STOR ${i}`, Buffer.alloc(30_000))));
    assert.equal(answers.filter((answer) => answer.startsWith('226')).length, 3, answers.join('|'));
    const [client] = clients;
    assert.ok(client);
    assert.equal(await free(client), 10_000);
    for (const one of clients) one.close();
  });

  test('counts what was there before, interrupted uploads and the work of others', async () => {
    await using folder = await createTempFolder();
    mkdirSync(folder.join('anna'));
    writeFileSync(folder.join('anna/old'), Buffer.alloc(30_000));
    const open = () => createLocalStorage({ root: folder.path, durability: 'rename' });
    const admin: MemoryUser = { name: 'admin', password };
    {
      await using server = await start([anna], { files: await open() });
      await using client = await logIn(server);
      assert.equal(await free(client), 70_000);
      const line = await client.openPassive();
      await client.expect(150, 'STOR half');
      await line.write(Buffer.alloc(20_000));
      for (let told = 0; told < 20_000;) {
        told = Number(/: (\d+) bytes transferred/.exec(await client.command('STAT'))?.[1] ?? 0);
      }
      line.reset();
      assert.match(await client.readReply(), /^426/);
      assert.equal(await free(client), 50_000);
    }
    // Nothing was written down: what is on disk is what counts after a restart, however the end came.
    await using server = await start([anna, admin], { files: await open() });
    await using client = await logIn(server);
    await using other = await logIn(server, 'admin');
    assert.equal(await free(client), 50_000);
    assert.match(await upload(other, 'STOR /anna/gift', Buffer.alloc(45_000)), /^226/);
    assert.equal(await free(client), 5_000);
    assert.match(await upload(client, 'STOR more', Buffer.alloc(6_000)), /^552/);
    await client.expect(350, 'REST 20000');
    assert.match(await upload(client, 'STOR half', Buffer.alloc(5_000)), /^226/);
    assert.equal(await free(client), 0);
    await client.expect(250, 'DELE gift');
    assert.equal(await free(client), 45_000);
  });
});

describe('sizes and offsets at their ends', () => {
  const offsets = ['-1', '9007199254740992', '18446744073709551616', '1e3', '0x10', '1.5', ' 5', '+5', ''];

  test('REST and ALLO refuse what is no count of bytes', async () => {
    await using server = await start();
    await using client = await logIn(server);
    for (const offset of offsets) {
      assert.match(await client.command(`REST ${offset}`), /^50[14]/, `REST ${offset}`);
      assert.match(await client.command(`ALLO ${offset}`), /^501/, `ALLO ${offset}`);
    }
  });

  test('REST beyond the end changes nothing, for STOR, RETR and APPE', async () => {
    await using server = await start();
    await using client = await logIn(server);
    assert.match(await upload(client, 'STOR a', 'content'), /^226/);
    for (const offset of ['8', '4294967296', '9007199254740991']) {
      await client.expect(350, `REST ${offset}`);
      assert.match(await refusal(client, 'STOR a'), /^554/);
      await client.expect(350, `REST ${offset}`);
      assert.match(await refusal(client, 'RETR a'), /^554/);
      await client.expect(350, `REST ${offset}`);
      assert.match(await refusal(client, 'STOR none'), /^554/);
    }
    assert.equal((await server.read('/anna/a'))?.toString(), 'content');
    assert.equal(await free(client), 99_993);
  });

  test('a quota of nothing takes nothing', async () => {
    await using server = await start([{ ...anna, quotaBytes: 0 }]);
    await using client = await logIn(server);
    assert.equal(await free(client), 0);
    assert.match(await refusal(client, 'STOR a'), /^552/);
    assert.match(await refusal(client, 'APPE a'), /^552/);
  });
});
