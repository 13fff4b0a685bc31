/** The leak budget as an administrator sees it in STAT: what lives in the whole server, by kind. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createTempFolder, ScriptedClient } from '../../src/testing/index.ts';
import { Secret } from '../../src/users/index.ts';
import { startServe } from '../fixtures/serve-process.ts';
import { startServer, testUsers } from '../fixtures/start-server.ts';

const users = [...testUsers, { name: 'root', password: new Secret('pass'), admin: true }];

/** The numbers of a STAT reply, undefined when it shows none. */
async function countsIn(client: ScriptedClient): Promise<Record<string, number> | undefined> {
  const reply = await client.expect(211, 'STAT');
  const [, line] = /^ Server: (.*)$/m.exec(reply) ?? [];
  if (line === undefined) return undefined;
  return Object.fromEntries(line.split(', ').map((part) => [part.split(' ')[0], Number(part.split(' ')[1])]));
}

describe('STAT', () => {
  test('shows an administrator what lives in the server, and the same again when it is over', async () => {
    await using server = await startServer({ users, files: 'disk' });
    await server.write('/big', Buffer.alloc(64 * 1024 * 1024));
    await using admin = await server.session({ user: 'root' });
    const before = await countsIn(admin);
    assert.equal(before?.['listeners'], 2);
    assert.deepEqual(
      ['sessions', 'sockets', 'transfers', 'files'].map((kind) => before?.[kind]),
      [1, 1, 0, 0],
    );
    await using client = await server.session();
    const data = await client.openPassive({ tls: true });
    assert.equal((await countsIn(admin))?.['sockets'], 3);
    await data.secured;
    await client.expect(150, 'RETR big');
    data.pause();
    const during = await countsIn(admin);
    assert.deepEqual(
      ['sessions', 'sockets', 'listeners', 'transfers', 'files'].map((kind) => during?.[kind]),
      [2, 3, 2, 1, 1],
    );
    assert.ok((during?.['timers'] ?? 0) > (before['timers'] ?? 0), JSON.stringify(during));
    client.control.reset();
    await server.event('session-closed');
    assert.deepEqual(await countsIn(admin), before);
  });

  test('shows them to nobody else', async () => {
    await using server = await startServer({ users, tls: 'optional' });
    await using stranger = await server.connect();
    assert.equal(await countsIn(stranger), undefined);
    await using client = await server.session();
    assert.equal(await countsIn(client), undefined);
  });

  test('shows them to whom twinline serve has made an administrator', async () => {
    await using folder = await createTempFolder();
    const logins = ['--user', 'alice:secret', '--user', 'bob:secret', '--admin', 'bob'];
    await using serve = await startServe({ cwd: folder.path, args: ['--root', '.', '--tls', 'off', ...logins] });
    for (const name of ['alice', 'bob']) {
      await using client = await ScriptedClient.connect({ port: serve.port });
      await client.readReply();
      await client.login(name, 'secret');
      assert.equal((await countsIn(client)) !== undefined, name === 'bob', name);
    }
  });
});
