/** The proxy without a fault changes nothing but addresses. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { connect as tlsConnect } from 'node:tls';
import { once } from 'node:events';
import { connect } from 'node:net';
import { parseFault } from '../../src/lab/index.ts';
import { freePortRange, ScriptedClient, type ScriptedSession, startScriptedServer } from '../../src/testing/index.ts';
import { startServer } from '../fixtures/start-server.ts';
import { endingOf, fileBytes, proxyAuthority, proxyTo, throughProxy } from './through-proxy.ts';

describe('through the proxy without a fault', { concurrency: 2 }, () => {
  for (const protection of ['plain', 'TLSv1.2', 'TLSv1.3', 'implicit'] as const) {
    test(`a download and an upload pass byte by byte and end as they should (${protection})`, async () => {
      await using through = await throughProxy([], { protection });
      const down = await through.retrieve();
      assert.ok((await down.finish()).equals(fileBytes));
      assert.equal(down.ending.how, protection === 'plain' ? 'fin' : 'close-notify');
      assert.match(await through.client.readReply(), /^226/);
      const up = await through.store();
      await up.pour([fileBytes]);
      if (protection === 'plain') up.fin();
      else up.closeNotifyThenFin();
      assert.match(await through.client.readReply(), /^226/);
      assert.ok(through.server.uploads.get('up')?.equals(fileBytes));
    });
  }

  for (const verb of ['PORT', 'EPRT'] as const) {
    test(`${verb} leads the server to the proxy and the data to the client`, async () => {
      await using through = await throughProxy([]);
      const { connected } = await through.client.openActive({ verb, tls: true });
      await through.client.send('RETR file\r\n');
      const data = await connected;
      assert.match(await through.client.readReply(), /^150/);
      assert.ok((await data.finish()).equals(fileBytes));
      assert.match(await through.client.readReply(), /^226/);
      const told = through.server.sessions[0]?.commands.find((line) => line.startsWith(verb));
      const said = through.events.find((event) => event.kind === 'text' && event.text.startsWith(verb));
      assert.notEqual(told, said?.kind === 'text' && said.text, 'the server is told another port than the client has');
    });
  }

  test('PASV names the address that the client has reached, whatever the server names', async () => {
    const commands = { PASV: '227 Entering Passive Mode (10,9,8,7,1,2)' };
    await using through = await throughProxy([], { server: { commands } });
    assert.match(await through.client.command('PASV'), /^227 .*\(127,0,0,1,\d+,\d+\)/);
  });

  test('a data line that is cut short without close_notify arrives without close_notify', async () => {
    const commands = {
      RETR: async (session: ScriptedSession) => {
        await session.reply('150 Here it comes');
        const data = await session.acceptData();
        await data.write(fileBytes.subarray(0, 100_000));
        data.finWithoutCloseNotify();
      },
    };
    await using through = await throughProxy([], { server: { commands } });
    const data = await through.retrieve();
    assert.equal((await data.readToEnd()).length, 100_000);
    assert.equal(await endingOf(data), 'fin');
    data.destroy();
  });

  test('a reset arrives as a reset, from either end', async () => {
    await using through = await throughProxy([]);
    const first = await through.store();
    await first.write(Buffer.alloc(1000));
    await through.serverData.untilReceived(1000);
    first.reset();
    assert.equal(await endingOf(through.serverData), 'reset');
    through.serverControl.reset();
    assert.equal(await endingOf(through.client.control), 'reset');
  });

  test('odd lines pass as they came: with bytes of no text, in pieces, and far too long', async () => {
    await using through = await throughProxy([], { protection: 'plain' });
    const { client, server } = through;
    for (const line of [
      Buffer.from('NOOP \xff\xfe\x01 x\r\n', 'latin1'),
      Buffer.from(`NOOP ${'x'.repeat(40_000)}\r\n`),
    ]) {
      for (let at = 0; at < line.length; at += 9_000) await client.send(line.subarray(at, at + 9_000));
      await client.readReply();
    }
    const seen = server.sessions[0]?.commands ?? [];
    assert.ok(
      seen.some((line) => line.length > 40_000),
      'the long line has arrived whole',
    );
  });

  test('an ABOR whose line feed was urgent reaches the server as a line', async () => {
    await using through = await throughProxy([], { protection: 'plain' });
    await through.client.send(Buffer.from('\xff\xf4\xffABOR\r', 'latin1'));
    assert.match(await through.client.readReply(), /^502 .*ABOR/);
    await through.client.send('\nNOOP\r\n');
    assert.match(await through.client.readReply(), /^200/);
  });

  test('PORT for somebody else is left to the server', async () => {
    await using through = await throughProxy([], { protection: 'plain' });
    await through.client.command('PORT 192,0,2,9,10,10');
    assert.ok(through.server.sessions[0]?.commands.includes('PORT 192,0,2,9,10,10'));
  });

  test('passwords are in no event', async () => {
    await using through = await throughProxy([]);
    assert.ok(through.events.some((event) => event.kind === 'text' && event.text === 'PASS ********'));
    assert.ok(!JSON.stringify(through.events).includes('"PASS pass"'));
  });
});

describe('the proxy and TLS', { concurrency: 2 }, () => {
  test('shows a certificate of its own authority for the address that is listened on', async () => {
    await using through = await throughProxy([], { protection: 'implicit' });
    const { certificatePem } = await proxyAuthority();
    const tls = tlsConnect({ host: '127.0.0.1', port: through.proxy.address.port, ca: certificatePem });
    await once(tls, 'secureConnect');
    assert.equal(tls.authorized, true);
    tls.destroy();
    await once(tls, 'close');
  });

  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    test(`satisfies a server that demands resumption, and lets the client resume (${version})`, async () => {
      await using server = await startServer({ sessionReuse: 'require' });
      await server.write('/file', fileBytes);
      const events: string[] = [];
      await using proxy = await proxyTo(server, {
        upstream: { insecure: true, maxVersion: version },
        maxClientTls: version,
        onEvent: (event) => event.kind === 'tls' && event.line?.startsWith('data') && events.push(event.text),
      });
      await using client = await ScriptedClient.connect({ port: proxy.address.port, tls: {} });
      await client.readReply();
      await client.authTls();
      await client.login('user', 'pass');
      await client.protect();
      await client.expect(200, 'TYPE I');
      for (let count = 0; count < 3; count += 1) {
        const data = await client.openPassive({ tls: true });
        await client.expect(150, 'RETR /file');
        await data.secured;
        assert.ok((await data.finish()).equals(fileBytes));
        assert.match(await client.readReply(), /^226/);
      }
      assert.deepEqual(
        events,
        Array.from({ length: 6 }, () => `${version}, resumed`),
      );
      await client.command('QUIT');
    });
  }

  for (const isImplicit of [false, true]) {
    const tls = isImplicit ? 'implicit' : 'explicit';
    test(`tells the client why the server is not trusted, and what to do (${tls})`, async () => {
      await using server = await startScriptedServer({ implicitTls: isImplicit });
      await using proxy = await proxyTo(server, {
        isImplicit,
      });
      await using client = await ScriptedClient.connect({ port: proxy.address.port, implicitTls: isImplicit });
      if (!isImplicit) assert.match(await client.readReply(), /^220/);
      const reply = isImplicit ? await client.readReply() : await client.command('AUTH TLS');
      assert.match(reply, /^421 the certificate of .* is not trusted: it is self-signed; .*--cacert.*--pin sha256.*-k/);
      assert.equal(await endingOf(client.control), isImplicit ? 'close-notify' : 'fin');
      client.close();
      await proxy.untilIdle();
    });
  }

  test('tells the client over implicit TLS that the handshake with the server has failed', async () => {
    await using server = await startScriptedServer({ implicitTls: true, tls: { minVersion: 'TLSv1.3' } });
    await using proxy = await proxyTo(server, {
      isImplicit: true,
      upstream: { insecure: true, maxVersion: 'TLSv1.2' },
    });
    await using client = await ScriptedClient.connect({ port: proxy.address.port, implicitTls: true });
    assert.match(await client.readReply(), /^421 TLS with the server failed: /);
    assert.equal(await endingOf(client.control), 'close-notify');
    client.close();
    await proxy.untilIdle();
  });

  test('passes TLS through unread when it is blind, and sees no data line that does not come to it', async () => {
    await using server = await startServer();
    await server.write('/file', fileBytes);
    await using proxy = await proxyTo(server, {
      isBlind: true,
    });
    await using client = await ScriptedClient.connect({ port: proxy.address.port, tls: {} });
    await client.readReply();
    await client.authTls();
    await client.login('user', 'pass');
    await client.protect();
    await client.expect(200, 'TYPE I');
    // On one machine the port of the server is at the address that the client takes for the server's.
    const data = await client.openPassive({ tls: true });
    await client.expect(150, 'RETR /file');
    await data.secured;
    assert.ok((await data.finish()).equals(fileBytes));
    assert.match(await client.readReply(), /^226/);
    assert.deepEqual(
      proxy.sessions[0]?.lines.map(({ name }) => name),
      ['control 1'],
    );
    await client.command('QUIT');
  });
});

test('a blind proxy on the very ports of the server carries data lines too, and breaks them at a byte', async () => {
  const range = await freePortRange(8);
  await using server = await startServer({ passivePorts: range });
  await server.write('/file', fileBytes);
  await using proxy = await proxyTo(server, {
    listenHost: '127.0.0.2',
    isBlind: true,
    forwardPorts: range,
    faults: [parseFault('fin data after 600KiB of data down')],
  });
  await using client = await ScriptedClient.connect({ host: '127.0.0.2', port: proxy.address.port, tls: {} });
  await client.readReply();
  await client.authTls();
  await client.login('user', 'pass');
  await client.protect();
  await client.expect(200, 'TYPE I');
  const data = await client.openPassive({ tls: true });
  await client.expect(150, 'RETR /file');
  await data.secured;
  const bytes = await data.readToEnd();
  assert.ok(bytes.length < 600 * 1024 && bytes.equals(fileBytes.subarray(0, bytes.length)));
  assert.equal(await endingOf(data), 'fin');
  data.destroy();
});

describe('the bounds of the proxy', { concurrency: 2 }, () => {
  test('a client whose commands are not answered is read no further than the limit', async () => {
    const commands = { NOOP: () => undefined };
    // What was read at once before the limit was reached passes: two pieces of 64 KiB at the most.
    const sent = 100_000;
    await using through = await throughProxy([], {
      protection: 'plain',
      server: { commands },
      limits: { maxPendingCommands: 10 },
    });
    const sending = through.client.send('NOOP\r\n'.repeat(sent)).catch(() => undefined);
    const seen = () => through.server.sessions[0]?.commands.filter((line) => line === 'NOOP').length ?? 0;
    while (seen() < 10) await new Promise(setImmediate);
    // Time enough for all of them, were they read.
    for (let turn = 0; turn < 500; turn += 1) await new Promise(setImmediate);
    assert.ok(seen() < sent / 2, `${seen()} commands`);
    await through.proxy.close();
    await sending;
  });

  test('sessions above the limit are reset, and idle ones ended', async () => {
    await using through = await throughProxy([], { protection: 'plain', limits: { maxSessions: 1, idleMs: 1500 } });
    const second = connect({ port: through.proxy.address.port, host: '127.0.0.1' });
    const [error] = (await once(second, 'error')) as [NodeJS.ErrnoException];
    assert.equal(error.code, 'ECONNRESET');
    assert.equal(await endingOf(through.client.control), 'reset');
    assert.equal(await endingOf(through.serverControl), 'reset');
    await through.proxy.untilIdle();
  });

  for (const isImplicit of [false, true]) {
    test(`no server: the client hears why (${isImplicit ? 'implicit TLS' : 'in clear'})`, async () => {
      await using server = await startScriptedServer();
      const { port } = server;
      await server[Symbol.asyncDispose]();
      await using proxy = await proxyTo(
        { host: '127.0.0.1', port },
        {
          isImplicit,
        },
      );
      await using client = await ScriptedClient.connect({ port: proxy.address.port, implicitTls: isImplicit });
      const place = `127\\.0\\.0\\.1 port ${port}`;
      assert.match(
        await client.readReply(),
        new RegExp(`^421 The proxy cannot reach ${place}: nothing listens there\\.$`),
      );
      assert.equal(await endingOf(client.control), isImplicit ? 'close-notify' : 'fin');
      client.close();
      await proxy.untilIdle();
    });
  }

  test('closing the proxy resets every line and leaves nothing', async () => {
    await using through = await throughProxy([]);
    const data = await through.retrieve();
    data.pause();
    await through.proxy.close();
    assert.equal(await endingOf(through.client.control), 'reset');
    data.resume();
    assert.equal(await endingOf(data), 'reset');
  });
});
