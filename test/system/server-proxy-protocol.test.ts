/** Clients behind a proxy that sends the PROXY protocol: their own address counts, and nobody else may claim one. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type ProxyHeader, serialiseProxyHeader } from '../../src/protocol/index.ts';
import { createTempFolder, ScriptedClient } from '../../src/testing/index.ts';
import { startServe } from '../fixtures/serve-process.ts';
import { startServer, type TestServer } from '../fixtures/start-server.ts';

const proxyProtocolFrom = ['127.0.0.1'];

function headerFor(host: string, destination = '198.51.100.7'): ProxyHeader {
  return { kind: 'proxied', source: { host, port: 50_123 }, destination: { host: destination, port: 21 } };
}

interface Behind {
  readonly version?: 1 | 2;
  readonly header?: ProxyHeader;
  readonly implicit?: boolean;
}

/** A client as the proxy connects it: the header first. */
async function connectBehind(server: TestServer, options: Behind = {}): Promise<ScriptedClient> {
  const { version = 2, header = headerFor('192.0.2.1'), implicit = false } = options;
  const client = await ScriptedClient.connect({ port: implicit ? server.implicitPort : server.port });
  await client.send(serialiseProxyHeader(header, version));
  if (implicit) await client.startTls();
  assert.match(await client.readReply(), /^220 /);
  return client;
}

async function logIn(client: ScriptedClient): Promise<void> {
  if (client.control.tls === undefined) await client.authTls();
  await client.login('user', 'pass');
  await client.protect();
  await client.expect(200, 'TYPE I');
}

/** A data line as the proxy connects it. */
async function dataLine(client: ScriptedClient, port: number, header: ProxyHeader, version: 1 | 2 = 2) {
  const line = await client.connectData(port);
  await line.write(serialiseProxyHeader(header, version));
  return line;
}

function portOf(reply: string): number {
  return Number(/\|\|\|(\d+)\|/.exec(reply)?.[1]);
}

