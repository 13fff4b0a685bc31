/** How many may come: in all, from one address, without a login and in a TLS handshake; and what the others are told. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createTempFolder, ScriptedClient, startProcess } from '../../src/testing/index.ts';
import { cleanEnvironment, launcher } from '../fixtures/serve-process.ts';
import { startServer, type TestServer } from '../fixtures/start-server.ts';

const skip = process.platform === 'linux' ? false : 'only Linux has all of 127.0.0.0/8';

/** A connection without reading anything. */
function dial(server: TestServer, localAddress = '127.0.0.1', port = server.port): Promise<ScriptedClient> {
  return ScriptedClient.connect({ port, localAddress });
}

describe('too many sessions', { skip }, () => {
  test('of one address are refused with the reason, and other addresses are not', async () => {
    await using server = await startServer({ limits: { maxSessionsPerAddress: 2 }, exemptNetworks: [] });
    await using first = await server.connect();
    await using _second = await server.connect();
    await using third = await dial(server);
    assert.equal(await third.readReply(), '421 Too many sessions from your address, close some first');
    assert.equal((await third.control.ended).how, 'fin');
    await using _other = await server.connect({ localAddress: '127.0.0.2' });
    await first.expect(221, 'QUIT');
    await server.event('session-closed');
    await using _fourth = await server.connect();
    const [refused] = server.eventsOf('connection-refused');
    assert.deepEqual(
      [refused?.cause, refused?.remoteHost, refused?.unreported],
      ['too-many-from-address', '127.0.0.1', 0],
    );
  });

  test('are refused with a TLS alert where TLS is spoken from the first byte', async () => {
    await using server = await startServer({ limits: { maxSessions: 1 } });
    await using _first = await server.connect();
    await using second = await dial(server, '127.0.0.1', server.implicitPort);
    await assert.rejects(second.startTls(), /access denied/);
    assert.equal(server.eventsOf('connection-refused')[0]?.cause, 'too-many-sessions');
  });

  test('that are refused all at once cost a bounded number of descriptors and log lines', async () => {
    await using server = await startServer({ limits: { maxSessions: 1 } });
    await using first = await server.connect();
    const flood = await Promise.all(Array.from({ length: 600 }, () => dial(server)));
    const told = flood.map((client) => client.readReply().catch(() => 'reset'));
    assert.ok(server.server.counts().socket <= 257, String(server.server.counts().socket));
    const replies = new Set(await Promise.all(told));
    assert.ok(replies.has('421 Too many sessions, try again later'));
    assert.ok(server.eventsOf('connection-refused').length < 200);
    for (const client of flood) client.close();
    assert.equal(await first.command('NOOP'), '200 OK');
  });
});

describe('too many connections without a login', { skip }, () => {
  const limits = { maxUnauthenticated: 4, maxUnauthenticatedPerAddress: 2 };

  test('of one address: the oldest goes with 421, and who is logged in stays', async () => {
    await using server = await startServer({ limits, exemptNetworks: [] });
    await using user = await server.session();
    await using oldest = await server.connect();
    await using _middle = await server.connect();
    await using _newest = await server.connect();
    assert.match(await oldest.readReply(), /^421 Too many connections without a login/);
    assert.equal((await server.event('session-closed')).cause, 'too-many-unauthenticated');
    assert.equal(await user.command('NOOP'), '200 OK');
  });

  test('in all: the oldest of the address that has most of them goes, and a client from elsewhere logs in', async () => {
    await using server = await startServer({
      limits: { ...limits, maxUnauthenticatedPerAddress: 3 },
      exemptNetworks: [],
    });
    await using patient = await server.connect({ localAddress: '127.0.0.3' });
    await using flood = await server.connect({ localAddress: '127.0.0.2' });
    await using _second = await server.connect({ localAddress: '127.0.0.2' });
    await using _third = await server.connect({ localAddress: '127.0.0.2' });
    await using late = await server.connect({ localAddress: '127.0.0.4' });
    assert.match(await flood.readReply(), /^421 /);
    for (const honest of [patient, late]) {
      await honest.authTls();
      await honest.login('user', 'pass');
    }
  });

  test('a session that has logged out counts again', async () => {
    await using server = await startServer({ limits, exemptNetworks: [], tls: 'optional' });
    await using client = await server.session({ protection: 'plain' });
    await client.expect(331, 'USER other');
    await using _second = await server.connect();
    await using _third = await server.connect();
    assert.match(await client.readReply(), /^421 /);
  });
});

