import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { TwinlineError } from '../errors/index.ts';
import type { Script, ScriptedServer, ScriptedServerOptions } from '../testing/index.ts';
import { modes, optionsFor, startServerFor } from '../../test/fixtures/client-pair.ts';
import type { Client } from './client.ts';
import type { ConnectOptions } from './options.ts';
import { type ClientPool, createPool, type PoolNotice, type PoolOptions } from './pool.ts';

const [, , mode] = modes;

interface PoolPair extends AsyncDisposable {
  readonly server: ScriptedServer;
  readonly pool: ClientPool;
  readonly notices: PoolNotice[];
}

/** Disposal ends the pool in order, and fails when it leaves anything alive. */
async function startPool(
  serverOptions: ScriptedServerOptions,
  poolOptions: Partial<PoolOptions> = {},
  options: Partial<ConnectOptions> = {},
): Promise<PoolPair> {
  const server = await startServerFor(mode, serverOptions);
  const notices: PoolNotice[] = [];
  const pool = createPool(
    { ...optionsFor(mode, server), ...options },
    { size: 3, onNotice: (notice) => notices.push(notice), ...poolOptions },
  );
  return {
    server,
    pool,
    notices,
    [Symbol.asyncDispose]: async () => {
      await pool.quit();
      await server.stop();
      assert.deepEqual(
        Object.entries(pool.counts.snapshot()).filter(([, count]) => count !== 0),
        [],
      );
    },
  };
}

/** Work that holds its session until it is told to end. */
function holding(pool: ClientPool): {
  readonly started: Promise<Client>;
  readonly end: () => void;
  readonly done: Promise<void>;
} {
  const started = Promise.withResolvers<Client>();
  const held = Promise.withResolvers<void>();
  const done = pool.use(async (client) => {
    started.resolve(client);
    await held.promise;
  });
  done.catch(started.reject);
  started.promise.catch(() => undefined);
  return { started: started.promise, end: held.resolve, done };
}

