/** Every deadline of the server with a short limit: its reply, its cause in the log, and what must not run into it. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { hashOf, runCommand, ScriptedClient, seededBytes } from '../../src/testing/index.ts';
import { missingProgram } from '../fixtures/installed-program.ts';
import { protections, startServer, type TestServer } from '../fixtures/start-server.ts';

/** Asserts that the session ended for this cause, not before `atLeastMs` after it began. */
async function assertEnded(server: TestServer, cause: string, atLeastMs: number): Promise<void> {
  const closed = await server.event('session-closed');
  assert.equal(closed.cause, cause);
  const opened = server.eventsOf('session-opened')[0]?.at ?? 0;
  assert.ok(closed.at - opened >= atLeastMs - 5, `${closed.at - opened} ms`);
}

describe('deadlines of the control line', () => {
  test('no login in time: 421 with the seconds', async () => {
    await using server = await startServer({ limits: { loginMs: 150 } });
    await using client = await server.connect();
    assert.match(await client.readReply(), /^421 No login within 0\.15 s/);
    assert.equal((await client.control.ended).how, 'fin');
    client.close();
    await assertEnded(server, 'login-timeout', 150);
  });

  test('neither TLS nor bad passwords put the login deadline off', async () => {
    await using server = await startServer({ limits: { loginMs: 200, loginDelayMs: 1, failedLogins: 100_000 } });
    await using client = await server.connect();
    await client.authTls();
    let reply = '';
    while (!reply.startsWith('421')) reply = await client.command(reply.startsWith('331') ? 'PASS no' : 'USER user');
    client.close();
    await assertEnded(server, 'login-timeout', 200);
  });

  test('a session that has logged in outlives the login deadline', async () => {
    await using server = await startServer({ limits: { loginMs: 100 } });
    await using client = await server.session();
    await sleep(150);
    assert.equal(await client.command('NOOP'), '200 OK');
  });

  for (const [mode, implicitTls] of [
    ['AUTH', false],
    ['implicit', true],
  ] as const) {
    test(`no TLS handshake in time (${mode}): the session ends with its own cause`, async () => {
      await using server = await startServer({ limits: { tlsHandshakeMs: 150 } });
      await using client = await ScriptedClient.connect({ port: implicitTls ? server.implicitPort : server.port });
      if (!implicitTls) {
        await client.readReply();
        await client.expect(234, 'AUTH TLS');
      }
      await client.send(Buffer.from('160301', 'hex'));
      await client.control.ended;
      await assertEnded(server, 'tls-timeout', 150);
    });
  }

  test('no command in time: 421 with the seconds', async () => {
    await using server = await startServer({ limits: { idleMs: 200 } });
    await using client = await server.session();
    for (let i = 0; i < 3; i += 1) {
      await sleep(100);
      assert.equal(await client.command('NOOP'), '200 OK');
    }
    assert.match(await client.readReply(), /^421 No command within 0\.2 s/);
    assert.equal((await client.control.ended).how, 'close-notify');
    client.close();
    await assertEnded(server, 'idle', 500);
  });

  test('a session that moves data is never idle, and has its whole time again afterwards', async () => {
    await using server = await startServer({ limits: { idleMs: 200 } });
    await using client = await server.session();
    const line = await client.openPassive({ tls: true });
    await client.expect(150, 'STOR up');
    await line.secured;
    for (let i = 0; i < 6; i += 1) {
      await line.write('x');
      await sleep(100);
    }
    line.closeNotifyThenFin();
    assert.match(await client.readReply(), /^226 /);
    await sleep(100);
    assert.equal(await client.command('NOOP'), '200 OK');
  });
});

describe('deadlines of the data line', () => {
  test('nobody comes to the passive port: it closes, and the transfer is told why', async () => {
    await using server = await startServer({ limits: { dataConnectMs: 120 } });
    await using client = await server.session();
    const port = Number(/\|\|\|(\d+)\|/.exec(await client.expect(229, 'EPSV'))?.[1]);
    await client.expect(150, 'NLST');
    const reply = await client.readReply();
    assert.match(reply, new RegExp(`^425 .*127\\.0\\.0\\.1:${port} within 0\\.12 s.*firewall`));
    assert.equal((await server.event('transfer')).transfer.cause, 'no-data-connection');
    await assert.rejects(client.connectData(port), /ECONNREFUSED/);
  });

  test('nobody comes, and the transfer command comes after that', async () => {
    await using server = await startServer({ limits: { dataConnectMs: 50 } });
    await using client = await server.session();
    await client.expect(229, 'EPSV');
    while (server.server.counts().listener > 2) await sleep(10);
    assert.match(await client.command('NLST'), /^425 No data connection came to 127\.0\.0\.1:\d+ within 0\.05 s/);
    assert.match(await client.command('NLST'), /^425 /);
  });

  test('a data connection that no transfer wants is reset after a while', async () => {
    await using server = await startServer({ tls: 'optional', limits: { dataConnectMs: 80 } });
    await using client = await server.session({ protection: 'plain' });
    const line = await client.openPassive();
    assert.equal((await line.ended).how, 'reset');
    assert.match(await client.command('NLST'), /^425 .*waited too long/);
  });

  for (const begin of [Buffer.alloc(0), Buffer.from('160301', 'hex')]) {
    test(`no TLS handshake on the data line in time after ${begin.length} bytes: 522 that says so`, async () => {
      await using server = await startServer({ limits: { tlsHandshakeMs: 120 } });
      await using client = await server.session();
      const line = await client.openPassive();
      if (begin.length > 0) await line.write(begin);
      await client.expect(150, 'NLST');
      assert.match(await client.readReply(), /^522 No TLS handshake came on the data connection within 0\.12 s/);
      assert.equal((await line.ended).how, 'reset');
      assert.equal((await server.event('transfer')).transfer.cause, 'data-tls-failed');
    });
  }

  test('the client closes the data line, or speaks something else, instead of TLS', async () => {
    await using server = await startServer();
    await using client = await server.session();
    const closing = await client.openPassive();
    closing.fin();
    await closing.ended;
    assert.match(await client.command('NLST'), /^522 .*without a TLS handshake/);
    const babble = await client.openPassive();
    await client.expect(150, 'STOR up');
    await babble.write('this is in clear\r\n');
    assert.match(await client.readReply(), /^522 TLS negotiation failed on the data connection/);
    assert.equal(await server.read('/up'), undefined);
  });
});

