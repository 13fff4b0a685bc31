/** Drain and close: what becomes of idle sessions, of transfers that end in time and of those that do not, and of new clients. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { createConnection } from 'node:net';
import { once } from 'node:events';
import { ScriptedClient, seededBytes } from '../../src/testing/index.ts';
import { createServer } from '../../src/server/index.ts';
import { createMemoryStorage } from '../../src/storage/index.ts';
import { createMemoryUserStore } from '../../src/users/index.ts';
import { protections, startServer, testUsers } from '../fixtures/start-server.ts';

const big = seededBytes(24 * 1024 * 1024, 12);

describe('drain', () => {
  for (const protection of protections) {
    test(`lets an upload and a download end, each with its own 226, before 421 (${protection})`, async () => {
      await using server = await startServer({ tls: 'optional' });
      await server.write('/big', big);
      const up = await server.session({ protection });
      const upLine = await up.openPassive({ tls: protection !== 'plain' });
      await up.expect(150, 'STOR a');
      await upLine.secured;
      const down = await server.session({ protection });
      const downLine = await down.openPassive({ tls: protection !== 'plain' });
      await downLine.secured;
      downLine.pause();
      await down.expect(150, 'RETR big');
      const idle = await server.session({ protection });

      const drained = server.server.drain(20_000);
      assert.match(await idle.readReply(), /^421 .*shutting down/);
      idle.close();
      const { sessions, transfers } = await server.event('draining');
      assert.deepEqual([sessions, transfers], [3, 2]);
      await assert.rejects(ScriptedClient.connect({ port: server.port }), /ECONNREFUSED/);

      await upLine.write('whole');
      if (protection === 'plain') upLine.fin();
      else upLine.closeNotifyThenFin();
      assert.equal(await up.readReply(), '226 Transfer OK');
      assert.match(await up.readReply(), /^421 .*shutting down/);
      downLine.discard();
      downLine.resume();
      await downLine.readToEnd();
      if (protection === 'plain') downLine.fin();
      else downLine.closeNotifyThenFin();
      assert.equal(await down.readReply(), '226 Transfer OK');
      assert.match(await down.readReply(), /^421 .*shutting down/);
      assert.equal(downLine.receivedBytes, big.length);
      assert.equal((await server.read('/a'))?.toString(), 'whole');
      up.close();
      down.close();
      assert.deepEqual(await drained, { finished: 2, cut: 0 });
      assert.ok(server.eventsOf('session-closed').every((event) => event.cause === 'drain'));
    });

    test(`cuts by reset what still runs when the time is over (${protection})`, async () => {
      await using server = await startServer({ tls: 'optional' });
      await server.write('/big', big);
      const down = await server.session({ protection });
      const downLine = await down.openPassive({ tls: protection !== 'plain' });
      await downLine.secured;
      downLine.pause();
      await down.expect(150, 'RETR big');
      const up = await server.session({ protection });
      const upLine = await up.openPassive({ tls: protection !== 'plain' });
      await up.expect(150, 'STOR a');
      await upLine.secured;
      await upLine.write('half');

      const drained = server.server.drain(100);
      for (const client of [down, up]) {
        let reply = await client.readReply();
        if (reply.startsWith('426')) reply = await client.readReply();
        assert.match(reply, /^421 .*shutting down/);
      }
      downLine.discard();
      downLine.resume();
      for (const line of [downLine, upLine]) {
        const ending = await line.ended;
        assert.equal(ending.how, 'reset');
        assert.equal(ending.closeNotifyAtMs, undefined);
      }
      down.close();
      up.close();
      assert.deepEqual(await drained, { finished: 0, cut: 2 });
      assert.deepEqual(
        server.eventsOf('transfer').map(({ transfer }) => [transfer.cause, transfer.verdict]),
        [
          ['drain', 'interrupted'],
          ['drain', 'interrupted'],
        ],
      );
      assert.equal(await server.read('/a'), undefined);
    });
  }

  test('ends at once when nobody is there, and may be followed by close', async () => {
    await using server = await startServer();
    assert.deepEqual(await server.server.drain(60_000), { finished: 0, cut: 0 });
    await server.server.close();
    assert.equal(server.eventsOf('offline').length, 1);
  });

  test('commands that wait behind a transfer are not begun any more', async () => {
    await using server = await startServer({ tls: 'optional' });
    await using client = await server.session({ protection: 'plain' });
    const line = await client.openPassive();
    await client.expect(150, 'STOR a');
    await line.write('whole');
    await client.send('MKD late\r\n');
    const drained = server.server.drain(20_000);
    line.fin();
    assert.equal(await client.readReply(), '226 Transfer OK');
    let reply = await client.readReply();
    if (reply.startsWith('257')) reply = await client.readReply();
    assert.match(reply, /^421 /);
    client.close();
    await drained;
  });
});

describe('close', () => {
  test('cuts everything at once, resolves when all is closed, and can be called again', async () => {
    await using server = await startServer({ tls: 'optional' });
    await server.write('/big', big);
    const clients: ScriptedClient[] = [];
    const lines = [];
    for (const protection of protections) {
      for (const command of ['RETR big', 'STOR a']) {
        const client = await server.session({ protection });
        const line = await client.openPassive({ tls: protection !== 'plain' });
        await line.secured;
        line.pause();
        await client.expect(150, command);
        clients.push(client);
        lines.push(line);
      }
      clients.push(await server.session({ protection }), await server.connect());
    }
    await Promise.all([server.server.close(), server.server.close()]);
    await server.server.close();
    assert.deepEqual(
      Object.entries(server.server.counts()).filter(([, count]) => count !== 0),
      [],
    );
    assert.equal(server.eventsOf('offline').length, 1);
    assert.ok(server.eventsOf('transfer').every(({ transfer }) => transfer.verdict === 'interrupted'));
    assert.equal(await server.read('/a'), undefined);
    for (const line of lines) {
      line.discard();
      line.resume();
      assert.equal((await line.ended).how, 'reset');
    }
    for (const client of clients) client.close();
  });

  test('in the middle of logins and handshakes leaves nothing behind', async () => {
    await using server = await startServer();
    const half = await server.connect();
    await half.expect(234, 'AUTH TLS');
    const implicit = createConnection({ port: server.implicitPort, host: '127.0.0.1' });
    implicit.on('error', () => undefined);
    await once(implicit, 'connect');
    const login = await server.connect();
    await login.authTls();
    await login.expect(331, 'USER user');
    await login.send('PASS wrong\r\n');
    await server.event('login');
    const passive = await server.session();
    await passive.expect(229, 'EPSV');
    const handshake = await server.session();
    await handshake.openPassive();
    await server.server.close();
    assert.deepEqual(
      Object.entries(server.server.counts()).filter(([, count]) => count !== 0),
      [],
    );
    for (const client of [half, login, passive, handshake]) client.close();
    implicit.destroy();
  });
});

describe('start', () => {
  test('names the port that is in use and what to do, and opens nothing else', async () => {
    await using server = await startServer({ tls: 'off' });
    const second = createServer({
      listeners: [
        { host: '127.0.0.1', port: 0, mode: 'explicit' },
        { host: '127.0.0.1', port: server.port, mode: 'explicit' },
      ],
      storage: createMemoryStorage(),
      users: createMemoryUserStore({ users: testUsers }),
    });
    await assert.rejects(second.start(), {
      code: 'ERR_TWINLINE_LISTEN',
      message: new RegExp(`^127\\.0\\.0\\.1:${server.port} is in use by another program; .*choose another port\\.$`),
    });
    assert.equal(second.counts().listener, 0);
  });

  test('reports where it listens, then that it is online', async () => {
    await using server = await startServer();
    assert.deepEqual(
      server.events.map((event) => (event.type === 'listening' ? `${event.mode} ${event.port}` : event.type)),
      [`explicit ${server.port}`, `implicit ${server.implicitPort}`, 'online'],
    );
  });
});
