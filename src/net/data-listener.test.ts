import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { describe, test } from 'node:test';
import { freePortRange, within } from '../testing/index.ts';
import { DataListener, type DataListenerOptions, PortRangeUsedUp } from './data-listener.ts';
import { Scope } from './scope.ts';

const loopback = '127.0.0.1';
const anyPort = { min: 0, max: 0 };

/** What a listener told its owner, and the connections that it handed over. */
class Owner {
  readonly told: string[] = [];
  readonly accepted: Socket[] = [];
  #look: () => void = () => undefined;

  options(changes: Partial<DataListenerOptions> = {}): DataListenerOptions {
    return {
      host: loopback,
      range: anyPort,
      peer: loopback,
      timeoutMs: 60_000,
      accepted: (raw) => {
        this.accepted.push(raw);
        this.#tell('accepted');
      },
      refused: (from) => this.#tell(`refused ${from}`),
      lost: () => this.#tell('lost'),
      timedOut: () => this.#tell('timed out'),
      ...changes,
    };
  }

  #tell(what: string): void {
    this.told.push(what);
    this.#look();
  }

  /** Resolves when the owner was told something `count` times. */
  async until(count: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#look = () => {
      if (this.told.length >= count) resolve();
    };
    this.#look();
    await within(promise, `${count} calls, and there were ${JSON.stringify(this.told)}`);
  }

  close(): void {
    for (const raw of this.accepted) raw.destroy();
  }
}

/** How a connection to `port` ends: with the code of its error, or with `open`, `end` for a FIN. */
async function endOf(raw: Socket): Promise<string> {
  const ending = new Promise<string>((resolve) => {
    raw.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''));
    raw.once('end', () => resolve('end'));
  });
  raw.resume();
  return within(ending, 'the end of a connection');
}

const dial = (port: number, localAddress = loopback): Socket => connect({ port, host: loopback, localAddress });

async function isRefused(port: number): Promise<boolean> {
  const raw = dial(port);
  const { promise, resolve } = Promise.withResolvers<boolean>();
  raw.once('connect', () => resolve(false));
  raw.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNREFUSED'));
  const refused = await within(promise, 'a connection or its refusal');
  raw.destroy();
  return refused;
}

