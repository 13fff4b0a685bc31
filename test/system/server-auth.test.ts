/** AUTH and what stands behind it: mechanisms, refusals, bytes in clear that are never commands, and state that does not survive. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { ScriptedClient } from '../../src/testing/index.ts';
import { onlyVersion, startServer, type TestServer } from '../fixtures/start-server.ts';

/** Commands that the server has seen since the start. */
function commandsOf(server: TestServer): string[] {
  return server.eventsOf('command').map((event) => event.text);
}

describe('AUTH', () => {
  for (const mechanism of ['TLS', 'SSL', 'TLS-C', 'tls', 'Ssl']) {
    test(`AUTH ${mechanism} leads to TLS with the protection of data not yet set`, async () => {
      await using server = await startServer();
      await using client = await server.connect();
      assert.equal(
        await client.command(`AUTH ${mechanism}`),
        `234 Using authentication type ${mechanism.toUpperCase()}`,
      );
      await client.startTls();
      await client.login('user', 'pass');
      assert.match(await client.command('LIST'), /^521 /);
      assert.match(await client.command('PROT P'), /^503 /);
      await client.protect();
      assert.match(await client.command('LIST'), /^425 /);
    });
  }

  test('AUTH TLS-P makes data private without PBSZ and PROT', async () => {
    await using server = await startServer();
    await server.write('/a', Buffer.from('private'));
    await using client = await server.connect();
    assert.equal(await client.command('AUTH TLS-P'), '234 Using authentication type TLS-P');
    await client.startTls();
    await client.login('user', 'pass');
    const line = await client.openPassive({ tls: true });
    assert.match(await client.command('RETR a'), /^150 /);
    assert.equal((await line.readToEnd()).toString(), 'private');
    line.closeNotifyThenFin();
    assert.match(await client.readReply(), /^226 /);
  });

  test('implicit listeners are private from the first byte', async () => {
    await using server = await startServer();
    await server.write('/a', Buffer.from('private'));
    await using client = await server.connect({ implicitTls: true });
    await client.login('user', 'pass');
    const line = await client.openPassive({ tls: true });
    assert.match(await client.command('RETR a'), /^150 /);
    assert.equal((await line.readToEnd()).toString(), 'private');
    line.closeNotifyThenFin();
    assert.match(await client.readReply(), /^226 /);
    assert.match(await client.command('AUTH TLS'), /^503 /);
  });

  test('an unknown mechanism is refused with 504 and the session goes on', async () => {
    await using server = await startServer();
    await using client = await server.connect();
    for (const mechanism of ['GSSAPI', 'KERBEROS_V4', 'TLS1.3', 'TLS ', '*']) {
      assert.match(await client.command(`AUTH ${mechanism}`), /^504 /, mechanism);
    }
    assert.match(await client.command('AUTH'), /^501 /);
    await client.authTls();
    await client.login('user', 'pass');
  });

  test('a second AUTH is refused with 503, and what follows it under TLS is answered', async () => {
    await using server = await startServer();
    await using client = await server.connect();
    await client.authTls();
    await client.send('AUTH TLS\r\nNOOP\r\n');
    assert.match(await client.readReply(), /^503 /);
    assert.match(await client.readReply(), /^200 /);
    await client.login('user', 'pass');
  });

  test('a server without a certificate answers 431', async () => {
    await using server = await startServer({ tls: 'off' });
    await using client = await server.connect();
    assert.match(await client.command('AUTH TLS'), /^431 /);
    await client.login('user', 'pass');
  });

  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    test(`speaks ${version} and says so in the log`, async () => {
      await using server = await startServer();
      await using client = await server.connect({ tls: onlyVersion(version) });
      await client.authTls();
      const { tls } = await server.event('control-tls');
      assert.equal(tls.protocol, version);
      assert.equal(tls.resumed, false);
    });
  }

  for (const version of ['TLSv1', 'TLSv1.1'] as const) {
    test(`refuses ${version}, also on implicit listeners`, async () => {
      await using server = await startServer();
      const tls = { ...onlyVersion(version), ciphers: 'DEFAULT@SECLEVEL=0' };
      await using client = await server.connect({ tls });
      await assert.rejects(client.authTls());
      await assert.rejects(ScriptedClient.connect({ port: server.implicitPort, implicitTls: true, tls }));
      assert.equal((await server.event('session-closed', 2)).cause, 'tls-failed');
      assert.equal(server.eventsOf('session-closed')[0]?.cause, 'tls-failed');
    });
  }

  test('selects ftp by ALPN, and refuses a client that offers only other protocols', async () => {
    await using server = await startServer();
    await using client = await server.connect({ tls: { ALPNProtocols: ['h2', 'ftp'] } });
    await client.authTls();
    assert.equal(client.control.tls?.alpnProtocol, 'ftp');
    await using browser = await server.connect({ tls: { ALPNProtocols: ['h2', 'http/1.1'] } });
    await assert.rejects(browser.authTls(), /alert no application protocol|no_application_protocol/i);
    await assert.rejects(
      ScriptedClient.connect({ port: server.implicitPort, implicitTls: true, tls: { ALPNProtocols: ['http/1.1'] } }),
    );
    await client.login('user', 'pass');
  });

  test('does not renegotiate TLS 1.2', async () => {
    await using server = await startServer();
    await using client = await server.connect({ tls: onlyVersion('TLSv1.2') });
    await client.authTls();
    client.control.tls?.renegotiate({}, () => undefined);
    const { cause, detail } = await server.event('session-closed');
    assert.equal(cause, 'control-error');
    assert.match(detail, /renegotiation/i);
  });

  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    test(`a record that cannot be read ends the session at once (${version})`, async () => {
      await using server = await startServer();
      await using client = await server.session({ protection: version });
      client.control.raw.write(Buffer.from(`1703030020${'5a'.repeat(32)}`, 'hex'));
      assert.equal((await server.event('session-closed', 1, 2000)).cause, 'control-error');
    });
  }
});

