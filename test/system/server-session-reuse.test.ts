/** The policies of session reuse: which data lines are accepted, what the others are told, and who cannot take a port away. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect as connectTcp, createServer, type Socket } from 'node:net';
import { constants } from 'node:crypto';
import type { ConnectionOptions } from 'node:tls';
import { type ScriptedClient, WatchedLine } from '../../src/testing/index.ts';
import { onlyVersion, startServer, type TestServer } from '../fixtures/start-server.ts';

const mustResume = /must resume the TLS session of its control connection.*session reuse/;

/** The ways in which clients come back. */
const ways: readonly (readonly [string, 'TLSv1.2' | 'TLSv1.3', ConnectionOptions])[] = [
  ['by a ticket of TLS 1.3', 'TLSv1.3', {}],
  ['by a ticket of TLS 1.2', 'TLSv1.2', {}],
  ['by its id on TLS 1.2', 'TLSv1.2', { secureOptions: constants.SSL_OP_NO_TICKET }],
];

/** What the newest line of `lines` can be resumed with. */
function sessionOf(line: WatchedLine): Buffer | undefined {
  return line.sessions.at(-1) ?? line.tls?.getSession();
}

async function portOf(client: ScriptedClient): Promise<number> {
  return Number(/\|\|\|(\d+)\|/.exec(await client.expect(229, 'EPSV'))?.[1]);
}

/** A connection to a port of the server from the client's own address, by somebody who is not the client. */
async function strangerOn(port: number): Promise<WatchedLine> {
  const raw = connectTcp({ port, host: '127.0.0.1', allowHalfOpen: true });
  await once(raw, 'connect');
  return new WatchedLine(raw);
}

/** A way to a port of the server on which what a client says behind its ClientHello lies still until `release`. */
async function heldBehindHello(port: number): Promise<{ port: number; release(): void } & AsyncDisposable> {
  const held = Promise.withResolvers<void>();
  const sockets: Socket[] = [];
  const relay = createServer((near) => {
    const far = connectTcp({ port, host: '127.0.0.1' });
    sockets.push(near, far);
    for (const socket of sockets) socket.on('error', () => undefined);
    far.pipe(near);
    near.once('data', (hello: Buffer) => {
      near.pause();
      far.write(hello);
      void held.promise.then(() => near.pipe(far));
    });
  });
  relay.listen(0, '127.0.0.1');
  await once(relay, 'listening');
  return {
    port: (relay.address() as AddressInfo).port,
    release: () => held.resolve(),
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      relay.close();
      await once(relay, 'close');
    },
  };
}

async function fetchOver(client: ScriptedClient, line: WatchedLine): Promise<string> {
  await client.expect(150, 'RETR a');
  const bytes = await line.finish();
  assert.match(await client.readReply(), /^226 /);
  return bytes.toString();
}

async function serverWith(sessionReuse: 'off' | 'prefer' | 'require' | 'require-or-equivalent'): Promise<TestServer> {
  const server = await startServer({ sessionReuse });
  await server.write('/a', Buffer.from('mine'));
  return server;
}

