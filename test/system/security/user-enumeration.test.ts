/** Who asks for a name learns nothing of it: the same replies, and the same work. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createTempFolder } from '../../../src/testing/index.ts';
import { openSqliteUserStore, Secret, type UserStore } from '../../../src/users/index.ts';
import { startServer } from '../../fixtures/start-server.ts';

/** The replies to a login, with the name taken out. */
async function repliesTo(users: UserStore | undefined, name: string): Promise<string[]> {
  await using server = await startServer({ limits: { loginDelayMs: 1 }, ...(users === undefined ? {} : { users }) });
  await using client = await server.connect();
  await client.authTls();
  const replies = [await client.command(`USER ${name}`), await client.command('PASS wrong')];
  return replies.map((reply) => reply.replaceAll(name, 'NAME'));
}

describe('names that exist and names that do not', () => {
  test('get the same replies', async () => {
    assert.deepEqual(await repliesTo(undefined, 'user'), await repliesTo(undefined, 'nobody'));
  });

  test('cost the same processor time, password hash and all, with a database', async () => {
    await using folder = await createTempFolder();
    const users = openSqliteUserStore(folder.join('users.db'));
    await users.add(
      { name: 'anna', home: '/', readOnly: false, admin: false, disabled: false, allowedNetworks: [] },
      new Secret('right'),
    );
    // The processor time of this process counts the threads that hash; a machine that is busy otherwise does not.
    const workFor = async (name: string): Promise<number> => {
      const before = process.cpuUsage();
      for (let round = 0; round < 4; round += 1) {
        await users.authenticate(name, new Secret(`wrong ${round}`), { remoteAddress: '192.0.2.1' });
      }
      const { user, system } = process.cpuUsage(before);
      return user + system;
    };
    await workFor('anna');
    await workFor('nobody');
    const known = await workFor('anna');
    const unknown = await workFor('nobody');
    const ratio = unknown / known;
    assert.ok(ratio > 0.5 && ratio < 2, `${known} µs for a known name, ${unknown} for an unknown one`);
    await users.close();
  });
});
