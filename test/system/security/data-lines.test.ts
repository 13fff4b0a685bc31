/** Data lines go where the client is and nowhere else, come from where it is, and cost no more than one at a time. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describe, test } from 'node:test';
import { freePortRange, ScriptedClient } from '../../../src/testing/index.ts';
import { startServer } from '../../fixtures/start-server.ts';

const skip = process.platform === 'linux' ? false : 'only Linux has all of 127.0.0.0/8';
const portOf = (reply: string): number => Number(/\|\|\|(\d+)\|/.exec(reply)?.[1]);

describe('bounce', { skip }, () => {
  test('to another address is refused before any packet is sent', async () => {
    await using server = await startServer();
    let touched = 0;
    const victim = createServer(() => (touched += 1));
    victim.listen(0, '127.0.0.2');
    await once(victim, 'listening');
    const { port } = victim.address() as AddressInfo;
    await using client = await server.session();
    for (const command of [
      `PORT 127,0,0,2,${port >> 8},${port & 255}`,
      `EPRT |1|127.0.0.2|${port}|`,
      `EPRT |2|::ffff:127.0.0.2|${port}|`,
      `EPRT |1|2130706434|${port}|`,
    ]) {
      assert.match(await client.command(command), /^5(?:01|04|22) /, command);
      assert.match(await client.command('LIST'), /^425 /);
    }
    victim.close();
    assert.equal(touched, 0);
  });

  test('to a low port of the client itself is refused', async () => {
    await using server = await startServer();
    await using client = await server.session();
    for (const port of [0, 21, 25, 80, 1023]) {
      assert.match(await client.command(`PORT 127,0,0,1,${port >> 8},${port & 255}`), /^50[14] /);
      assert.match(await client.command(`EPRT |1|127.0.0.1|${port}|`), /^50[14] /);
      assert.match(await client.command('LIST'), /^425 /);
    }
  });
});

describe('passive theft', { skip }, () => {
  test('from another address is cut, is in the log and does not use up the port', async () => {
    await using server = await startServer({ tls: 'off' });
    await server.write('/a', Buffer.from('mine'));
    await using client = await server.session({ protection: 'plain' });
    const port = portOf(await client.expect(229, 'EPSV'));
    for (let round = 0; round < 3; round += 1) {
      // The reset may come before the connection is known to stand.
      const thief = await ScriptedClient.connect({ port, localAddress: '127.0.0.2' }).catch(() => undefined);
      assert.equal((await thief?.control.ended)?.how ?? 'reset', 'reset');
      await server.event('data-peer-refused', round + 1);
    }
    const line = await client.connectData(port);
    await client.expect(150, 'RETR a');
    assert.equal((await line.readToEnd()).toString(), 'mine');
    line.fin();
    assert.match(await client.readReply(), /^226 /);
    assert.equal(server.eventsOf('data-peer-refused').length, 3);
  });

  test('from the same address without the session gets nothing, and the client its file, where reuse is required', async () => {
    await using server = await startServer({ sessionReuse: 'require' });
    await server.write('/a', Buffer.from('mine'));
    await using client = await server.session();
    const port = portOf(await client.expect(229, 'EPSV'));
    const thief = await client.connectData(port, { tls: true, reuseSession: false });
    await thief.ended;
    assert.equal(thief.unread().length, 0);
    const line = await client.connectData(port, { tls: true });
    await line.secured;
    await client.expect(150, 'RETR a');
    assert.equal((await line.readToEnd()).toString(), 'mine');
    line.closeNotifyThenFin();
    assert.match(await client.readReply(), /^226 /);
  });
});

describe('loops of PASV and EPSV', () => {
  test('hold one port and one descriptor, however many are asked for', async () => {
    const passivePorts = await freePortRange(4);
    await using server = await startServer({ passivePorts });
    await using client = await server.session();
    for (let round = 0; round < 200; round += 1) {
      await client.expect(round % 2 === 0 ? 229 : 227, round % 2 === 0 ? 'EPSV' : 'PASV');
      assert.ok(server.server.counts().listener <= 3);
    }
    await client.send('EPSV\r\nPASV\r\n'.repeat(100));
    for (let round = 0; round < 200; round += 1) assert.match(await client.readReply(), /^22[79] /);
    assert.equal(server.server.counts().listener, 3);
  });

  test('of many sessions use up the range with a 425 that says so, and the range comes back', async () => {
    const passivePorts = await freePortRange(2);
    await using server = await startServer({ passivePorts });
    const clients = await Promise.all([1, 2, 3].map(() => server.session()));
    const replies = [];
    for (const client of clients) replies.push(await client.command('EPSV'));
    assert.deepEqual(
      replies.map((reply) => reply.slice(0, 3)),
      ['229', '229', '425'],
    );
    assert.match(replies[2] ?? '', new RegExp(`${passivePorts.min}-${passivePorts.max}`));
    clients[0]?.close();
    await server.event('session-closed');
    await clients[2]?.expect(229, 'EPSV');
    for (const client of clients) client.close();
  });
});

describe('downgrade of data lines', () => {
  for (const opener of ['PASV', 'EPSV', 'PORT', 'EPRT'] as const) {
    test(`${opener} without PROT P leads to no transfer where TLS is required, and PROT C does not come back`, async () => {
      await using server = await startServer();
      await server.write('/a', Buffer.from('secret'));
      await using client = await server.connect();
      await client.authTls();
      await client.login('user', 'pass');
      const commands = { PASV: 'PASV', EPSV: 'EPSV', PORT: 'PORT 127,0,0,1,200,200', EPRT: 'EPRT |1|127.0.0.1|51400|' };
      const tryAll = async (): Promise<void> => {
        await client.expect(2, commands[opener]);
        for (const transfer of ['RETR a', 'STOR b', 'LIST']) assert.match(await client.command(transfer), /^521 /);
      };
      await tryAll();
      await client.expect(200, 'PBSZ 0');
      await tryAll();
      await client.protect();
      assert.match(await client.command('PROT C'), /^534 /);
      await client.expect(2, commands[opener]);
    });
  }

  test('bytes in clear on a line that must be private are no file', async () => {
    await using server = await startServer();
    await using client = await server.session();
    const line = await client.openPassive();
    await client.expect(150, 'STOR a');
    await line.write('in clear\n');
    line.fin();
    assert.match(await client.readReply(), /^(?:425|426|522) /);
    assert.equal(await server.read('/a'), undefined);
  });
});