describe('session reuse "require"', { concurrency: 4 }, () => {
  for (const [way, version, tls] of ways) {
    test(`takes 50 transfers on one login that resume the control session ${way}`, async () => {
      await using server = await serverWith('require');
      await using client = await server.session({ protection: version, tls });
      const session = sessionOf(client.control);
      for (let i = 0; i < 50; i += 1) {
        const line = await client.openPassive();
        await line.startTls({ ...onlyVersion(version), ...tls, session });
        assert.equal(await fetchOver(client, line), 'mine');
      }
      assert.equal(server.eventsOf('data-tls').filter((event) => event.tls.resumed).length, 50);
    });

    test(`takes 50 from a client that uses each session once ${way}`, async () => {
      await using server = await serverWith('require');
      await using client = await server.session({ protection: version, tls });
      let session = sessionOf(client.control);
      for (let i = 0; i < 50; i += 1) {
        const line = await client.openPassive();
        await line.startTls({ ...onlyVersion(version), ...tls, session });
        const early = line.tls?.getSession();
        assert.equal(await fetchOver(client, line), 'mine');
        const next = line.sessions.at(-1) ?? early;
        if (version === 'TLSv1.3') assert.notDeepEqual(next, session);
        session = next;
      }
    });

    test(`refuses a line that does not resume with 522 that says what to do ${way}`, async () => {
      await using server = await serverWith('require');
      await using client = await server.session({ protection: version, tls });
      const line = await client.openPassive();
      await assert.rejects(line.startTls({ ...onlyVersion(version), ...tls }));
      await client.expect(150, 'RETR a');
      const reply = await client.readReply();
      assert.match(reply, /^522 /);
      assert.match(reply, mustResume);
      assert.equal((await server.event('transfer')).transfer.cause, 'data-tls-failed');
      assert.match(await client.command('NOOP'), /^200 /);
    });

    test(`lets a stranger from the same address neither in nor use up the port ${way}`, async () => {
      await using server = await serverWith('require');
      await using other = await server.session({ protection: version, tls });
      await using client = await server.session({ protection: version, tls });
      const port = await portOf(client);
      const options = { ...onlyVersion(version), ...tls };
      for (const session of [undefined, sessionOf(other.control)]) {
        const stranger = await strangerOn(port);
        await assert.rejects(stranger.startTls({ ...options, ...(session && { session }) }));
        // Nothing that it could come back with was handed out.
        assert.deepEqual(stranger.sessions, []);
        stranger.destroy();
      }
      const silent = await strangerOn(port);
      const line = await client.connectData(port);
      await line.startTls({ ...options, session: sessionOf(client.control) });
      assert.equal(await fetchOver(client, line), 'mine');
      assert.equal((await silent.ended).how, 'reset');
      assert.equal(server.eventsOf('data-peer-refused').length, 2);
    });
  }

  for (const [what, isReleased, opening] of [
    ['answers an upload behind the handshake that its client has begun', true, /^150 Connection accepted/],
    ['does not wait for ever for the rest of a handshake', false, /^150 Opening data connection/],
  ] as const) {
    test(what, async () => {
      await using server = await serverWith('require');
      await using client = await server.session({ protection: 'TLSv1.3' });
      await using held = await heldBehindHello(await portOf(client));
      const line = await client.connectData(held.port);
      await line.startTls({ ...onlyVersion('TLSv1.3'), session: sessionOf(client.control) });
      const before = server.eventsOf('command').length;
      await client.send('STOR b\r\n');
      if (isReleased) {
        await server.event('command', before + 1);
        held.release();
      }
      assert.match(await client.readReply(), opening);
      held.release();
      await line.write('yours');
      line.closeNotifyThenFin();
      assert.match(await client.readReply(), /^226 /);
      assert.equal((await server.read('/b'))?.toString(), 'yours');
    });
  }

  test('tells a transfer that begins before the wrong line came', async () => {
    await using server = await serverWith('require');
    await using client = await server.session();
    const port = await portOf(client);
    await client.expect(150, 'RETR a');
    const line = await client.connectData(port);
    await assert.rejects(line.startTls());
    assert.match(await client.readReply(), /^522 /);
  });

  test('holds for lines that the server opens', async () => {
    await using server = await serverWith('require');
    await using client = await server.session();
    for (const reuseSession of [true, false]) {
      const { connected } = await client.openActive({ tls: true, reuseSession });
      await client.expect(150, 'RETR a');
      const line = await connected;
      if (reuseSession) assert.equal((await line.finish()).toString(), 'mine');
      assert.match(await client.readReply(), reuseSession ? /^226 / : /^522 /);
    }
  });

  test('bounds strangers that say nothing: the client gets through behind many', async () => {
    await using server = await serverWith('require');
    await using client = await server.session();
    const port = await portOf(client);
    const strangers: WatchedLine[] = [];
    for (let i = 0; i < 20; i += 1) strangers.push(await strangerOn(port));
    const line = await client.connectData(port, { tls: true });
    assert.equal(await fetchOver(client, line), 'mine');
    for (const stranger of strangers) assert.equal((await stranger.ended).how, 'reset');
  });

  test('a connection without TLS is told by the handshake deadline', async () => {
    await using server = await startServer({ sessionReuse: 'require', limits: { tlsHandshakeMs: 200 } });
    await server.write('/a', Buffer.from('mine'));
    await using client = await server.session();
    await client.openPassive();
    await client.expect(150, 'RETR a');
    assert.match(await client.readReply(), /^522 No TLS handshake came/);
  });
});

describe('session reuse "require-or-equivalent"', () => {
  test('takes a line that resumes, and one from the same address on a port for it alone', async () => {
    await using server = await serverWith('require-or-equivalent');
    await using client = await server.session();
    for (const reuseSession of [true, false]) {
      const line = await client.openPassive({ tls: true, reuseSession });
      assert.equal(await fetchOver(client, line), 'mine');
    }
    assert.deepEqual(
      server.eventsOf('data-tls').map((event) => event.tls.resumed),
      [true, false],
    );
  });

  test('refuses a line that does not resume where everybody knows the port', async () => {
    const port = await freePort();
    const passivePorts = { min: port, max: port };
    await using server = await startServer({ sessionReuse: 'require-or-equivalent', passivePorts });
    await server.write('/a', Buffer.from('mine'));
    await using client = await server.session();
    const line = await client.openPassive({ tls: true });
    assert.equal(await fetchOver(client, line), 'mine');
    const stranger = await client.openPassive({ tls: true, reuseSession: false });
    assert.equal((await stranger.ended).how, 'reset');
    const reply = await client.command('RETR a');
    assert.match(reply, /^522 /);
    assert.match(reply, mustResume);
  });
});

async function freePort(): Promise<number> {
  const { createServer } = await import('node:net');
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' ? (address?.port ?? 0) : 0;
}

describe('session reuse "off"', () => {
  for (const [way, version, tls] of ways) {
    test(`resumes nothing ${way}, and takes every line of the client`, async () => {
      await using server = await serverWith('off');
      await using client = await server.session({ protection: version, tls });
      for (let i = 0; i < 3; i += 1) {
        const line = await client.openPassive();
        // A line that resumes nothing is held at TLS 1.2 where the client allows it.
        await line.startTls({ minVersion: 'TLSv1.2', ...tls, session: sessionOf(client.control) });
        assert.equal(line.tls?.isSessionReused(), false);
        assert.equal(await fetchOver(client, line), 'mine');
      }
    });
  }
});