describe('bytes in clear behind AUTH', () => {
  test('in the same segment: 503, nothing of them is run, and TLS can be started afterwards', async () => {
    await using server = await startServer({ tls: 'optional' });
    await using client = await server.connect();
    await client.send('AUTH TLS\r\nUSER user\r\nPASS pass\r\nMKD evil\r\n');
    assert.match(await client.readReply(), /^503 /);
    assert.match(await client.command('PASS pass'), /^503 /);
    await client.authTls();
    assert.match(await client.command('PASS pass'), /^503 /);
    assert.match(await client.command('PWD'), /^530 /);
    assert.deepEqual(commandsOf(server), ['AUTH TLS', 'PASS ********', 'AUTH TLS', 'PASS ********', 'PWD']);
    await assert.rejects(server.storage.stat('/evil'));
  });

  test('half a command behind AUTH is not completed by what comes later', async () => {
    await using server = await startServer({ tls: 'optional' });
    await using client = await server.connect();
    await client.send('AUTH TLS\r\nUSER us');
    assert.match(await client.readReply(), /^503 /);
    assert.match(await client.command('er'), /^500 /);
    await client.send('AUTH TLS\r\nNO');
    assert.match(await client.readReply(), /^503 /);
    await client.authTls();
    assert.match(await client.command('OP'), /^500 /);
  });

  test('a ClientHello in the same segment is refused and dropped too', async () => {
    await using server = await startServer();
    await using client = await server.connect();
    await client.send(Buffer.concat([Buffer.from('AUTH TLS\r\n'), Buffer.from('160301002001', 'hex')]));
    assert.match(await client.readReply(), /^503 /);
    await client.authTls();
    await client.login('user', 'pass');
  });

  test('after 234 they break the handshake and end the session', async () => {
    await using server = await startServer({ tls: 'optional' });
    await using client = await server.connect();
    await client.expect(234, 'AUTH TLS');
    await client.send('USER user\r\nPASS pass\r\nMKD evil\r\n');
    const { cause } = await server.event('session-closed');
    assert.equal(cause, 'tls-failed');
    assert.deepEqual(commandsOf(server), ['AUTH TLS']);
    assert.notEqual((await client.control.ended).how, 'none');
    await assert.rejects(server.storage.stat('/evil'));
  });

  test('a command that is queued in front of AUTH is answered in clear, in order', async () => {
    await using server = await startServer();
    await using client = await server.connect();
    await client.send('FEAT\r\nNOOP\r\nAUTH TLS\r\n');
    assert.match(await client.readReply(), /^211-/);
    assert.match(await client.readReply(), /^200 /);
    assert.match(await client.readReply(), /^234 /);
    await client.startTls();
    await client.login('user', 'pass');
  });
});

describe('what the change to TLS forgets', () => {
  /** A session in clear in which everything is set that a session can have. */
  async function busySession(server: TestServer): Promise<ScriptedClient> {
    await server.storage.makeDirectory('/sub');
    await server.write('/sub/a', Buffer.from('0123456789'));
    await server.write('/sub/lines', Buffer.from('one\ntwo\n'));
    const client = await server.session({ protection: 'plain' });
    await client.expect(250, 'CWD sub');
    await client.expect(229, 'EPSV');
    return client;
  }

  test('login, directory, type and the passive port', async () => {
    await using server = await startServer({ tls: 'optional' });
    await using client = await busySession(server);
    const port = Number(/\|\|\|(\d+)\|/.exec(await client.expect(229, 'EPSV'))?.[1]);
    await client.authTls();
    for (const command of ['PWD', 'RETR a', 'STOR b', 'LIST', 'EPSV']) {
      assert.match(await client.command(command), /^530 /, command);
    }
    await assert.rejects(client.connectData(port), /ECONNREFUSED/);
    await client.login('user', 'pass');
    assert.match(await client.command('PWD'), /^257 "\/" /);
    assert.equal(await client.command('SIZE sub/lines'), '213 10', 'the size in the ASCII type');
    assert.match(await client.command('RETR sub/a'), /^425 /);
    assert.match(await client.command('PROT P'), /^503 /);
  });

  test('a restart offset', async () => {
    await using server = await startServer({ tls: 'optional' });
    await using client = await busySession(server);
    await client.expect(350, 'REST 5');
    await client.authTls();
    await client.login('user', 'pass');
    await client.protect();
    await client.expect(200, 'TYPE I');
    const line = await client.openPassive({ tls: true });
    await client.expect(150, 'RETR sub/a');
    assert.equal((await line.readToEnd()).toString(), '0123456789');
    line.closeNotifyThenFin();
    assert.match(await client.readReply(), /^226 /);
  });

  test('the source of a rename', async () => {
    await using server = await startServer({ tls: 'optional' });
    await using client = await busySession(server);
    await client.expect(350, 'RNFR a');
    await client.authTls();
    await client.login('user', 'pass');
    assert.match(await client.command('RNTO sub/b'), /^503 /);
    assert.equal((await server.read('/sub/a'))?.toString(), '0123456789');
  });

  test('a name that was given without its password', async () => {
    await using server = await startServer({ tls: 'optional' });
    await using client = await server.connect();
    await client.expect(331, 'USER user');
    await client.authTls();
    assert.match(await client.command('PASS pass'), /^503 /);
  });

  test('an open data connection is reset', async () => {
    await using server = await startServer({ tls: 'optional' });
    await using client = await busySession(server);
    const line = await client.openPassive();
    await client.authTls();
    assert.equal((await line.ended).how, 'reset');
  });
});
