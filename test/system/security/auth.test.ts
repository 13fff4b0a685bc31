/** What came in clear is worth nothing under TLS. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startServer } from '../../fixtures/start-server.ts';

describe('plaintext behind AUTH', () => {
  for (const behind of ['USER user\r\n', 'NOOP\r\n', 'US', '\r\n', '\u00ff']) {
    test(`${JSON.stringify(behind)} in the same segment is refused, and answered by nobody`, async () => {
      await using server = await startServer();
      await using client = await server.connect();
      await client.send(Buffer.from(`AUTH TLS\r\n${behind}`, 'latin1'));
      assert.match(await client.readReply(), /^503 /);
      await client.authTls();
      await client.login('user', 'pass');
      const commands = server.eventsOf('command').map(({ text }) => text);
      assert.deepEqual(commands, ['AUTH TLS', 'AUTH TLS', 'USER user', 'PASS ********']);
    });
  }

  test('that comes behind the 234 is a broken handshake and no command', async () => {
    await using server = await startServer();
    await using client = await server.connect();
    await client.expect(234, 'AUTH TLS');
    await client.send('USER user\r\nPASS pass\r\n');
    assert.equal((await server.event('session-closed')).cause, 'tls-failed');
    assert.deepEqual(server.eventsOf('login'), []);
  });
});

describe('state across AUTH', () => {
  test('is forgotten: the login, the name, REST, RNFR and a port that was opened', async () => {
    await using server = await startServer({ tls: 'optional' });
    await server.write('/a', Buffer.from('content'));
    await using client = await server.session({ protection: 'plain' });
    await client.expect(350, 'REST 3');
    await client.expect(350, 'RNFR a');
    const data = await client.openPassive();
    await client.authTls();
    assert.notEqual((await data.ended).how, 'none');
    for (const command of ['PWD', 'RETR a', 'RNTO b']) assert.match(await client.command(command), /^530 /, command);
    assert.match(await client.command('PASS pass'), /^503 /);
    assert.match(await client.command('PROT P'), /^503 /);
    await client.login('user', 'pass');
    assert.match(await client.command('RNTO b'), /^503 /);
    assert.match(await client.command('RETR a'), /^425 /);
    assert.equal((await server.read('/a'))?.toString(), 'content');
  });

  test('a name given in clear is not the name of a password under TLS', async () => {
    await using server = await startServer({ tls: 'optional' });
    await using client = await server.connect();
    await client.expect(331, 'USER user');
    await client.authTls();
    assert.match(await client.command('PASS pass'), /^503 /);
    assert.deepEqual(server.eventsOf('login'), []);
  });
});