describe('behind a trusted proxy', () => {
  for (const version of [1, 2] as const) {
    for (const implicit of [false, true]) {
      test(`a client is known by its own address: version ${version}, ${implicit ? 'implicit' : 'explicit'} TLS`, async () => {
        await using server = await startServer({ proxyProtocolFrom });
        await server.write('/a', Buffer.from('content'));
        await using client = await connectBehind(server, { version, implicit });
        await logIn(client);
        const [opened] = server.eventsOf('session-opened');
        assert.deepEqual([opened?.remoteHost, opened?.remotePort], ['192.0.2.1', 50_123]);
        assert.match(await client.expect(211, 'STAT'), /Connected from 192\.0\.2\.1/);
        const line = await dataLine(client, portOf(await client.expect(229, 'EPSV')), headerFor('192.0.2.1'), version);
        await line.startTls({ session: client.control.sessions.at(-1) });
        await client.expect(150, 'RETR a');
        assert.equal((await line.readToEnd()).toString(), 'content');
        line.closeNotifyThenFin();
        assert.match(await client.readReply(), /^226 /);
      });
    }
  }

  test('data lines are held to the policy of session reuse', async () => {
    for (const [sessionReuse, resumes, isTaken] of [
      ['require', true, true],
      ['require', false, false],
      ['require-or-equivalent', false, true],
    ] as const) {
      await using server = await startServer({ proxyProtocolFrom, sessionReuse });
      await server.write('/a', Buffer.from('content'));
      await using client = await connectBehind(server);
      await logIn(client);
      const line = await dataLine(client, portOf(await client.expect(229, 'EPSV')), headerFor('192.0.2.1'));
      const session = resumes ? client.control.sessions.at(-1) : undefined;
      await line.startTls(session && { session }).catch(() => undefined);
      await client.expect(150, 'RETR a');
      if (isTaken) assert.equal((await line.finish()).toString(), 'content');
      assert.match(await client.readReply(), isTaken ? /^226 / : /^522 /);
    }
  });

  test('CCC works there too', async () => {
    await using server = await startServer({ proxyProtocolFrom, ccc: true });
    await using client = await connectBehind(server);
    await logIn(client);
    await client.expect(200, 'CCC');
    client.control.raw.write('QUIT\r\n');
    assert.equal((await server.event('session-closed')).cause, 'quit');
  });

  test('the header may come byte by byte, and commands right behind it', async () => {
    await using server = await startServer({ proxyProtocolFrom, tls: 'optional' });
    await using client = await ScriptedClient.connect({ port: server.port });
    for (const byte of serialiseProxyHeader(headerFor('192.0.2.1'), 2)) await client.send(Uint8Array.of(byte));
    assert.match(await client.readReply(), /^220 /);
    await using other = await ScriptedClient.connect({ port: server.port });
    await other.send(Buffer.concat([serialiseProxyHeader(headerFor('192.0.2.1'), 1), Buffer.from('NOOP\r\n')]));
    assert.match(await other.readReply(), /^220 /);
    assert.equal(await other.readReply(), '200 OK');
  });

  test('PASV announces the address of the proxy, and PORT may name that of the client alone', async () => {
    await using server = await startServer({ proxyProtocolFrom });
    await using client = await connectBehind(server);
    await logIn(client);
    assert.match(await client.expect(227, 'PASV'), /\(198,51,100,7,\d+,\d+\)/);
    assert.match(await client.command('PORT 127,0,0,1,200,200'), /^504 PORT to another address than 192\.0\.2\.1 /);
    assert.match(await client.command('PORT 192,0,2,1,200,200'), /^200 /);
  });

  test('the family is that of the client: EPSV 2 and no PASV for IPv6, also where the server has IPv4', async () => {
    await using server = await startServer({ proxyProtocolFrom });
    await server.write('/a', Buffer.from('six'));
    await using client = await connectBehind(server, { header: headerFor('2001:db8::9', '2001:db8::1') });
    await logIn(client);
    assert.match(await client.command('PASV'), /^425 /);
    assert.match(await client.command('EPSV 1'), /^522 .*\(2\)/);
    const line = await dataLine(
      client,
      portOf(await client.expect(229, 'EPSV 2')),
      headerFor('2001:db8::9', '2001:db8::1'),
    );
    await line.startTls();
    await client.expect(150, 'RETR a');
    assert.equal((await line.readToEnd()).toString(), 'six');
    line.closeNotifyThenFin();
    assert.match(await client.readReply(), /^226 /);
  });

  test('a data connection of another client, of the proxy itself or without a header does not use up the port', async () => {
    await using server = await startServer({ proxyProtocolFrom });
    await server.write('/a', Buffer.from('mine'));
    await using client = await connectBehind(server);
    await logIn(client);
    const port = portOf(await client.expect(229, 'EPSV'));
    for (const header of [headerFor('192.0.2.2'), { kind: 'local' } as const]) {
      assert.equal((await (await dataLine(client, port, header)).ended).how, 'reset');
    }
    const bare = await client.connectData(port);
    await bare.write('GET / HTTP/1.1\r\n\r\n');
    assert.equal((await bare.ended).how, 'reset');
    assert.deepEqual(
      server.eventsOf('data-peer-refused').map(({ from }) => from),
      ['192.0.2.2', '127.0.0.1', '127.0.0.1'],
    );
    const line = await dataLine(client, port, headerFor('192.0.2.1'));
    await line.startTls();
    await client.expect(150, 'RETR a');
    assert.equal((await line.readToEnd()).toString(), 'mine');
    line.closeNotifyThenFin();
    assert.match(await client.readReply(), /^226 /);
  });

  test('limits and bans count for the address of the client, and not for the proxy', async () => {
    const limits = { banAfter: 2, loginDelayMs: 1, maxSessionsPerAddress: 3 };
    await using server = await startServer({ proxyProtocolFrom, limits, exemptNetworks: [] });
    await using guesser = await connectBehind(server, { header: headerFor('192.0.2.66') });
    await guesser.authTls();
    await guesser.expect(331, 'USER user');
    await guesser.expect(530, 'PASS guess');
    await guesser.expect(331, 'USER user');
    assert.match(await guesser.command('PASS guess'), /^421 Your address is banned/);
    assert.equal(server.eventsOf('banned')[0]?.network, '192.0.2.66');
    await using again = await ScriptedClient.connect({ port: server.port });
    await again.send(serialiseProxyHeader(headerFor('192.0.2.66'), 2));
    assert.match(await again.readReply(), /^421 Your address is banned/);
    const others = await Promise.all(
      [1, 2, 3, 4].map((last) => connectBehind(server, { header: headerFor(`192.0.2.${last}`) })),
    );
    for (const other of others) other.close();
  });

  test('LOCAL is the proxy’s own look at the server', async () => {
    await using server = await startServer({ proxyProtocolFrom });
    await using client = await connectBehind(server, { header: { kind: 'local' } });
    assert.equal(server.eventsOf('session-opened')[0]?.remoteHost, '127.0.0.1');
    await client.expect(221, 'QUIT');
  });
});

