/** A data connection that fails: the reply says what to change, at once, and one record has all that is known of it. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectTcp, createServer } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import type { DataLineRecord } from '../../src/server/index.ts';
import {
  createTempFolder,
  createTestCertificate,
  freePortRange,
  runCommand,
  type ScriptedClient,
  WatchedLine,
} from '../../src/testing/index.ts';
import { writeFile } from 'node:fs/promises';
import { missingProgram } from '../fixtures/installed-program.ts';
import { onlyVersion, startServer, type TestServer, type TestServerOptions } from '../fixtures/start-server.ts';

/** A server whose deadlines are short, and one session. */
async function open(
  protection: 'plain' | 'TLSv1.3',
  options: TestServerOptions = {},
): Promise<{ server: TestServer; client: ScriptedClient } & AsyncDisposable> {
  const server = await startServer({ tls: 'optional', ...options });
  const client = await server.session({ protection });
  return {
    server,
    client,
    [Symbol.asyncDispose]: async () => {
      await client[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** The one record that there is by now, without what differs from run to run. */
function soleRecord(server: TestServer): Omit<DataLineRecord, 'durationMs'> {
  const records = server.eventsOf('data-line-failed');
  assert.equal(records.length, 1, JSON.stringify(records));
  const { durationMs, ...record } = (records[0] as (typeof records)[number]).line;
  assert.ok(durationMs >= 0);
  return record;
}

/** The last reply to a command that may be answered with 150 before. */
async function lastReply(client: ScriptedClient, command: string): Promise<string> {
  const reply = await client.command(command);
  return reply.startsWith('150') ? client.readReply() : reply;
}

const portOf = (reply: string): number => Number(/\|\|\|(\d+)\|/.exec(reply)?.[1]);

describe('nobody comes to the passive port', () => {
  test('425 names the port, the time, the range, and what may be in the way', async () => {
    const passivePorts = await freePortRange(2);
    await using bench = await open('plain', { limits: { dataConnectMs: 60 }, passivePorts });
    const { server, client } = bench;
    const port = portOf(await client.expect(229, 'EPSV'));
    const reason =
      `No data connection came to 127.0.0.1:${port} within 0.06 s; a firewall or NAT between client and server ` +
      `may block the passive ports ${passivePorts.min}-${passivePorts.max}`;
    assert.equal(await lastReply(client, 'NLST'), `425 ${reason}`);
    assert.deepEqual(soleRecord(server), {
      cause: 'nobody-came',
      reason,
      opener: 'EPSV',
      address: `127.0.0.1:${port}`,
      announced: undefined,
      expectedPeer: '127.0.0.1',
      peer: undefined,
      refusedPeers: [],
      protection: 'clear',
      tls: undefined,
      notResumed: undefined,
      bytes: 0,
    });
  });

  test('the record is there before any transfer command, and the next one repeats the reason', async () => {
    await using bench = await open('TLSv1.3', { limits: { dataConnectMs: 40 } });
    const { server, client } = bench;
    await client.expect(229, 'EPSV');
    const { line } = await server.event('data-line-failed');
    assert.deepEqual([line.cause, line.protection], ['nobody-came', 'private']);
    assert.equal(await client.command('RETR a'), `425 ${line.reason}`);
    assert.equal(await client.command('RETR a'), `425 ${line.reason}`);
    soleRecord(server);
  });

  test('where PASV has announced another address, the reply names that one and doubts it', async () => {
    await using bench = await open('plain', { limits: { dataConnectMs: 40 }, passiveHost: '192.0.2.77' });
    const { server, client } = bench;
    await client.expect(227, 'PASV');
    assert.match(
      await lastReply(client, 'NLST'),
      /^425 No data connection came to 192\.0\.2\.77:\d+ within 0\.04 s; .*announced address may not lead to this server$/,
    );
    const { opener, announced, address } = soleRecord(server);
    assert.equal(opener, 'PASV');
    assert.match(announced ?? '', /^192\.0\.2\.77:\d+$/);
    assert.match(address, /^127\.0\.0\.1:\d+$/);
  });

  test('where somebody else came, the reply says who, and from where data must come', async () => {
    await using bench = await open('plain', { limits: { dataConnectMs: 150 } });
    const { server, client } = bench;
    const port = portOf(await client.expect(229, 'EPSV'));
    for (let i = 0; i < 2; i += 1) {
      const stranger = new WatchedLine(connectTcp({ host: '127.0.0.1', port, localAddress: '127.0.0.2' }));
      assert.equal((await stranger.ended).how, 'reset');
    }
    assert.match(
      await lastReply(client, 'NLST'),
      /^425 .*; connections from 127\.0\.0\.2 were refused, because data must come from 127\.0\.0\.1 as the control connection does$/,
    );
    assert.deepEqual(soleRecord(server).refusedPeers, ['127.0.0.2']);
  });
});

describe('the client cannot be reached at its port', () => {
  for (const verb of ['PORT', 'EPRT'] as const) {
    test(`425 after ${verb} says what came of it and offers passive mode`, async () => {
      await using bench = await open('plain');
      const { server, client } = bench;
      const listener = createServer().listen(0, '127.0.0.1');
      await once(listener, 'listening');
      const address = listener.address();
      const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
      listener.close();
      await once(listener, 'close');
      await client.expect(
        200,
        verb === 'PORT' ? `PORT 127,0,0,1,${port >> 8},${port & 255}` : `EPRT |1|127.0.0.1|${port}|`,
      );
      assert.equal(
        await lastReply(client, 'NLST'),
        `425 Cannot open a data connection to 127.0.0.1:${port}: ECONNREFUSED, nothing listens there; try passive mode (EPSV)`,
      );
      const { cause, opener, address: given, peer } = soleRecord(server);
      assert.deepEqual([cause, opener, given, peer], ['dial-failed', verb, `127.0.0.1:${port}`, undefined]);
    });
  }
});

describe('TLS does not come about on the data line', () => {
  /** Runs one attempt and gives the reply to a transfer command after it. */
  async function attempt(
    act: (line: WatchedLine) => Promise<unknown>,
    expected: RegExp,
    options: TestServerOptions = {},
  ): Promise<void> {
    for (const command of ['RETR a', 'STOR b']) {
      for (const when of ['before', 'after'] as const) {
        await using bench = await open('TLSv1.3', options);
        const { server, client } = bench;
        await server.write('/a', Buffer.from('never seen'));
        const line = await client.openPassive();
        if (when === 'after') await client.expect(150, command);
        await act(line).catch(() => undefined);
        if (when === 'before') await server.event('data-line-failed');
        const reply = when === 'after' ? await client.readReply() : await client.command(command);
        assert.match(reply, expected, `${command}, ${when}`);
        const record = soleRecord(server);
        assert.equal(`${reply.slice(0, 3)} ${record.reason}`, reply);
        assert.equal(record.peer, `127.0.0.1:${line.raw.localPort ?? record.peer?.slice(10)}`);
        assert.deepEqual([record.protection, record.tls, record.bytes], ['private', undefined, 0]);
        assert.equal(await server.read('/b'), undefined);
        // The session goes on, and the next data connection is a new story.
        const good = await client.openPassive({ tls: true });
        await client.expect(150, 'NLST');
        assert.equal((await good.readToEnd()).toString(), 'a\r\n');
        good.closeNotifyThenFin();
        assert.match(await client.readReply(), /^226 /);
        soleRecord(server);
      }
    }
  }

  test('because the client sends data in clear: 522 says so', async () => {
    await attempt(
      (line) => line.write('this is in clear\r\n'),
      /^522 .* the client sent data in clear, but PROT P was agreed/,
    );
  });

  test('because the client closes at once: 522 says so', async () => {
    await attempt(async (line) => line.fin(), /^522 The client closed the data connection without a TLS handshake$/);
  });

  test('because the client closes in the middle of its ClientHello, or behind it', async () => {
    await attempt(async (line) => {
      await line.write(Buffer.from('1603010200010001', 'hex'));
      line.fin();
    }, /^522 The client closed the data connection without a TLS handshake$/);
  });

  const tlsAttempt = (options: ConnectionOptions) => (line: WatchedLine) => line.startTls(options);

  test('because there is no version in common', async () => {
    const old = { ...onlyVersion('TLSv1.1'), ciphers: 'DEFAULT:@SECLEVEL=0' };
    await attempt(tlsAttempt(old), /^522 .*: client and server have no TLS version in common$/);
  });

  test('because there is no cipher in common', async () => {
    const weak = { ...onlyVersion('TLSv1.2'), ciphers: 'AES128-SHA256' };
    await attempt(tlsAttempt(weak), /^522 .*: client and server have no cipher or key exchange in common$/);
  });

  test('because ALPN names another protocol', async () => {
    await attempt(
      tlsAttempt({ ALPNProtocols: ['http/1.1'] }),
      /^522 .*: the client offers ALPN protocols of which none is ftp/,
    );
  });

  test('because it takes too long', async () => {
    await using bench = await open('TLSv1.3', { limits: { tlsHandshakeMs: 60 } });
    const { server, client } = bench;
    await client.openPassive();
    const reason = 'No TLS handshake came on the data connection within 0.06 s';
    assert.equal(await lastReply(client, 'NLST'), `522 ${reason}`);
    assert.deepEqual([soleRecord(server).cause, soleRecord(server).reason], ['tls-failed', reason]);
  });

  test('because the client does not trust the certificate', { skip: missingOpenssl() }, async () => {
    for (const version of ['-tls1_2', '-tls1_3']) {
      await using bench = await open('TLSv1.3');
      await using folder = await createTempFolder();
      const { server, client } = bench;
      await writeFile(folder.join('other.pem'), (await createTestCertificate({ commonName: 'other' })).certificatePem);
      const port = portOf(await client.expect(229, 'EPSV'));
      const words = [
        '-connect',
        `127.0.0.1:${port}`,
        '-CAfile',
        folder.join('other.pem'),
        '-verify_return_error',
        version,
      ];
      await runCommand('openssl', ['s_client', ...words]);
      assert.equal(
        await lastReply(client, 'STOR b'),
        "522 TLS negotiation failed on the data connection: the client does not trust this server's certificate",
      );
      assert.equal(soleRecord(server).cause, 'tls-failed');
    }
  });
});

function missingOpenssl(): string | false {
  return missingProgram('openssl', 'version');
}

describe('the client gives the data connection up', () => {
  for (const protection of ['plain', 'TLSv1.3'] as const) {
    for (const command of ['RETR a', 'STOR b', 'MLSD']) {
      test(`by a reset before ${command} (${protection}): the answer comes at once and says so`, async () => {
        await using bench = await open(protection);
        const { server, client } = bench;
        await server.write('/a', Buffer.alloc(3_000_000));
        const line = await client.openPassive({ tls: protection !== 'plain' });
        await line.secured;
        line.reset();
        const startedAt = performance.now();
        assert.equal(
          await lastReply(client, command),
          '426 Connection closed; transfer aborted: the client reset the data connection.',
        );
        assert.ok(performance.now() - startedAt < 5000);
        const { cause, peer } = soleRecord(server);
        assert.equal(cause, 'data-reset');
        assert.match(peer ?? '', /^127\.0\.0\.1:\d+$/);
        assert.equal(await server.read('/b'), undefined);
      });
    }

    test(`in the middle of an upload (${protection}): the record has its bytes`, async () => {
      await using bench = await open(protection);
      const { server, client } = bench;
      const line = await client.openPassive({ tls: protection !== 'plain' });
      await client.expect(150, 'STOR b');
      await line.secured;
      await line.write(Buffer.alloc(5000));
      line.reset();
      assert.match(await client.readReply(), /^426 .*the client reset the data connection\.$/);
      const record = soleRecord(server);
      assert.equal(record.bytes, server.eventsOf('transfer')[0]?.transfer.bytes);
      assert.equal(record.tls?.protocol, protection === 'plain' ? undefined : 'TLSv1.3');
    });
  }

  test('by a reset before it began TLS: 425', async () => {
    await using bench = await open('TLSv1.3');
    const { server, client } = bench;
    const line = await client.openPassive();
    line.reset();
    await server.event('data-line-failed');
    assert.equal(
      await client.command('RETR a'),
      '425 The client closed the data connection before the transfer command',
    );
    assert.equal(soleRecord(server).cause, 'closed');
  });

  test('by using it for nothing: 425 says that it waited too long', async () => {
    await using bench = await open('plain', { limits: { dataConnectMs: 60 } });
    const { server, client } = bench;
    const line = await client.openPassive();
    assert.equal((await line.ended).how, 'reset');
    assert.match(await client.command('RETR a'), /^425 The data connection waited too long for a transfer command$/);
    assert.equal(soleRecord(server).cause, 'closed');
  });

  test('by changing PROT under it: 425 asks for a new one', async () => {
    await using bench = await open('TLSv1.3');
    const { server, client } = bench;
    await client.openPassive();
    await client.expect(200, 'PROT C');
    assert.match(
      await client.command('RETR a'),
      /^425 PROT changed after the data connection was opened: open a new one$/,
    );
    assert.equal(soleRecord(server).cause, 'protection-changed');
  });

  test('without close_notify: 426 names it, and the record has the version of TLS', async () => {
    await using bench = await open('TLSv1.3');
    const { server, client } = bench;
    const line = await client.openPassive({ tls: true });
    await client.expect(150, 'STOR b');
    await line.secured;
    await line.write('half');
    line.finWithoutCloseNotify();
    assert.match(await client.readReply(), /^426 .*: the data connection ended without a TLS close_notify\.$/);
    const { cause, tls, notResumed, bytes } = soleRecord(server);
    assert.deepEqual(
      [cause, tls?.protocol, tls?.resumed, notResumed, bytes],
      ['data-truncated', 'TLSv1.3', true, undefined, 4],
    );
  });

  test('by beginning TLS where PROT P was not agreed: 426 at once, and the old file stands', async () => {
    await using bench = await open('TLSv1.3');
    const { server, client } = bench;
    await server.write('/b', Buffer.from('old'));
    await client.expect(200, 'PROT C');
    const line = await client.openPassive();
    await client.expect(150, 'STOR b');
    const handshake = assert.rejects(line.startTls({}));
    const reason = 'the client began TLS on a data connection that is in clear: it must send PBSZ 0 and PROT P first';
    assert.equal(await client.readReply(), `426 Connection closed; transfer aborted: ${reason}.`);
    await handshake;
    const { cause, protection } = soleRecord(server);
    assert.deepEqual([cause, protection], ['data-error', 'clear']);
    assert.equal((await server.read('/b'))?.toString(), 'old');
    assert.equal(await client.command('SIZE b'), '213 3');
  });

  test('a file that begins as TLS does, and goes on, is taken as it is', async () => {
    await using bench = await open('TLSv1.3');
    const { server, client } = bench;
    await client.expect(200, 'PROT C');
    for (const file of ['16', '160301', '1603010004010000', '16030100040100000099', '160301ffff01']) {
      const bytes = Buffer.from(file, 'hex');
      const line = await client.openPassive();
      await client.expect(150, 'STOR c');
      await line.write(bytes);
      line.fin();
      assert.match(await client.readReply(), /^226 /, file);
      assert.deepEqual(await server.read('/c'), bytes, file);
    }
  });

  test('by silence: 426 names the seconds', async () => {
    await using bench = await open('plain', { limits: { stallMs: 150 } });
    const { server, client } = bench;
    const line = await client.openPassive();
    await client.expect(150, 'STOR b');
    await line.write('half');
    assert.match(await client.readReply(), /^426 .*: no data moved for 0\.15 s\.$/);
    const { cause, bytes } = soleRecord(server);
    assert.deepEqual([cause, bytes], ['stalled', 4]);
  });
});

describe('the TLS session of the control line', () => {
  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    test(`the log says of each data line whether it resumed it, and why not (${version})`, async () => {
      await using server = await startServer();
      await using client = await server.session({ protection: version });
      await using other = await server.session({ protection: version });
      const foreign = other.control.sessions.at(-1);
      const ways = [{}, { reuseSession: false }, { tlsOptions: { session: foreign } }];
      for (const way of ways) {
        const line = await client.openPassive({ tls: true, ...way });
        await client.expect(150, 'NLST');
        await line.readToEnd();
        line.closeNotifyThenFin();
        assert.match(await client.readReply(), /^226 /);
      }
      assert.deepEqual(
        server.eventsOf('data-tls').map(({ tls, notResumed }) => [tls.resumed, notResumed]),
        [
          [true, undefined],
          [false, 'not-offered'],
          [false, 'not-accepted'],
        ],
      );
      assert.deepEqual(server.eventsOf('data-line-failed'), []);
    });
  }
});
