/** A data line that its client resets before the server has taken it: the transfer is answered soon, and the session goes on. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import type { ScriptedClient } from '../../src/testing/index.ts';
import { startServer, type TestServer, type TestServerOptions } from '../fixtures/start-server.ts';

async function portOf(client: ScriptedClient): Promise<number> {
  return Number(/\|\|\|(\d+)\|/.exec(await client.expect(229, 'EPSV'))?.[1]);
}

/** Connects and resets while the server, which is in this process, cannot do anything. */
function comeAndGo(port: number): void {
  const script = `require('node:net').connect(${port}, '127.0.0.1', function () { this.resetAndDestroy(); });`;
  const { status, stderr } = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
}

async function serverWith(options: TestServerOptions = {}): Promise<TestServer> {
  const server = await startServer({ tls: 'optional', ...options });
  await server.write('/a', Buffer.from('mine'));
  return server;
}

describe('a data line that is reset before it is taken', { concurrency: 4 }, () => {
  for (const [command, protection] of [
    ['STOR b', 'plain'],
    ['LIST', 'TLSv1.2'],
    ['STOR b', 'TLSv1.3'],
    ['RETR a', 'TLSv1.3'],
  ] as const) {
    test(`${command}: 425 says so in time, and the next transfer works (${protection})`, async () => {
      await using server = await serverWith();
      await using client = await server.session({ protection });
      comeAndGo(await portOf(client));
      await client.expect(150, command);
      assert.match(await client.readReply(), /^425 .*reset before the transfer.*open a new one/);
      assert.equal((await server.event('data-line-failed')).line.cause, 'closed');
      assert.equal(await server.read('/b'), undefined);
      const line = await client.openPassive({ tls: protection !== 'plain' });
      await client.expect(150, 'RETR a');
      assert.equal((await line.finish()).toString(), 'mine');
      assert.match(await client.readReply(), /^226 /);
    });
  }

  test('while the transfer waits, too', async () => {
    await using server = await serverWith();
    await using client = await server.session();
    const port = await portOf(client);
    await client.expect(150, 'STOR b');
    comeAndGo(port);
    assert.match(await client.readReply(), /^425 /);
    await client.expect(200, 'NOOP');
  });

  for (const sessionReuse of ['prefer', 'require'] as const) {
    test(`does not use up the port: it may have been anybody's (${sessionReuse})`, async () => {
      await using server = await serverWith({ sessionReuse });
      await using client = await server.session();
      const port = await portOf(client);
      comeAndGo(port);
      await client.expect(150, 'RETR a');
      comeAndGo(port);
      const line = await client.connectData(port);
      await line.startTls({ session: client.control.sessions.at(-1) });
      assert.equal((await line.finish()).toString(), 'mine');
      assert.match(await client.readReply(), /^226 /);
    });
  }

  test('is not waited for where data lines must resume', async () => {
    await using server = await serverWith({ sessionReuse: 'require' });
    await using client = await server.session();
    comeAndGo(await portOf(client));
    await client.expect(150, 'STOR b');
    assert.match(await client.readReply(), /^425 /);
    await client.expect(200, 'NOOP');
  });
});
