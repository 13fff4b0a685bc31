/** TLS on data lines: when it starts, what it resumes, how uploads must end, and clients that leave tickets unread. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { constants } from 'node:crypto';
import { connect as connectTls } from 'node:tls';
import { hashOf, inChunksOf, type ScriptedClient, seededBytes, WatchedLine } from '../../src/testing/index.ts';
import { onlyVersion, startServer, type TestServer } from '../fixtures/start-server.ts';

const versions = ['TLSv1.2', 'TLSv1.3'] as const;

function portOf(reply: string): number {
  return Number(/\|\|\|(\d+)\|/.exec(reply)?.[1]);
}

describe('the start of TLS on a data line', () => {
  for (const version of versions) {
    test(`is answered as soon as the connection is there, before any transfer command (${version})`, async () => {
      await using server = await startServer();
      await server.write('/a', Buffer.from('early'));
      await using client = await server.session({ protection: version });
      const line = await client.openPassive({ tls: true });
      await line.secured;
      await client.expect(150, 'RETR a');
      assert.equal((await line.readToEnd()).toString(), 'early');
      line.closeNotifyThenFin();
      assert.match(await client.readReply(), /^226 /);
    });

    test(`may also come after 150 was read (${version})`, async () => {
      await using server = await startServer();
      await server.write('/a', Buffer.from('late'));
      await using client = await server.session({ protection: version });
      const line = await client.openPassive();
      assert.equal(await client.command('RETR a'), '150 Connection accepted');
      await line.startTls({ ...onlyVersion(version), session: client.control.sessions.at(-1) });
      assert.equal((await line.readToEnd()).toString(), 'late');
      line.closeNotifyThenFin();
      assert.match(await client.readReply(), /^226 /);
    });

    test(`may come when the connection itself comes after 150 (${version})`, async () => {
      await using server = await startServer();
      await using client = await server.session({ protection: version });
      const port = portOf(await client.expect(229, 'EPSV'));
      assert.equal(await client.command('STOR a'), '150 Opening data connection');
      const line = await client.connectData(port, { tls: true });
      await line.secured;
      await line.write('very late');
      line.closeNotifyThenFin();
      assert.match(await client.readReply(), /^226 /);
      assert.equal((await server.read('/a'))?.toString(), 'very late');
    });
  }

  test('a ClientHello that comes byte by byte is read', async () => {
    await using server = await startServer();
    await server.write('/a', Buffer.from('crumbs'));
    await using client = await server.session();
    const hello = await clientHello();
    const port = portOf(await client.expect(229, 'EPSV'));
    const raw = connectTcp({ port, host: '127.0.0.1' });
    await once(raw, 'connect');
    raw.setNoDelay(true);
    for (const byte of inChunksOf(hello, 1)) {
      raw.write(byte);
      await new Promise(setImmediate);
    }
    const [answer] = (await once(raw, 'data')) as [Buffer];
    assert.equal(answer[0], 22);
    raw.destroy();
    await client.command('NOOP');
  });
});

/** The first bytes that a TLS client of this machine says. */
async function clientHello(): Promise<Buffer> {
  const { createServer } = await import('node:net');
  const { promise, resolve } = Promise.withResolvers<Buffer>();
  const listener = createServer((socket) => socket.once('data', (bytes) => (resolve(bytes), socket.destroy())));
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  const tls = connectTls({ host: '127.0.0.1', port: typeof address === 'object' ? (address?.port ?? 0) : 0 });
  tls.on('error', () => undefined);
  const hello = await promise;
  tls.destroy();
  listener.close();
  return hello;
}