describe('a header that is missing, wrong or late', () => {
  for (const [name, bytes] of [
    ['none', 'USER anna\r\n'],
    ['a wrong one', 'PROXY TCP4 192.0.2.300 198.51.100.7 1 2\r\n'],
  ] as const) {
    test(`${name}: 421 that says so, and no session`, async () => {
      await using server = await startServer({ proxyProtocolFrom });
      await using client = await ScriptedClient.connect({ port: server.port });
      await client.send(bytes);
      assert.equal(await client.readReply(), '421 A PROXY protocol header is expected in front of this connection');
      const [refused] = server.eventsOf('connection-refused');
      assert.equal(refused?.cause, 'no-proxy-header');
      assert.match(refused.detail, /; --proxy-protocol-from says that one comes from there$/);
      assert.deepEqual(server.eventsOf('session-opened'), []);
    });
  }

  test('late: after its deadline', async () => {
    await using server = await startServer({ proxyProtocolFrom, limits: { proxyHeaderMs: 50 } });
    await using client = await ScriptedClient.connect({ port: server.port });
    await client.send('PROXY TCP4 ');
    assert.match(await client.readReply(), /^421 A PROXY protocol header is expected/);
    assert.match(server.eventsOf('connection-refused')[0]?.detail ?? '', /^no header came within 0\.05 s/);
  });

  test('and one that goes before it leaves nothing behind, also when the server stops', async () => {
    await using server = await startServer({ proxyProtocolFrom });
    await using gone = await ScriptedClient.connect({ port: server.port });
    gone.control.reset();
    await using waiting = await ScriptedClient.connect({ port: server.port });
    await waiting.send('PRO');
    await server.event('connection-refused');
    await server.server.close();
    await waiting.control.ended;
  });
});

describe('a header from somebody who is not trusted with it', () => {
  for (const version of [1, 2] as const) {
    test(`ends the session, and the address in it counts for nothing: version ${version}`, async () => {
      await using server = await startServer({ proxyProtocolFrom: ['192.0.2.10'] });
      await using client = await server.connect();
      await client.send(serialiseProxyHeader(headerFor('192.0.2.1'), version));
      assert.match(await client.readReply(), /^421 /);
      const closed = await server.event('session-closed');
      assert.deepEqual([closed.cause, closed.remoteHost], ['other-protocol', '127.0.0.1']);
      assert.match(closed.detail, /--proxy-protocol-from does not name/);
    });
  }

  test('is not read on a data connection', async () => {
    await using server = await startServer({ tls: 'off' });
    await using client = await server.connect();
    await client.login('user', 'pass');
    await client.expect(200, 'TYPE I');
    const line = await dataLine(client, portOf(await client.expect(229, 'EPSV')), headerFor('192.0.2.1'), 1);
    await client.expect(150, 'STOR a');
    line.fin();
    assert.match(await client.readReply(), /^226 /);
    assert.match((await server.read('/a'))?.toString() ?? '', /^PROXY TCP4 192\.0\.2\.1 /);
  });
});

test('twinline serve takes --proxy-protocol-from', async () => {
  await using folder = await createTempFolder();
  const args = ['--tls', 'off', '--user', 'anna:secret', '--root', '.', '--proxy-protocol-from', '127.0.0.0/8'];
  await using serve = await startServe({ cwd: folder.path, args });
  await using client = await ScriptedClient.connect({ port: serve.port });
  await client.send(serialiseProxyHeader(headerFor('192.0.2.1'), 1));
  assert.match(await client.readReply(), /^220 /);
  await serve.waitForLine(/"event":"session-opened".*"remoteHost":"192\.0\.2\.1"/);
});
