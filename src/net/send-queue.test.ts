import assert from 'node:assert/strict';
import { once } from 'node:events';
import { networkInterfaces, platform } from 'node:os';
import { connect, createServer, type Socket } from 'node:net';
import { describe, test } from 'node:test';
import { sendQueueBytes, sendQueueOf } from './send-queue.ts';

const skip = platform() === 'linux' ? false : 'only Linux tells how much a connection has queued';

const hasIpv6 = Object.values(networkInterfaces()).some((faces) => faces?.some((face) => face.address === '::1'));

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A connection to a listener on `listenHost`, whose peer does not read. */
async function inConnection(
  listenHost: string,
  dialHost: string,
  run: (ours: Socket, theirs: Socket) => Promise<void>,
) {
  const server = createServer({ pauseOnConnect: true }).listen(0, listenHost);
  await once(server, 'listening');
  const theirs = connect((server.address() as { port: number }).port, dialHost);
  theirs.pause();
  const [[ours]] = (await Promise.all([once(server, 'connection'), once(theirs, 'connect')])) as [[Socket], []];
  ours.on('error', () => undefined);
  theirs.on('error', () => undefined);
  try {
    await run(ours, theirs);
  } finally {
    ours.destroy();
    theirs.destroy();
    server.close();
  }
}

const endsOf = (raw: Socket) => ({
  local: { host: raw.localAddress ?? '', port: raw.localPort ?? 0 },
  remote: { host: raw.remoteAddress ?? '', port: raw.remotePort ?? 0 },
});

async function queued(raw: Socket): Promise<number | undefined> {
  const { local, remote } = endsOf(raw);
  return sendQueueBytes(local, remote);
}

describe('sendQueueBytes', { skip }, () => {
  for (const [name, listenHost, dialHost] of [
    ['IPv4', '127.0.0.1', '127.0.0.1'],
    ['IPv6', '::1', '::1'],
    ['IPv4 on a socket for both families', '::', '127.0.0.1'],
  ] as const) {
    test(
      `tells on ${name} what the peer has not taken, and how that shrinks`,
      { skip: listenHost.includes(':') && !hasIpv6 && 'no IPv6 here' },
      () =>
        inConnection(listenHost, dialHost, async (ours, theirs) => {
          assert.equal(await queued(ours), 0);
          ours.write(Buffer.alloc(16 * 1024 * 1024));
          let full = 0;
          for (let turns = 0; turns < 50; turns += 1) {
            await turn();
            full = (await queued(ours)) ?? -1;
          }
          assert.ok(full > 0, `${full} bytes are queued`);
          theirs.resume();
          while (ours.writableLength > 0 || ((await queued(ours)) ?? 0) > 0) await turn();
          assert.equal(await queued(ours), 0);
        }),
    );
  }

  test('tells that a peer which does not read has shut its window, and opens it again', () =>
    inConnection('127.0.0.1', '127.0.0.1', async (ours, theirs) => {
      const { local, remote } = endsOf(ours);
      assert.equal((await sendQueueOf(local, remote))?.windowIsClosed, false);
      ours.write(Buffer.alloc(16 * 1024 * 1024));
      const until = performance.now() + 10_000;
      while ((await sendQueueOf(local, remote))?.windowIsClosed !== true) {
        assert.ok(performance.now() < until, 'the window is shut within seconds');
        await turn();
      }
      theirs.resume();
      while (ours.writableLength > 0) await turn();
      assert.equal((await sendQueueOf(local, remote))?.windowIsClosed, false);
    }));

  test('knows nothing of a connection that is not there, nor of addresses that are none', async () => {
    const nowhere = { host: '127.0.0.1', port: 1 };
    assert.equal(await sendQueueBytes(nowhere, nowhere), undefined);
    assert.equal(await sendQueueBytes({ host: '', port: 0 }, nowhere), undefined);
    assert.equal(await sendQueueBytes(nowhere, { host: 'localhost', port: 1 }), undefined);
    assert.equal(await sendQueueBytes({ host: '::1', port: 1 }, nowhere), undefined);
  });
});
