/** New options for a running server: what counts at once, what for new sessions, and what stays. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { createServer as createTcpServer } from 'node:net';
import { once } from 'node:events';
import { ConfigError, Listener, type ServerOptions } from '../../src/server/index.ts';
import { freePort, ScriptedClient } from '../../src/testing/index.ts';
import { createMemoryUserStore, Secret } from '../../src/users/index.ts';
import { startServer, testCertificate, testUsers, type TestServer } from '../fixtures/start-server.ts';

type Options = Parameters<TestServer['server']['reconfigure']>[0];

async function optionsOf(more: Partial<ServerOptions> = {}): Promise<Options> {
  return {
    listeners: [{ host: '127.0.0.1', port: 0, mode: 'explicit' }],
    users: createMemoryUserStore({ users: testUsers }),
    tlsSettings: await testCertificate(),
    ...more,
  };
}

describe('a running server with new options', () => {
  test('gives new sessions the new ones, and leaves running ones what they began with', async () => {
    await using server = await startServer({ welcome: ['old'] });
    await using before = await server.session();
    await server.server.reconfigure(await optionsOf({ welcome: ['new'], limits: { maxLineBytes: 600 } }));
    await using after = await server.connect();
    assert.deepEqual(
      server
        .eventsOf('reply')
        .filter(({ code }) => code === 220)
        .map(({ lines }) => lines),
      [['old'], ['new']],
    );
    // A line that the new limit would refuse with 500.
    await before.expect(550, `SIZE ${'x/'.repeat(350)}x`);
    await after.expect(500, 'NOOP '.padEnd(700, 'x'));
  });

  test('asks the new users at the next login, also of sessions that run', async () => {
    await using server = await startServer();
    await using early = await server.connect();
    await using stays = await server.session();
    const users = createMemoryUserStore({ users: [{ name: 'fresh', password: new Secret('word') }] });
    await server.server.reconfigure(await optionsOf({ users }));
    await early.authTls();
    await early.login('fresh', 'word');
    await stays.expect(257, 'PWD');
    await using late = await server.connect();
    await late.authTls();
    await late.expect(331, 'USER user');
    await late.expect(530, 'PASS pass');
  });

  test('opens and closes listeners without dropping sessions', async () => {
    await using server = await startServer();
    await using client = await server.session();
    const kept = { host: '127.0.0.1', port: 0, mode: 'explicit' } as const;
    const other = { host: '127.0.0.1', port: await freePort(), mode: 'implicit' } as const;
    await server.server.reconfigure(await optionsOf({ listeners: [kept, other] }));
    assert.equal(server.eventsOf('listening').at(-1)?.port, other.port);
    (await ScriptedClient.connect({ host: '127.0.0.1', port: other.port, implicitTls: true })).close();
    await server.server.reconfigure(await optionsOf({ listeners: [other] }));
    assert.deepEqual(
      server.eventsOf('listener-closed').map(({ port }) => port),
      [server.implicitPort, server.port],
    );
    await assert.rejects(ScriptedClient.connect({ host: '127.0.0.1', port: server.port }), /ECONNREFUSED/);
    await client.expect(257, 'PWD');
  });

  test('changes the kind of a listener on the same port', async () => {
    await using server = await startServer();
    const port = await freePort();
    await server.server.reconfigure(await optionsOf({ listeners: [{ host: '127.0.0.1', port, mode: 'explicit' }] }));
    await server.server.reconfigure(await optionsOf({ listeners: [{ host: '127.0.0.1', port, mode: 'implicit' }] }));
    await using client = await ScriptedClient.connect({ host: '127.0.0.1', port, implicitTls: true });
    assert.match(await client.readReply(), /^220 /);
  });

  test('stays as it is when a port cannot be opened', async () => {
    await using server = await startServer({ welcome: ['old'] });
    await using occupant = createTcpServer().listen(0, '127.0.0.1');
    await once(occupant, 'listening');
    const { port } = occupant.address() as { port: number };
    const taken = { host: '127.0.0.1', port, mode: 'explicit' } as const;
    const options = await optionsOf({ listeners: [taken], welcome: ['new'] });
    await assert.rejects(server.server.reconfigure(options), { code: 'ERR_TWINLINE_LISTEN' });
    await using client = await server.connect();
    assert.deepEqual(server.eventsOf('reply').at(-1)?.lines, ['old']);
    await client.expect(221, 'QUIT');
  });

  test('stays as it is when a setting cannot be', async () => {
    await using server = await startServer();
    const options = await optionsOf({ passiveHost: '192.0.2.300', listeners: [] });
    await assert.rejects(server.server.reconfigure(options), ConfigError);
    await using client = await server.connect();
    await client.expect(221, 'QUIT');
  });

  test('demands TLS of new sessions, or no more', async () => {
    await using server = await startServer({ tls: 'off' });
    await using plain = await server.session({ protection: 'plain' });
    await server.server.reconfigure(await optionsOf({ tls: 'required' }));
    await plain.expect(257, 'PWD');
    await using refused = await server.connect();
    await refused.expect(530, 'USER user');
    await using secured = await server.session();
    const { tlsSettings: _none, ...without } = await optionsOf({ tls: 'off' });
    await server.server.reconfigure(without);
    await secured.expect(257, 'PWD');
    await refused.authTls();
    await using last = await server.session({ protection: 'plain' });
    await last.expect(257, 'PWD');
  });
});

test('a listener that is open before its server keeps connections until the server is there', async () => {
  const options = { host: '127.0.0.1', port: 0, mode: 'implicit' } as const;
  const [listener] = await Listener.openAll([options]);
  assert.ok(listener !== undefined);
  const early = ScriptedClient.connect({ host: '127.0.0.1', port: listener.address.port, implicitTls: true });
  await using server = await startServer({ listeners: [options], bound: [listener] });
  assert.equal(server.implicitPort, listener.address.port);
  await using client = await early;
  assert.match(await client.readReply(), /^220 /);
});
