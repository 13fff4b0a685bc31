/** Nobody can be made to speak FTP unawares: browsers, mailers and their like are cut at their first line. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startServer } from '../../fixtures/start-server.ts';

const clientHello = Buffer.from('16030100c8010000c40303', 'hex');
const firstLines: readonly (readonly [string, string | Buffer])[] = [
  ['HTTP', 'GET /?a=\r\nUSER user\r\nPASS pass\r\n HTTP/1.1\r\nHost: x\r\n\r\n'],
  ['an HTTP form', 'POST / HTTP/1.1\r\nContent-Type: text/plain\r\n\r\nUSER user\r\nPASS pass\r\nDELE a\r\n'],
  ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['SMTP', 'EHLO mail.example\r\nUSER user\r\nPASS pass\r\n'],
  ['SSH', 'SSH-2.0-OpenSSH_9\r\nUSER user\r\nPASS pass\r\n'],
  ['a header line', 'Host: example.org\r\nUSER user\r\nPASS pass\r\n'],
  ['TLS', Buffer.concat([clientHello, Buffer.alloc(200, 'USER user\r\n')])],
];

for (const secure of [false, true]) {
  describe(`first lines of other protocols, ${secure ? 'inside TLS' : 'in clear'}`, () => {
    for (const [name, bytes] of firstLines) {
      test(`${name}: one 421, no command behind it, and the end`, async () => {
        await using server = await startServer({ tls: 'optional' });
        await server.write('/a', Buffer.from('mine'));
        await using client = await server.connect();
        if (secure) await client.authTls();
        await client.send(bytes);
        assert.match(await client.readReply(), /^421 This is an FTP server/);
        await client.control.ended;
        assert.equal((await server.event('session-closed')).cause, 'other-protocol');
        assert.deepEqual(server.eventsOf('login'), []);
      });
    }
  });
}

describe('bad commands before login', () => {
  for (const secure of [false, true]) {
    test(`twenty of them end the session, ${secure ? 'inside TLS' : 'in clear'}`, async () => {
      await using server = await startServer();
      await using client = await server.connect();
      if (secure) await client.authTls();
      await client.send('X-NOTHING\r\n'.repeat(40));
      const replies: string[] = [];
      for (;;) {
        replies.push(await client.readReply());
        if (replies.at(-1)?.startsWith('421')) break;
      }
      assert.equal(replies.length, 21);
      await client.control.ended;
      assert.equal((await server.event('session-closed')).cause, 'bad-commands');
    });
  }

  test('do not count behind a login', async () => {
    await using server = await startServer();
    await using client = await server.session();
    for (let count = 0; count < 30; count += 1) assert.match(await client.command('XNOTHING'), /^500 /);
  });
});
