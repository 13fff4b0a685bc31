/** Rates, sessions and idle time of users, and users who are removed while they are here, over real sockets. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import {
  type MemoryUser,
  type UserAccount,
  createMemoryUserStore,
  Secret,
  type UserStore,
} from '../../src/users/index.ts';
import { download, upload } from '../fixtures/clear-transfers.ts';
import { startServer, type TestServerOptions } from '../fixtures/start-server.ts';

const password = new Secret('pass');
const start = (user: Partial<MemoryUser>, more: TestServerOptions = {}) =>
  startServer({ tls: 'optional', users: [{ name: 'anna', password, ...user }], ...more });

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await work();
  return (performance.now() - begin) / 1000;
}

describe('rates', () => {
  test('hold a download and an upload of a user to bytes per second, in every type', async () => {
    await using server = await start({ rateUp: 200_000, rateDown: 200_000 });
    await server.write('/f', Buffer.alloc(100_000, 'x'));
    await using client = await server.session({ user: 'anna', protection: 'plain' });
    const down = await secondsOf(async () => assert.equal((await download(client, 'RETR f')).length, 100_000));
    const up = await secondsOf(async () => assert.match(await upload(client, 'STOR g', Buffer.alloc(100_000)), /^226/));
    await client.expect(200, 'TYPE A');
    const text = await secondsOf(() => download(client, 'RETR f'));
    // Half a second each; a busy machine may take longer, and nothing may take less.
    for (const seconds of [down, up, text]) assert.ok(seconds > 0.45 && seconds < 5, `${seconds} s`);
    assert.equal((await server.read('/g'))?.length, 100_000);
  });

  test('are shared by the sessions of a user, and bound the server as a whole', async () => {
    for (const [user, rates] of [
      [{ rateDown: 200_000 }, {}],
      [{}, { down: 200_000 }],
      [{}, { userDown: 200_000 }],
    ] as const) {
      await using server = await start(user, { rates });
      await server.write('/f', Buffer.alloc(50_000));
      const clients = await Promise.all([0, 1].map(() => server.session({ user: 'anna', protection: 'plain' })));
      const seconds = await secondsOf(() => Promise.all(clients.map((client) => download(client, 'RETR f'))));
      assert.ok(seconds > 0.45 && seconds < 5, `${seconds} s`);
      for (const client of clients) client.close();
    }
  });

  test('leave nothing behind when a transfer is cut while it waits', async () => {
    await using server = await start({ rateUp: 1_000, rateDown: 1_000 });
    await server.write('/f', Buffer.alloc(500_000));
    const client = await server.session({ user: 'anna', protection: 'plain' });
    const line = await client.openPassive();
    await client.expect(150, 'RETR f');
    await client.expect(426, 'ABOR');
    assert.match(await client.readReply(), /^226/);
    assert.equal((await line.ended).how, 'reset');
    await client.openPassive();
    await client.expect(150, 'STOR g');
    client.close();
    await server.quiet();
  });
});

describe('sessions of a user', () => {
  test('beyond the number that may be are refused with the reason, and one that ends makes place', async () => {
    await using server = await start({ maxSessions: 2 });
    const [first, second] = [
      await server.session({ user: 'anna', protection: 'plain' }),
      await server.session({ user: 'anna', protection: 'plain' }),
    ];
    await using third = await server.connect();
    await third.expect(331, 'USER anna');
    assert.match(await third.command('PASS pass'), /^530 .*2 sessions already/);
    assert.equal(server.eventsOf('login').at(-1)?.cause, 'too-many-sessions');
    assert.match(await third.command('PWD'), /^530/);
    // To log in anew is no further session.
    await first.login('anna', 'pass');
    second.close();
    await server.event('session-closed');
    await third.login('anna', 'pass');
    first.close();
  });

  test('end after the idle time of the user', async () => {
    await using server = await start({ idleTimeoutMs: 300 });
    await using client = await server.session({ user: 'anna', protection: 'plain' });
    assert.match(await client.readReply(), /^421 No command within 0.3 s/);
    assert.equal((await server.event('session-closed')).cause, 'idle');
  });
});

describe('a user who is removed while logged in', () => {
  /** A store that forgets everybody when it is told to. */
  function forgetful(): { readonly store: UserStore; readonly forget: () => void } {
    const inner = createMemoryUserStore({ users: [{ name: 'anna', password }] });
    let isForgotten = false;
    const store: UserStore = {
      authenticate: (name, word, context) => inner.authenticate(name, word, context),
      findAccount: async (name, context): Promise<UserAccount | undefined> =>
        isForgotten ? undefined : inner.findAccount?.(name, context),
      close: () => inner.close(),
    };
    return {
      store,
      forget: () => {
        isForgotten = true;
      },
    };
  }

  test('is sent away with the next command, within seconds', async (t) => {
    const { store, forget } = forgetful();
    await using server = await startServer({ tls: 'optional', users: store });
    await using client = await server.session({ user: 'anna', protection: 'plain' });
    forget();
    await client.expect(257, 'PWD');
    const now = performance.now.bind(performance);
    t.mock.method(performance, 'now', () => now() + 6_000);
    assert.match(await client.command('PWD'), /^421 .*not admitted any more/);
    assert.equal((await server.event('session-closed')).cause, 'user-gone');
  });

  test('who is still there is not', async (t) => {
    const { store } = forgetful();
    await using server = await startServer({ tls: 'optional', users: store });
    await using client = await server.session({ user: 'anna', protection: 'plain' });
    const now = performance.now.bind(performance);
    t.mock.method(performance, 'now', () => now() + 6_000);
    await client.expect(257, 'PWD');
  });
});