describe('a pool', () => {
  test('opens nothing before it is used, and then what is needed, up to its size', async () => {
    await using pair = await startPool({});
    const { pool, server } = pair;
    assert.equal(server.sessions.length, 0);
    assert.equal(await pool.use((client) => client.workingDirectory()), '/');
    assert.equal(await pool.use((client) => client.workingDirectory()), '/');
    assert.equal(server.sessions.length, 1);
    const work = Array.from({ length: 5 }, () => holding(pool));
    await Promise.all(work.slice(0, 3).map(({ started }) => started));
    assert.deepEqual([pool.busy, pool.sessions, pool.waiting, server.sessions.length], [3, 3, 2, 3]);
    for (const { end } of work) end();
    await Promise.all(work.map(({ done }) => done));
    assert.deepEqual([pool.busy, pool.sessions, pool.waiting, server.sessions.length], [0, 3, 0, 3]);
  });

  test('serves in the order of the calls', async () => {
    await using pair = await startPool({}, { size: 1 });
    const order: number[] = [];
    await Promise.all(Array.from({ length: 20 }, (_, index) => pair.pool.use(async () => void order.push(index))));
    assert.deepEqual(
      order,
      Array.from({ length: 20 }, (_, index) => index),
    );
  });

  test('passes the error of the work on, and keeps the session', async () => {
    await using pair = await startPool({ commands: { DELE: '550 No' } });
    await assert.rejects(
      pair.pool.use((client) => client.remove('f')),
      { replyCode: 550 },
    );
    const own = new Error('of the work');
    await assert.rejects(
      pair.pool.use(() => Promise.reject(own)),
      own,
    );
    assert.equal(pair.server.sessions.length, 1);
    assert.deepEqual(pair.notices, []);
  });

  test('gives each work the folder of the login, and goes there only from elsewhere', async () => {
    let directory = '/';
    const changes: string[] = [];
    const commands: Record<string, Script> = {
      CWD: async (session, argument) => {
        directory = argument;
        changes.push(argument);
        await session.reply('250 Changed');
      },
      PWD: async (session) => session.reply(`257 "${directory}"`),
    };
    await using pair = await startPool({ commands });
    await pair.pool.use((client) => client.changeDirectory('/in'));
    assert.equal(await pair.pool.use((client) => client.workingDirectory()), '/');
    await pair.pool.use((client) => client.changeDirectory('/out'));
    assert.equal(await pair.pool.use((client) => client.workingDirectory()), '/');
    assert.equal(pair.server.sessions.length, 1);
    assert.deepEqual(changes, ['/in', '/', '/out', '/']);
  });

  test('replaces sessions that were lost, in use or not, and says so', async () => {
    await using pair = await startPool({}, { size: 1 });
    const { pool, server, notices } = pair;
    await pool.use((client) => client.workingDirectory());
    server.sessions[0]?.control.reset();
    await server.sessions[0]?.control.ended;
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(await pool.use((client) => client.workingDirectory()), '/');
    await assert.rejects(
      pool.use(async (client) => {
        server.sessions[1]?.control.reset();
        await client.workingDirectory();
      }),
      { code: 'ERR_TWINLINE_CONTROL_LOST' },
    );
    assert.equal(await pool.use((client) => client.workingDirectory()), '/');
    assert.equal(server.sessions.length, 3);
    assert.deepEqual(
      notices.map(({ kind, error }) => [kind, error instanceof TwinlineError ? error.code : undefined]),
      [
        ['lost', undefined],
        ['lost', 'ERR_TWINLINE_CONTROL_LOST'],
      ],
    );
  });

  test('goes on with the sessions that it gets, whatever the words of the refusal', async () => {
    for (const refusal of ['421 Too many connections', '530 Sorry, the maximum number of clients']) {
      let logins = 0;
      const PASS: Script = async (session) => {
        logins += 1;
        await session.reply(logins > 2 ? refusal : '230 Welcome');
      };
      await using pair = await startPool({ commands: { PASS } }, { size: 5 });
      let most = 0;
      const work = Array.from({ length: 10 }, () =>
        pair.pool.use(async (client) => {
          most = Math.max(most, pair.pool.busy);
          await client.workingDirectory();
        }),
      );
      await Promise.all(work);
      assert.ok(most <= 2);
      assert.ok(pair.notices.length > 0);
      for (const { kind, sessions, error } of pair.notices) {
        assert.deepEqual([kind, sessions], ['fewer', 2]);
        assert.ok(error !== undefined);
      }
    }
  });

  test('tries a wrong password once, however many wait', async () => {
    await using pair = await startPool({ commands: { PASS: '530 No' } });
    const work = Array.from({ length: 3 }, () => pair.pool.use(async () => undefined));
    const results = await Promise.allSettled(work.slice(0, 1));
    assert.equal(pair.server.sessions.length <= 2, true);
    assert.equal(results[0]?.status, 'rejected');
    for (const { reason } of (await Promise.allSettled(work)) as PromiseRejectedResult[])
      assert.equal((reason as { code: string }).code, 'ERR_TWINLINE_LOGIN_REFUSED');
  });

  test('never takes a certificate that is not trusted for one session too many', async () => {
    await using pair = await startPool({}, {}, { tls: {} });
    await assert.rejects(
      pair.pool.use(async () => undefined),
      { code: 'ERR_TWINLINE_CERTIFICATE' },
    );
    assert.deepEqual(pair.notices, []);
  });

  test('ends sessions that nobody has needed for a while', async () => {
    await using pair = await startPool({}, { idleMs: 30 });
    await pair.pool.use((client) => client.workingDirectory());
    assert.equal(pair.pool.sessions, 1);
    assert.equal((await pair.server.sessions[0]?.control.ended)?.how, 'close-notify');
    assert.equal(pair.pool.sessions, 0);
    assert.equal(await pair.pool.use((client) => client.workingDirectory()), '/');
  });

  test('quits behind what runs and waits, and takes no more work', async () => {
    await using pair = await startPool({}, { size: 1 });
    const first = holding(pair.pool);
    const second = pair.pool.use((client) => client.workingDirectory());
    await first.started;
    const quitting = pair.pool.quit();
    await assert.rejects(
      pair.pool.use(async () => undefined),
      { code: 'ERR_TWINLINE_CALL_ORDER' },
    );
    first.end();
    assert.equal(await second, '/');
    await quitting;
    assert.equal(pair.pool.counts.get('session'), 0);
    assert.equal(pair.server.sessions[0]?.commands.at(-1), 'QUIT');
  });

  test('destroyed, or with a quit that is aborted, ends at once', async () => {
    for (const way of ['destroy', 'quit'] as const) {
      await using pair = await startPool({}, { size: 1 });
      const running = holding(pair.pool);
      const waiting = pair.pool.use(async () => undefined);
      waiting.catch(() => undefined);
      const client = await running.started;
      const abort = new AbortController();
      const quitting = pair.pool.quit({ signal: abort.signal });
      quitting.catch(() => undefined);
      if (way === 'destroy') pair.pool.destroy();
      else abort.abort();
      await assert.rejects(waiting, { code: 'ERR_TWINLINE_ABORTED' });
      assert.equal(client.isConnected, false);
      running.end();
      await running.done;
      if (way === 'quit') await assert.rejects(quitting, { code: 'ERR_TWINLINE_ABORTED' });
      else await quitting;
      assert.deepEqual(pair.notices, []);
    }
  });

  test('destroyed while it opens leaves nothing open', async () => {
    await using pair = await startPool({ greeting: () => undefined });
    const waiting = pair.pool.use(async () => undefined);
    waiting.catch(() => undefined);
    await pair.server.nextSession();
    pair.pool.destroy();
    await assert.rejects(waiting, { code: 'ERR_TWINLINE_ABORTED' });
  });

  test('needs a size', () => {
    for (const size of [0, 1.5, Number.NaN])
      assert.throws(() => createPool({ host: 'a' }, { size }), { code: 'ERR_TWINLINE_ARGUMENT' });
  });
});