async function occupy(port: number): Promise<Server> {
  const server = createServer().listen(port, loopback);
  await once(server, 'listening');
  return server;
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('DataListener', () => {
  test('hands over the first connection of the peer, unread, and closes', async () => {
    const scope = new Scope();
    const owner = new Owner();
    const listener = await DataListener.open(scope, owner.options());
    assert.ok(listener.port > 0);
    assert.equal(scope.counts.get('listener'), 1);
    const raw = dial(listener.port);
    raw.write('early');
    await owner.until(1);
    assert.deepEqual(owner.told, ['accepted']);
    assert.equal(owner.accepted[0]?.isPaused(), true);
    assert.equal(owner.accepted[0]?.allowHalfOpen, true);
    assert.equal(listener.scope.closed, true);
    assert.deepEqual([scope.counts.get('listener'), scope.counts.get('timer')], [0, 0]);
    assert.equal(await isRefused(listener.port), true);
    raw.destroy();
    owner.close();
  });

  test('is on the address of the control connection alone', async () => {
    const scope = new Scope();
    const listener = await DataListener.open(scope, new Owner().options({ host: '127.0.0.3' }));
    assert.equal(await isRefused(listener.port), true);
    scope.close();
  });

  test('resets a connection from elsewhere, which does not use up the slot', async () => {
    const scope = new Scope();
    const owner = new Owner();
    const listener = await DataListener.open(scope, owner.options());
    const strangers = ['127.0.0.2', '127.0.0.9', '127.0.0.2'].map((address) => dial(listener.port, address));
    const ends = await Promise.all(strangers.map(endOf));
    assert.deepEqual(ends, ['ECONNRESET', 'ECONNRESET', 'ECONNRESET']);
    await owner.until(3);
    assert.deepEqual(owner.told.toSorted(), ['refused 127.0.0.2', 'refused 127.0.0.2', 'refused 127.0.0.9']);
    assert.equal(listener.scope.closed, false);
    const raw = dial(listener.port);
    await owner.until(4);
    assert.equal(owner.told.at(-1), 'accepted');
    raw.destroy();
    owner.close();
  });

  test('tells of a connection that was gone before it was taken, which does not use up the slot', async () => {
    const scope = new Scope();
    const owner = new Owner();
    const listener = await DataListener.open(scope, owner.options());
    const script = `require('node:net').connect(${listener.port}, '${loopback}', function () { this.resetAndDestroy(); })`;
    assert.equal(spawnSync(process.execPath, ['-e', script]).status, 0);
    await owner.until(1);
    const raw = dial(listener.port);
    await owner.until(2);
    assert.deepEqual(owner.told, ['lost', 'accepted']);
    raw.destroy();
    owner.close();
  });

  test('knows its peer by any text of the same address', async () => {
    const owner = new Owner();
    const listener = await DataListener.open(new Scope(), owner.options({ peer: '::ffff:127.0.0.1' }));
    const raw = dial(listener.port);
    await owner.until(1);
    assert.deepEqual(owner.told, ['accepted']);
    raw.destroy();
    owner.close();
  });

  test('closes when nobody has come in time, and says so once', async () => {
    const scope = new Scope();
    const owner = new Owner();
    const listener = await DataListener.open(scope, owner.options({ timeoutMs: 20 }));
    await owner.until(1);
    assert.equal(await isRefused(listener.port), true);
    assert.deepEqual(owner.told, ['timed out']);
    assert.deepEqual([scope.counts.get('listener'), scope.counts.get('timer')], [0, 0]);
  });

  test('closes with its scope and by its owner, and tells nobody', async () => {
    for (const how of ['scope', 'owner'] as const) {
      const scope = new Scope();
      const owner = new Owner();
      const listener = await DataListener.open(scope, owner.options({ timeoutMs: 20 }));
      if (how === 'scope') scope.close();
      else listener.close();
      listener.close();
      assert.equal(await isRefused(listener.port), true);
      await new Promise((resolve) => setTimeout(resolve, 30));
      assert.deepEqual(owner.told, []);
      assert.deepEqual([scope.counts.get('listener'), scope.counts.get('timer')], [0, 0]);
    }
  });

  describe('in a range of ports', () => {
    test('takes each free port of it and no other', async () => {
      const range = await freePortRange(4);
      const busy = await occupy(range.min + 1);
      const scope = new Scope();
      const ports: number[] = [];
      for (let i = 0; i < 3; i += 1) ports.push((await DataListener.open(scope, new Owner().options({ range }))).port);
      assert.deepEqual(
        ports.toSorted((a, b) => a - b),
        [range.min, range.min + 2, range.min + 3],
      );
      assert.equal(scope.counts.get('listener'), 3);
      scope.close();
      busy.close();
    });

    test('rejects when all of it is in use, names it, and holds nothing', async () => {
      const range = await freePortRange(2);
      const busy = [await occupy(range.min), await occupy(range.max)];
      const scope = new Scope();
      await assert.rejects(DataListener.open(scope, new Owner().options({ range })), (error) => {
        assert.ok(error instanceof PortRangeUsedUp);
        assert.deepEqual(error.range, range);
        assert.match(error.message, new RegExp(`${range.min}-${range.max}`));
        return true;
      });
      await turn();
      assert.deepEqual([scope.counts.get('listener'), scope.counts.get('timer')], [0, 0]);
      for (const server of busy) server.close();
    });

    test('begins anywhere in it', async () => {
      const range = await freePortRange(8);
      const ports = new Set<number>();
      for (let i = 0; i < 200 && ports.size < 3; i += 1) {
        const scope = new Scope();
        ports.add((await DataListener.open(scope, new Owner().options({ range }))).port);
        scope.close();
        await turn();
      }
      assert.ok(ports.size >= 3, 'three ports in 200 tries of 8');
    });
  });

  test('rejects with the error of the system for an address that is not here', async () => {
    const scope = new Scope();
    const opening = DataListener.open(scope, new Owner().options({ host: '192.0.2.1' }));
    await assert.rejects(opening, { code: 'EADDRNOTAVAIL' });
    await turn();
    assert.equal(scope.counts.get('listener'), 0);
  });

  test('leaves nothing open when its scope closes at any moment of the opening', async () => {
    const range = await freePortRange(2);
    const busy = await occupy(range.min);
    for (const microtasks of [0, 1, 2, 3, 5, 8, 13, 100]) {
      for (const chosen of [anyPort, range]) {
        const scope = new Scope();
        const opening = DataListener.open(scope, new Owner().options({ range: chosen }));
        for (let i = 0; i < microtasks; i += 1) await Promise.resolve();
        scope.close();
        const opened = await within(
          opening.then(
            () => 'opened',
            () => 'rejected',
          ),
          'the opening',
        );
        for (let i = 0; i < 5; i += 1) await turn();
        assert.equal(scope.counts.get('listener'), 0, `${microtasks} microtasks, ${opened}`);
        if (chosen === range) assert.equal(await isRefused(range.max), true, `${microtasks} microtasks, ${opened}`);
      }
    }
    for (let turns = 0; turns < 4; turns += 1) {
      const scope = new Scope();
      const opening = DataListener.open(scope, new Owner().options({ range }));
      opening.catch(() => undefined);
      for (let i = 0; i < turns; i += 1) await turn();
      scope.close();
      await within(
        opening.catch(() => undefined),
        'the opening',
      );
      for (let i = 0; i < 5; i += 1) await turn();
      assert.equal(await isRefused(range.max), true, `${turns} turns`);
    }
    busy.close();
  });

  test('in a closed scope is not opened', async () => {
    const scope = new Scope();
    scope.close();
    await assert.rejects(within(DataListener.open(scope, new Owner().options()), 'the opening'), /session ended/);
    await turn();
    assert.deepEqual([scope.counts.get('listener'), scope.counts.get('timer')], [0, 0]);
  });

  test('waits on when one connection could not be accepted', async () => {
    const scope = new Scope();
    const owner = new Owner();
    // Node tells on this channel of every connection that a server accepts, and the connection knows its server.
    let server: Server | undefined;
    const learn = (message: unknown): void => {
      server = (message as { socket: Socket & { server?: Server } }).socket.server;
    };
    subscribe('net.server.socket', learn);
    const listener = await DataListener.open(scope, owner.options());
    await endOf(dial(listener.port, '127.0.0.2'));
    unsubscribe('net.server.socket', learn);
    server?.emit('error', Object.assign(new Error('accept EMFILE'), { code: 'EMFILE' }));
    const raw = dial(listener.port);
    await owner.until(2);
    assert.deepEqual(owner.told, ['refused 127.0.0.2', 'accepted']);
    raw.destroy();
    owner.close();
  });
});
