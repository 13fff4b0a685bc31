/** TLS taken off a running control line: CCC and REIN, and what both forget and keep. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls';
import { Duplex } from 'node:stream';
import { within } from '../../src/testing/index.ts';
import { onlyVersion, startServer, type TestServer } from '../fixtures/start-server.ts';

const versions = ['TLSv1.2', 'TLSv1.3'] as const;
type Version = (typeof versions)[number];

/** A client that can take TLS off its own line too: every byte between TCP and TLS passes through its hands. */
class OwnTls implements AsyncDisposable {
  readonly raw: Socket;
  tls: TLSSocket | undefined;
  /** What TLS would send is kept here while `holds`. */
  holds = false;
  readonly held: Buffer[] = [];
  closeNotified = false;
  /** The newest TLS session that the server has given. */
  session: Buffer | undefined;
  #leg: Duplex | undefined;
  #text = '';
  #wake: () => void = () => undefined;
  #isClear = true;

  constructor(raw: Socket) {
    this.raw = raw;
    raw.on('error', () => undefined);
    raw.on('data', (chunk: Buffer) => {
      if (this.#isClear) this.#take(chunk);
      else this.#leg?.push(chunk);
    });
    raw.on('close', () => this.#wake());
  }

  #take(chunk: Buffer): void {
    this.#text += chunk.toString('latin1');
    this.#wake();
  }

  async secure(options: object): Promise<void> {
    const { raw } = this;
    this.#isClear = false;
    this.#leg = new Duplex({
      read() {},
      write: (chunk: Buffer, _encoding, done) => {
        if (this.holds) {
          this.held.push(chunk);
          done();
        } else raw.write(chunk, done);
      },
    });
    this.tls = connectTls({ socket: this.#leg, rejectUnauthorized: false, ...options });
    this.tls.on('error', () => undefined);
    this.tls.on('session', (session: Buffer) => (this.session = session));
    this.tls.on('data', (chunk: Buffer) => this.#take(chunk));
    this.tls.on('end', () => {
      // The server's close_notify: what comes behind it is clear.
      this.closeNotified = true;
      this.#isClear = true;
      this.#wake();
    });
    await within(once(this.tls, 'secureConnect'), 'the handshake');
  }

  /** AUTH TLS and the handshake on a line on which TLS has ended. */
  async authAgain(options: object): Promise<void> {
    await this.expect(234, 'AUTH TLS');
    this.closeNotified = false;
    this.holds = false;
    this.tls?.destroy();
    await this.secure(options);
  }

  /** One reply, which must be of one line. */
  async reply(): Promise<string> {
    const { promise, resolve } = Promise.withResolvers<string>();
    const look = (): void => {
      const end = this.#text.indexOf('\r\n');
      if (end === -1 && !this.raw.destroyed) return;
      const line = this.#text.slice(0, end === -1 ? 0 : end);
      this.#text = this.#text.slice(end + 2);
      this.#wake = () => undefined;
      resolve(line);
    };
    this.#wake = look;
    look();
    return within(promise, 'a reply');
  }

  async expect(code: number, command: string): Promise<string> {
    (this.tls !== undefined && !this.closeNotified ? this.tls : this.raw).write(`${command}\r\n`);
    const reply = await this.reply();
    assert.ok(reply.startsWith(String(code)), `${command}: ${reply}`);
    return reply;
  }

  async untilCloseNotify(): Promise<void> {
    while (!this.closeNotified) await new Promise((resolve) => setTimeout(resolve, 1));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.tls?.destroy();
    this.raw.destroy();
    await new Promise(setImmediate);
  }
}

async function connected(server: TestServer, version: Version, implicit = false): Promise<OwnTls> {
  const raw = connectTcp({ port: implicit ? server.implicitPort : server.port, host: '127.0.0.1' });
  await once(raw, 'connect');
  raw.setNoDelay(true);
  const client = new OwnTls(raw);
  if (!implicit) {
    assert.match(await client.reply(), /^220 /);
    await client.expect(234, 'AUTH TLS');
  }
  await client.secure(onlyVersion(version));
  if (implicit) assert.match(await client.reply(), /^220 /);
  await logIn(client);
  return client;
}

/** With private data. */
async function logIn(client: OwnTls): Promise<void> {
  await client.expect(331, 'USER user');
  await client.expect(230, 'PASS pass');
  await client.expect(200, 'PBSZ 0');
  await client.expect(200, 'PROT P');
}

const portOf = (reply: string): number => Number(/\|\|\|(\d+)\|/.exec(reply)?.[1]);

/** The file `/a` over a data line of its own. */
async function fetchOver(client: OwnTls, tls: ConnectionOptions): Promise<string> {
  const socket = connectTcp({ port: portOf(await client.expect(229, 'EPSV')), host: '127.0.0.1' });
  await once(socket, 'connect');
  const line = connectTls({ socket, rejectUnauthorized: false, ...tls });
  await client.expect(150, 'RETR a');
  const bytes = Buffer.concat(await line.toArray());
  assert.match(await client.reply(), /^226 /);
  return bytes.toString();
}

/** How a client behaves behind the 200: with its own close_notify or without, in one segment with its next command or not. */
const manners = {
  'without a close_notify of its own, as curl does': (client: OwnTls, next: string) => {
    client.raw.write(next);
  },
  'with its close_notify first': async (client: OwnTls, next: string) => {
    client.tls?.end();
    await new Promise((resolve) => setTimeout(resolve, 5));
    client.raw.write(next);
  },
  'with its close_notify and clear text in one segment': async (client: OwnTls, next: string) => {
    client.holds = true;
    client.tls?.end();
    while (client.held.length === 0) await new Promise(setImmediate);
    client.raw.write(Buffer.concat([...client.held, Buffer.from(next)]));
  },
  'byte by byte': async (client: OwnTls, next: string) => {
    client.holds = true;
    client.tls?.end();
    while (client.held.length === 0) await new Promise(setImmediate);
    for (const byte of Buffer.concat([...client.held, Buffer.from(next)])) {
      client.raw.write(Buffer.from([byte]));
      await new Promise(setImmediate);
    }
  },
} as const;

describe('CCC', () => {
  for (const version of versions) {
    for (const [manner, goOn] of Object.entries(manners)) {
      test(`goes on in clear with a client ${manner} (${version})`, async () => {
        await using server = await startServer({ ccc: true });
        await using client = await connected(server, version);
        await client.expect(200, 'CCC');
        await client.untilCloseNotify();
        await goOn(client, 'PWD\r\nTYPE I\r\n');
        assert.match(await client.reply(), /^257 "\/"/);
        assert.match(await client.reply(), /^200 /);
        assert.match(await client.expect(229, 'EPSV'), /\|\|\|\d+\|/);
        await client.expect(221, 'QUIT');
      });
    }

    test(`leaves data lines private, and they go on to resume (${version})`, async () => {
      await using server = await startServer({ ccc: true, sessionReuse: 'require' });
      await server.write('/a', Buffer.from('mine'));
      await using client = await connected(server, version);
      const { session } = client;
      assert.ok(session !== undefined);
      await client.expect(200, 'CCC');
      await client.untilCloseNotify();
      const port = Number(/\|\|\|(\d+)\|/.exec(await client.expect(229, 'EPSV'))?.[1]);
      const socket = connectTcp({ port, host: '127.0.0.1' });
      await once(socket, 'connect');
      const line = connectTls({ socket, rejectUnauthorized: false, session, ...onlyVersion(version) });
      await once(line, 'secureConnect');
      assert.equal(line.isSessionReused(), true);
      await client.expect(150, 'RETR a');
      assert.equal((await line.toArray()).toString(), 'mine');
      assert.match(await client.reply(), /^226 /);
    });

    test(`has no way back, to TLS, to another user or to other protection (${version})`, async () => {
      await using server = await startServer({ ccc: true });
      await using client = await connected(server, version);
      await client.expect(200, 'CCC');
      await client.untilCloseNotify();
      await client.expect(503, 'AUTH TLS');
      await client.expect(503, 'PBSZ 0');
      await client.expect(503, 'PROT C');
      await client.expect(533, 'CCC');
      await client.expect(257, 'PWD');
      await client.expect(530, 'USER other');
      await client.expect(257, 'PWD');
      assert.deepEqual(
        server.eventsOf('login').map(({ name }) => name),
        ['user'],
      );
    });

    test(`takes no payload under TLS behind its reply (${version})`, async () => {
      await using server = await startServer({ ccc: true });
      await using client = await connected(server, version);
      client.holds = true;
      client.tls?.write('CCC\r\n');
      while (client.held.length === 0) await new Promise(setImmediate);
      const ccc = Buffer.concat(client.held.splice(0));
      client.tls?.write('MKD worse\r\n');
      while (client.held.length === 0) await new Promise(setImmediate);
      const late = Buffer.concat(client.held.splice(0));
      client.raw.write(ccc);
      assert.match(await client.reply(), /^200 /);
      await client.untilCloseNotify();
      client.raw.write(late);
      const { cause } = await server.event('session-closed');
      assert.equal(cause, 'control-error');
      await assert.rejects(server.storage.stat('/worse'));
    });
  }

  test('is refused in clear, before login, with commands behind it, and where it is off', async () => {
    await using server = await startServer({ ccc: true, tls: 'optional' });
    await using clear = await server.session({ protection: 'plain' });
    assert.match(await clear.command('CCC'), /^533 /);
    await using client = await server.connect();
    await client.authTls();
    assert.match(await client.command('CCC'), /^530 /);
    await client.login('user', 'pass');
    await client.send('CCC\r\nPWD\r\n');
    assert.match(await client.readReply(), /^503 /);
    assert.match(await client.command('NOOP'), /^200 /);
    assert.match(await client.command('FEAT'), /\n CCC\n/);
    await using other = await startServer();
    await using refused = await other.session();
    assert.match(await refused.command('CCC'), /^534 /);
    assert.doesNotMatch(await refused.command('FEAT'), /CCC/);
    assert.match(await refused.command('PWD'), /^257 /);
  });

  for (const version of versions) {
    test(`costs a session nothing that it needs: everything works where it is on (${version})`, async () => {
      await using server = await startServer({ ccc: true });
      await server.write('/a', Buffer.from('mine'));
      await using client = await server.session({ protection: version });
      const line = await client.openPassive({ tls: true });
      await client.expect(150, 'RETR a');
      assert.equal((await line.finish()).toString(), 'mine');
      assert.match(await client.readReply(), /^226 /);
      client.control.closeNotifyThenFin();
      assert.equal((await server.event('session-closed')).cause, 'control-close-notify');
    });

    test(`the end of TCP without a close_notify is seen as such there too (${version})`, async () => {
      await using server = await startServer({ ccc: true });
      await using client = await server.session({ protection: version });
      client.control.finWithoutCloseNotify();
      assert.equal((await server.event('session-closed')).cause, 'control-fin');
    });
  }

  test('what is no TLS behind AUTH ends the session at once there too', async () => {
    await using server = await startServer({ ccc: true });
    await using client = await server.connect();
    await client.expect(234, 'AUTH TLS');
    await client.send('USER user\r\nPASS pass\r\n');
    assert.equal((await server.event('session-closed', 1, 2000)).cause, 'tls-failed');
  });
});

describe('REIN', () => {
  for (const version of versions) {
    for (const [manner, goOn] of Object.entries(manners)) {
      test(`takes TLS off with a client ${manner}, and AUTH brings it back (${version})`, async () => {
        await using server = await startServer();
        await server.write('/a', Buffer.from('mine'));
        await using client = await connected(server, version);
        await client.expect(220, 'REIN');
        await client.untilCloseNotify();
        await goOn(client, 'PWD\r\nUSER user\r\n');
        assert.match(await client.reply(), /^530 /);
        assert.match(await client.reply(), /^530 .*AUTH TLS/);
        await client.authAgain(onlyVersion(version));
        await client.expect(530, 'PWD');
        await client.expect(503, 'PROT P');
        await logIn(client);
        assert.equal(await fetchOver(client, onlyVersion(version)), 'mine');
      });
    }
  }

  test('forgets login, directory, protection, host and what was pending, and leaves CCC refused', async () => {
    await using server = await startServer();
    await server.storage.makeDirectory('/sub');
    await using client = await connected(server, 'TLSv1.3');
    await client.expect(534, 'CCC');
    await client.expect(250, 'CWD sub');
    const port = portOf(await client.expect(229, 'EPSV'));
    await client.expect(220, 'REIN');
    await client.untilCloseNotify();
    await assert.rejects(once(connectTcp({ port, host: '127.0.0.1' }), 'connect'), /ECONNREFUSED/);
    await client.expect(530, 'EPSV');
    await client.expect(503, 'PBSZ 0');
    await client.authAgain(onlyVersion('TLSv1.3'));
    await client.expect(331, 'USER user');
    await client.expect(230, 'PASS pass');
    assert.match(await client.expect(257, 'PWD'), /^257 "\/" /);
    await client.expect(521, 'LIST');
  });

  test('leads to a login in clear where TLS is optional, and data go in clear', async () => {
    await using server = await startServer({ tls: 'optional' });
    await server.write('/a', Buffer.from('mine'));
    await using client = await connected(server, 'TLSv1.3');
    await client.expect(220, 'REIN');
    await client.untilCloseNotify();
    await client.expect(331, 'USER user');
    await client.expect(230, 'PASS pass');
    const line = connectTcp({ port: portOf(await client.expect(229, 'EPSV')), host: '127.0.0.1' });
    await client.expect(150, 'RETR a');
    assert.equal((await line.toArray()).toString(), 'mine');
    assert.match(await client.reply(), /^226 /);
  });

  test('wants no session from before it, and data lines resume that of the new handshake', async () => {
    await using server = await startServer({ sessionReuse: 'require' });
    await server.write('/a', Buffer.from('mine'));
    await using client = await connected(server, 'TLSv1.3');
    await client.expect(220, 'REIN');
    await client.untilCloseNotify();
    await client.authAgain(onlyVersion('TLSv1.3'));
    await logIn(client);
    const { session } = client;
    assert.equal(await fetchOver(client, { ...onlyVersion('TLSv1.3'), session }), 'mine');
  });

  test('is refused with commands behind it, which would come under TLS that has ended', async () => {
    await using server = await startServer();
    await using client = await server.session();
    await client.send('REIN\r\nPWD\r\n');
    assert.match(await client.readReply(), /^503 /);
    assert.match(await client.command('PWD'), /^257 /);
  });

  test('leaves an implicit session private, as it began', async () => {
    for (const ccc of [false, true]) {
      await using server = await startServer({ ccc });
      await server.write('/a', Buffer.from('mine'));
      await using client = await server.connect({ implicitTls: true });
      await client.login('user', 'pass');
      await client.expect(220, 'REIN');
      await client.login('other', 'pass');
      const line = await client.openPassive({ tls: true });
      await client.expect(150, 'RETR a');
      assert.equal((await line.finish()).toString(), 'mine');
      assert.match(await client.readReply(), /^226 /);
    }
  });

  test('works in clear, and keeps EPSV ALL', async () => {
    await using server = await startServer({ tls: 'optional' });
    await using client = await server.session({ protection: 'plain' });
    await client.expect(200, 'EPSV ALL');
    await client.expect(220, 'REIN');
    assert.match(await client.command('PWD'), /^530 /);
    await client.login('user', 'pass');
    assert.match(await client.command('PASV'), /^503 /);
  });
});