describe('half-open TLS handshakes', { skip }, () => {
  test('1,000 of them from one address do not keep an honest client of that address from its login', async () => {
    const limits = { maxUnauthenticatedPerAddress: 100, maxHandshakes: 50 };
    await using server = await startServer({ limits, exemptNetworks: [] });
    const silent: ScriptedClient[] = [];
    for (let count = 0; count < 1000; count += 50) {
      silent.push(
        ...(await Promise.all(Array.from({ length: 50 }, () => dial(server, '127.0.0.1', server.implicitPort)))),
      );
    }
    await server.event('session-opened', 1000, 20_000);
    const startedAt = performance.now();
    await using honest = await server.connect();
    await honest.authTls();
    await honest.login('user', 'pass');
    const tookMs = performance.now() - startedAt;
    assert.ok(tookMs < 3000, `${tookMs} ms`);
    assert.ok(server.server.counts().session <= 51, String(server.server.counts().session));
    for (const client of silent) client.close();
  });

  test('a client that goes in its handshake leaves nothing behind', async () => {
    await using server = await startServer();
    await using implicit = await dial(server, '127.0.0.1', server.implicitPort);
    await server.event('session-opened');
    implicit.control.fin();
    assert.equal((await server.event('session-closed')).cause, 'control-fin');
    await using explicit = await server.connect();
    await explicit.expect(234, 'AUTH TLS');
    explicit.control.fin();
    await server.event('session-closed', 2);
  });

  test('a handshake that makes place for another ends by reset, and says why in the log', async () => {
    await using server = await startServer({ limits: { maxHandshakes: 1 } });
    await using first = await dial(server, '127.0.0.1', server.implicitPort);
    await server.event('session-opened');
    await using second = await server.connect();
    assert.match(await second.command('AUTH TLS'), /^234 /);
    assert.equal((await first.control.ended).how, 'reset');
    assert.equal((await server.event('session-closed')).cause, 'too-many-handshakes');
    await second.startTls();
    await second.login('user', 'pass');
  });
});

describe('a process with few descriptors', { skip }, () => {
  test('refuses connections with 421 before it runs out, keeps the sessions that it has, and takes new ones again', async () => {
    await using folder = await createTempFolder();
    const words = ['ulimit -n 160; exec "$@"', 'sh', process.execPath, launcher, 'serve', '--listen', '127.0.0.1:0'];
    const more = ['--tls', 'off', '--user', 'anna:secret', '--root', '.', '--log-format', 'json'];
    await using serve = await startProcess('sh', ['-c', ...words, ...more], {
      cwd: folder.path,
      env: cleanEnvironment,
    });
    const online = await serve.waitForLine(/"event":"listening".*"port":(\d+)/);
    const port = Number(online[1]);
    const clients: ScriptedClient[] = [];
    const greetings: string[] = [];
    for (let count = 0; count < 200 && !greetings.at(-1)?.startsWith('421'); count += 1) {
      const client = await ScriptedClient.connect({ port });
      clients.push(client);
      greetings.push(await client.readReply());
    }
    assert.equal(greetings.at(-1), '421 The server has no room for another connection now, try again later');
    const [first] = clients;
    await first?.login('anna', 'secret');
    const data = await first?.openPassive();
    assert.match((await first?.command('LIST')) ?? '', /^150 /);
    await data?.finish();
    assert.match((await first?.readReply()) ?? '', /^226 /);
    for (const client of clients.slice(1)) client.close();
    await first?.expect(200, 'NOOP');
    await using again = await ScriptedClient.connect({ port });
    assert.match(await again.readReply(), /^220 /);
    first?.close();
    assert.doesNotMatch(serve.output.stderr, /rror/);
  });
});
