/** A control line that is lost in a transfer takes the data line with it by reset, and leaves nothing open: not a descriptor. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type DataLine, type LineEnding, type ScriptedClient, seededBytes } from '../../src/testing/index.ts';
import { createMemoryStorage, type WriteHandle } from '../../src/storage/index.ts';
import { type Protection, protections, startServer, type TestServer } from '../fixtures/start-server.ts';

const big = seededBytes(24 * 1024 * 1024, 11);

interface Running {
  readonly client: ScriptedClient;
  readonly line: DataLine;
}

/** A transfer that moves data: a download of which 1 MiB has come, or an upload of which 1 MiB has been taken. */
async function midTransfer(server: TestServer, protection: Protection, verb: 'RETR' | 'STOR'): Promise<Running> {
  const client = await server.session({ protection });
  const line = await client.openPassive({ tls: protection !== 'plain' });
  await client.expect(150, `${verb} big`);
  await line.secured;
  if (verb === 'STOR') {
    await line.write(big.subarray(0, 1_048_576));
    while (!/: 1048576 bytes/.test(await client.command('STAT'))) await new Promise(setImmediate);
  } else {
    await line.untilReceived(1_048_576);
  }
  return { client, line };
}

const losses: Record<
  string,
  { readonly cause: string; readonly tlsOnly?: true; readonly lose: (client: ScriptedClient) => void }
> = {
  reset: { cause: 'control-reset', lose: ({ control }) => control.reset() },
  FIN: {
    cause: 'control-fin',
    lose: ({ control }) => (control.tls === undefined ? control.fin() : control.finWithoutCloseNotify()),
  },
  close_notify: { cause: 'control-close-notify', tlsOnly: true, lose: ({ control }) => control.closeNotifyOnly() },
};

/** What the client sees of a data line that was cut: RST, and never an orderly end. */
async function assertCut(line: DataLine, lostAtMs: number): Promise<LineEnding> {
  const ending = await line.ended;
  assert.equal(ending.how, 'reset');
  assert.equal(ending.closeNotifyAtMs, undefined);
  assert.equal(ending.finAtMs, undefined);
  // The bound of the lab's own cases about this; how fast it really is, the long runs measure.
  const afterMs = (ending.resetAtMs ?? Number.NaN) - lostAtMs;
  assert.ok(afterMs < 1_000, `reset after ${afterMs} ms`);
  return ending;
}

function assertLogged(server: TestServer, verb: string, cause: string): void {
  const { transfer } = server.eventsOf('transfer')[0] ?? assert.fail('no record');
  assert.deepEqual([transfer.verb, transfer.cause, transfer.verdict], [verb, cause, 'interrupted']);
  assert.ok(transfer.bytes >= 1_048_576);
  const order = server.events.flatMap((event) => {
    if (event.type === 'transfer' || event.type === 'session-closed') return [event.type];
    return event.type === 'reply' && event.code === 426
      ? [`${event.code} ${event.lines.join()} sent:${event.sent}`]
      : [];
  });
  assert.deepEqual(order, ['transfer', '426 Connection closed; transfer aborted. sent:false', 'session-closed']);
  assert.equal(server.eventsOf('session-closed')[0]?.cause, cause);
}

for (const protection of protections) {
  describe(`the loss of the control line in a transfer over ${protection}`, () => {
    for (const [name, { cause, tlsOnly, lose }] of Object.entries(losses)) {
      if (tlsOnly === true && protection === 'plain') continue;

      test(`by ${name}, in a download`, async () => {
        await using server = await startServer({ tls: 'optional' });
        await server.write('/big', big);
        const { client, line } = await midTransfer(server, protection, 'RETR');
        const lostAtMs = performance.now();
        lose(client);
        await assertCut(line, lostAtMs);
        assert.ok(line.receivedBytes < big.length);
        await server.event('session-closed');
        assertLogged(server, 'RETR', cause);
        client.close();
      });

      test(`by ${name}, in an upload`, async () => {
        await using server = await startServer({ tls: 'optional', files: 'disk' });
        const { client, line } = await midTransfer(server, protection, 'STOR');
        const lostAtMs = performance.now();
        lose(client);
        await assertCut(line, lostAtMs);
        await server.event('session-closed');
        assertLogged(server, 'STOR', cause);
        assert.equal(await server.read('/big'), undefined);
        await using again = await server.session({ protection });
        assert.equal(await again.command('SIZE big'), '213 1048576');
        client.close();
      });
    }
  });
}

describe('descriptors', () => {
  test('none is left behind by lost sessions, whatever moved', async () => {
    const descriptors = async (): Promise<number> => (await readdir('/proc/self/fd')).length;
    await using server = await startServer({ tls: 'optional', files: 'disk' });
    await server.write('/big', big);
    const round = async (): Promise<void> => {
      for (const protection of protections) {
        for (const verb of ['RETR', 'STOR'] as const) {
          const { client, line } = await midTransfer(server, protection, verb);
          client.control.reset();
          await line.ended;
          client.close();
        }
      }
      await server.quiet();
    };
    await round();
    const before = await descriptors();
    for (let i = 0; i < 3; i += 1) await round();
    // Descriptors of this process's own client close a moment after the server's.
    for (let i = 0; i < 100 && (await descriptors()) > before; i += 1) await sleep(10);
    assert.ok((await descriptors()) <= before, `${await descriptors()} descriptors, ${before} before`);
  });
});

describe('commands behind a lost control line', () => {
  test('a transfer that was queued before the FIN does not move a byte', async () => {
    await using server = await startServer({ tls: 'optional' });
    await server.write('/big', big);
    await using client = await server.session({ protection: 'plain' });
    const line = await client.openPassive();
    await client.send('CWD /\r\nRETR big\r\n');
    client.control.fin();
    assert.equal((await line.ended).how, 'reset');
    assert.equal(line.receivedBytes < big.length, true);
    const { transfer } = await server.event('transfer');
    assert.equal(transfer.cause, 'control-fin');
  });

  for (const protection of protections) {
    test(`an upload whose control line is lost between its last byte and its name is not complete (${protection})`, async () => {
      const storage = createMemoryStorage();
      const { promise: lost, resolve: release } = Promise.withResolvers<void>();
      const { promise: committing, resolve: commits } = Promise.withResolvers<void>();
      const openWrite = storage.openWrite.bind(storage);
      storage.openWrite = async (...args): Promise<WriteHandle> => {
        const handle = await openWrite(...args);
        const commit = handle.commit.bind(handle);
        handle.commit = async (isWanted): Promise<void> => {
          commits();
          await lost;
          return commit(isWanted);
        };
        return handle;
      };
      await using server = await startServer({ tls: 'optional', files: storage });
      await using client = await server.session({ protection });
      const line = await client.openPassive({ tls: protection !== 'plain' });
      await client.expect(150, 'STOR a');
      await line.secured;
      await line.write('all that came before the client gave up');
      if (protection === 'plain') line.fin();
      else line.closeNotifyThenFin();
      await committing;
      client.control.reset();
      while (server.server.counts().socket > 0) await new Promise(setImmediate);
      release();
      const { transfer } = await server.event('transfer');
      assert.deepEqual([transfer.cause, transfer.verdict], ['control-reset', 'interrupted']);
      assert.equal(await server.read('/a'), undefined);
      await using again = await server.session({ protection });
      assert.equal(await again.command('SIZE a'), '213 39');
    });
  }
});