describe('resumption', () => {
  for (const version of versions) {
    test(`a data line resumes its own control session, and carries no new tickets (${version})`, async () => {
      await using server = await startServer();
      await using client = await server.session({ protection: version });
      for (let i = 0; i < 4; i += 1) {
        const line = await client.openPassive({ tls: true });
        await client.expect(150, 'NLST');
        await line.readToEnd();
        assert.equal(line.tls?.isSessionReused(), true);
        if (version === 'TLSv1.3') assert.equal(line.sessions.length, 0);
        line.closeNotifyThenFin();
        assert.match(await client.readReply(), /^226 /);
      }
      assert.ok(server.eventsOf('data-tls').every(({ tls }) => tls.resumed && tls.protocol === version));
    });

    test(`no session resumes the tickets of another, nor does a control line (${version})`, async () => {
      await using server = await startServer();
      await using first = await server.session({ protection: version });
      await using second = await server.session({ protection: version });
      const ticket = first.control.sessions.at(-1);
      assert.ok(ticket !== undefined);
      const line = await second.openPassive();
      await line.startTls({ ...onlyVersion(version), session: ticket });
      assert.equal(line.tls?.isSessionReused(), false);
      await second.expect(150, 'NLST');
      await line.readToEnd();
      line.closeNotifyThenFin();
      assert.match(await second.readReply(), /^226 /);
      await using third = await server.connect();
      await third.authTls({ ...onlyVersion(version), session: ticket });
      assert.equal(third.control.tls?.isSessionReused(), false);
    });
  }
});

describe('resumption of TLS 1.2 by session id, for clients that refuse tickets', () => {
  const noTickets = { ...onlyVersion('TLSv1.2'), secureOptions: constants.SSL_OP_NO_TICKET };

  test('works on the data lines of the session, and on no other line', async () => {
    await using server = await startServer();
    await using first = await server.session({ protection: 'TLSv1.2', tls: noTickets });
    const id = first.control.tls?.getSession();
    assert.ok(id !== undefined);
    for (let i = 0; i < 3; i += 1) {
      const line = await first.openPassive();
      await line.startTls({ ...noTickets, session: id });
      assert.equal(line.tls?.isSessionReused(), true);
      await first.expect(150, 'NLST');
      await line.readToEnd();
      line.closeNotifyThenFin();
      assert.match(await first.readReply(), /^226 /);
    }
    await using second = await server.session({ protection: 'TLSv1.2', tls: noTickets });
    const line = await second.openPassive();
    await line.startTls({ ...noTickets, session: id });
    assert.equal(line.tls?.isSessionReused(), false);
    await using third = await server.connect();
    await third.authTls({ ...noTickets, session: id });
    assert.equal(third.control.tls?.isSessionReused(), false);
  });
});

describe('the end of an upload under TLS', () => {
  for (const version of versions) {
    const begin = async (server: TestServer) => {
      const client = await server.session({ protection: version });
      const line = await client.openPassive({ tls: true });
      await client.expect(150, 'STOR a');
      await line.secured;
      await line.write('not all of it');
      return { client, line };
    };

    const assertInterrupted = async (server: TestServer, client: ScriptedClient, cause: string): Promise<void> => {
      const { transfer } = await server.event('transfer');
      assert.deepEqual([transfer.cause, transfer.verdict], [cause, 'interrupted']);
      assert.equal(await server.read('/a'), undefined);
      assert.equal(await client.command('NOOP'), '200 OK');
    };

    test(`FIN without close_notify is 426 that names it, and nothing is under the final name (${version})`, async () => {
      await using server = await startServer();
      const { client, line } = await begin(server);
      line.finWithoutCloseNotify();
      assert.match(await client.readReply(), /^426 .*without a TLS close_notify/);
      await assertInterrupted(server, client, 'data-truncated');
      assert.equal(await client.command('SIZE a'), '213 13');
      client.close();
    });

    test(`so is an end in the middle of a record (${version})`, async () => {
      await using server = await startServer();
      const { client, line } = await begin(server);
      line.cutOutputAfter(20);
      line.tls?.write('this record is cut');
      await new Promise(setImmediate);
      line.raw.end();
      assert.match(await client.readReply(), /^426 /);
      const { cause } = (await server.event('transfer')).transfer;
      assert.ok(['data-truncated', 'data-error'].includes(cause), cause);
      await assertInterrupted(server, client, cause);
      client.close();
    });

    test(`a reset is 426 (${version})`, async () => {
      await using server = await startServer();
      const { client, line } = await begin(server);
      line.reset();
      assert.match(await client.readReply(), /^426 .*reset/);
      await assertInterrupted(server, client, 'data-reset');
      client.close();
    });

    test(`a record that cannot be read is 426 (${version})`, async () => {
      await using server = await startServer();
      const { client, line } = await begin(server);
      line.raw.write(Buffer.from(`1703030020${'5a'.repeat(32)}`, 'hex'));
      assert.match(await client.readReply(2000), /^426 /);
      await assertInterrupted(server, client, 'data-error');
      client.close();
    });

    test(`close_notify without FIN is complete, and the server ends the line (${version})`, async () => {
      await using server = await startServer();
      const { client, line } = await begin(server);
      line.closeNotifyOnly();
      assert.match(await client.readReply(), /^226 /);
      assert.equal((await line.ended).how, 'close-notify');
      assert.equal((await server.read('/a'))?.toString(), 'not all of it');
      client.close();
    });
  }

  test('a missing close_notify can be tolerated per server: 226, and the verdict says unproven', async () => {
    await using server = await startServer({ missingCloseNotify: 'tolerate' });
    await using client = await server.session();
    const line = await client.openPassive({ tls: true });
    await client.expect(150, 'STOR a');
    await line.secured;
    await line.write('all of it');
    line.finWithoutCloseNotify();
    assert.match(await client.readReply(), /^226 /);
    assert.equal((await server.event('transfer')).transfer.verdict, 'unproven');
    assert.equal((await server.read('/a'))?.toString(), 'all of it');
  });
});