for (const protection of protections) {
  describe(`stalls over ${protection}`, () => {
    const limits = { stallMs: 300 };
    const start = (): Promise<TestServer> => startServer({ tls: 'optional', limits });

    test('a reader that reads nothing: reset, 426 with the seconds', async () => {
      await using server = await start();
      await server.write('/big', seededBytes(24 * 1024 * 1024, 3));
      await using client = await server.session({ protection });
      const line = await client.openPassive({ tls: protection !== 'plain' });
      await line.secured;
      line.pause();
      await client.expect(150, 'RETR big');
      assert.match(await client.readReply(), /^426 .*no data moved for 0\.3 s/);
      line.discard();
      line.resume();
      const ending = await line.ended;
      assert.equal(ending.how, 'reset');
      assert.equal(ending.closeNotifyAtMs, undefined);
      const { transfer } = await server.event('transfer');
      assert.equal(transfer.cause, 'stalled');
      assert.ok(transfer.durationMs >= 300);
      assert.equal(await client.command('NOOP'), '200 OK');
    });

    test('a writer that writes nothing more: reset, 426, and what came can be resumed', async () => {
      await using server = await start();
      await using client = await server.session({ protection });
      const line = await client.openPassive({ tls: protection !== 'plain' });
      await client.expect(150, 'STOR up');
      await line.secured;
      await line.write('12345');
      assert.match(await client.readReply(), /^426 .*no data moved for 0\.3 s/);
      assert.equal((await line.ended).how, 'reset');
      assert.equal((await server.event('transfer')).transfer.cause, 'stalled');
      assert.equal(await server.read('/up'), undefined);
      assert.equal(await client.command('SIZE up'), '213 5');
    });

    test('a writer at a few bytes a second, for many times the stall time, is not cut', async () => {
      await using server = await start();
      await using client = await server.session({ protection });
      const line = await client.openPassive({ tls: protection !== 'plain' });
      await client.expect(150, 'STOR up');
      await line.secured;
      for (let i = 0; i < 12; i += 1) {
        await line.write('x');
        await sleep(100);
      }
      if (protection === 'plain') line.fin();
      else line.closeNotifyThenFin();
      assert.match(await client.readReply(), /^226 /);
      assert.equal((await server.read('/up'))?.length, 12);
    });
  });
}

/**
 * A slow reader's kernel closes the window and opens it again when megabytes have been read, or tells of it only when
 * it is probed. For all that time the server can write nothing, and nothing of what it wrote is acknowledged.
 */
describe('a slow reader', { concurrency: true }, () => {
  const skip = missingProgram('curl');
  test('is not cut though nothing moves for longer than the stall time', { skip }, async () => {
    await using server = await startServer({ limits: { stallMs: 300, closedWindowMs: 30_000 } });
    const size = 10_000_000;
    await server.write('/big', seededBytes(size, 4));
    const url = `ftp://user:pass@127.0.0.1:${server.port}/big`;
    const result = await runCommand('curl', ['-sS', '-k', '--ssl-reqd', '--limit-rate', '1500K', url]);
    assert.equal(result.stderr, '');
    assert.equal(hashOf(result.stdout), hashOf(seededBytes(size, 4)));
    const { transfer } = await server.event('transfer');
    assert.deepEqual([transfer.cause, transfer.bytes], ['completed', size]);
    assert.ok(transfer.durationMs > 1000, `${transfer.durationMs} ms`);
  });

  test('that reads nothing at all is cut when its own limit has passed', async () => {
    await using server = await startServer({ tls: 'optional', limits: { stallMs: 400, closedWindowMs: 1500 } });
    await server.write('/big', seededBytes(24 * 1024 * 1024, 4));
    await using client = await server.session({ protection: 'plain' });
    const line = await client.openPassive();
    line.pause();
    await client.expect(150, 'RETR big');
    assert.match(await client.readReply(), /^426 .*no data moved for 1\.5 s/);
    const { transfer } = await server.event('transfer');
    assert.equal(transfer.cause, 'stalled');
    assert.ok(transfer.durationMs >= 1500, `${transfer.durationMs} ms`);
    line.discard();
    line.resume();
    assert.equal((await line.ended).how, 'reset');
  });

  test('that has taken all and says nothing is no stall, and its file is complete', async () => {
    await using server = await startServer({ tls: 'optional', limits: { stallMs: 200, dataCloseMs: 600 } });
    await server.write('/a', Buffer.from('0123456789'));
    await using client = await server.session({ protection: 'plain' });
    const line = await client.openPassive();
    await client.expect(150, 'RETR a');
    assert.equal((await line.readToEnd()).toString(), '0123456789');
    assert.match(await client.readReply(), /^226 /);
    const { transfer } = await server.event('transfer');
    assert.ok(transfer.durationMs >= 595, `${transfer.durationMs} ms`);
  });
});