/**
 * A TLS client that offers TLS 1.3 and resumes nothing, writes, and closes its socket at once without ever reading: the
 * tickets of a TLS 1.3 server would lie unread, and its kernel would send a reset that loses the tail.
 */
async function carelessUpload(port: number, bytes: Buffer, options: object): Promise<string | null> {
  const raw = connectTcp({ port, host: '127.0.0.1' });
  await once(raw, 'connect');
  const tls = connectTls({ socket: raw, rejectUnauthorized: false, ...options });
  tls.on('error', () => undefined);
  raw.on('error', () => undefined);
  await once(tls, 'secureConnect');
  const version = tls.getProtocol();
  tls.pause();
  tls.write(bytes);
  tls.end(() => {
    tls.destroy();
    raw.destroy();
  });
  await once(raw, 'close');
  return version;
}

describe('uploads of clients that do not resume and leave tickets unread', () => {
  test('12 of 12 from a Node client arrive whole', async () => {
    await using server = await startServer();
    await using client = await server.session();
    for (let i = 0; i < 12; i += 1) {
      const bytes = seededBytes(300_000 + i * 70_001, i);
      const port = portOf(await client.expect(229, 'EPSV'));
      const uploading = carelessUpload(port, bytes, {});
      await client.expect(150, `STOR a${i}`);
      assert.equal(await uploading, 'TLSv1.2');
      assert.equal(await client.readReply(), '226 Transfer OK');
      assert.equal(hashOf((await server.read(`/a${i}`)) ?? ''), hashOf(bytes));
    }
  });

  test('a client that speaks TLS 1.3 alone gets it, and every 226 is the truth', async () => {
    await using server = await startServer();
    await using client = await server.session();
    for (let i = 0; i < 12; i += 1) {
      const bytes = seededBytes(300_000 + i * 70_001, i);
      const port = portOf(await client.expect(229, 'EPSV'));
      const uploading = carelessUpload(port, bytes, onlyVersion('TLSv1.3'));
      await client.expect(150, `STOR a${i}`);
      assert.equal(await uploading, 'TLSv1.3');
      const reply = await client.readReply();
      const kept = await server.read(`/a${i}`);
      if (reply.startsWith('226')) assert.equal(hashOf(kept ?? ''), hashOf(bytes));
      else {
        assert.match(reply, /^426 /);
        assert.equal(kept, undefined);
      }
    }
  });

  test('a client that resumes is not held back from TLS 1.3', async () => {
    await using server = await startServer();
    await using client = await server.session();
    const line = await client.openPassive({ tls: true });
    await line.secured;
    assert.equal(line.tls?.getProtocol(), 'TLSv1.3');
  });

  test('the control line is never capped', async () => {
    await using server = await startServer();
    await using client = await server.connect();
    await client.authTls();
    assert.equal(client.control.tls?.getProtocol(), 'TLSv1.3');
    const raw = connectTcp({ port: server.implicitPort, host: '127.0.0.1', allowHalfOpen: true });
    await once(raw, 'connect');
    const line = new WatchedLine(raw);
    await line.startTls();
    assert.equal(line.tls?.getProtocol(), 'TLSv1.3');
    line.destroy();
  });
});
