import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { Scope } from '../../net/index.ts';
import { openSilentPort } from '../../../test/fixtures/silent-port.ts';
import { dialControl } from '../dial-control.ts';
import { type ConnectOptions, resolveOptions } from '../options.ts';
import type { TraceEvent } from '../trace.ts';
import { type HostAddress, inTurns } from './host-addresses.ts';

const v4 = (address: string): HostAddress => ({ address, family: 4 });
/** An address that the lookup calls IPv6: the machine may have none, and what counts here are the turns. */
const v6 = (address: string): HostAddress => ({ address, family: 6 });

async function listen(port: number, host: string): Promise<Server> {
  const server = createServer((raw) => raw.on('error', () => undefined));
  server.listen(port, host);
  await once(server, 'listening');
  return server;
}

async function stop(server: Server): Promise<void> {
  server.close();
  await once(server, 'close');
}

/** Dials a name with the given addresses; gives the address that won, and what the trace says. */
async function dial(port: number, addresses: readonly HostAddress[], more: Partial<ConnectOptions> = {}) {
  const trace: TraceEvent[] = [];
  const lookup = () => Promise.resolve(addresses);
  const options = { host: 'files.example.org', port, lookup, onTrace: (event: TraceEvent) => trace.push(event) };
  const scope = new Scope();
  try {
    const { raw } = await dialControl(scope, resolveOptions({ ...options, ...more }), more.signal);
    const winner = raw.remoteAddress;
    raw.destroy();
    await once(raw, 'close');
    return { winner, tried: trace.flatMap((event) => (event.kind === 'info' ? [event.text] : [])) };
  } finally {
    assert.deepEqual(scope.counts.get('timer'), 0);
  }
}

describe('addresses of a host', () => {
  test('take turns by family, beginning with the first one, in their order', () => {
    const order = inTurns([v6('a'), v6('b'), v6('c'), v4('d'), v4('e')]).map(({ address }) => address);
    assert.deepEqual(order, ['a', 'd', 'b', 'e', 'c']);
    assert.deepEqual(inTurns([]), []);
  });
});

describe('dialling a host with several addresses', () => {
  test('goes on to the next one at once when one refuses', async () => {
    const server = await listen(0, '127.0.0.2');
    const { port } = server.address() as AddressInfo;
    const { winner, tried } = await dial(port, [v6('127.0.0.3'), v4('127.0.0.2')]);
    assert.equal(winner, '127.0.0.2');
    assert.match(tried.join('\n'), /127\.0\.0\.3:\d+: nothing listens there\nTrying 127\.0\.0\.2/);
    await stop(server);
  });

  test('does not wait for one that stays silent', async () => {
    await using silent = await openSilentPort();
    const server = await listen(silent.port, '127.0.0.2');
    const { winner } = await dial(silent.port, [v6('127.0.0.1'), v4('127.0.0.2')]);
    assert.equal(winner, '127.0.0.2');
    await stop(server);
  });

  test('keeps waiting for the first one when the others fail', async () => {
    // Node's own way of trying several addresses drops the first one here.
    await using silent = await openSilentPort();
    const begun = performance.now();
    const attempt = dial(silent.port, [v4('127.0.0.1'), v6('127.0.0.3')], { deadlines: { connectMs: 700 } });
    await assert.rejects(attempt, {
      code: 'ERR_TWINLINE_TIMEOUT',
      message: /files\.example\.org:\d+ within 0\.7 s \(127\.0\.0\.1: no answer, 127\.0\.0\.3: nothing listens there\)/,
    });
    assert.ok(performance.now() - begun >= 690);
  });

  test('names every address that failed', async () => {
    const server = await listen(0, '127.0.0.2');
    const { port } = server.address() as AddressInfo;
    await stop(server);
    await assert.rejects(dial(port, [v6('127.0.0.3'), v4('127.0.0.2')]), {
      code: 'ERR_TWINLINE_CONNECT',
      message: /: 127\.0\.0\.3: nothing listens there, 127\.0\.0\.2: nothing listens there\.$/,
    });
    await assert.rejects(dial(port, []), { code: 'ERR_TWINLINE_CONNECT', message: /has no address/ });
  });

  test('ends with the caller, whatever is under way', async () => {
    await using silent = await openSilentPort();
    const abort = new AbortController();
    const attempt = dial(silent.port, [v4('127.0.0.1')], { signal: abort.signal });
    setTimeout(() => abort.abort(), 30);
    await assert.rejects(attempt, { code: 'ERR_TWINLINE_ABORTED' });
    const lookup = () => new Promise<never>(() => undefined);
    await assert.rejects(dial(1, [], { lookup, deadlines: { connectMs: 30 } }), { code: 'ERR_TWINLINE_TIMEOUT' });
  });

  test('uses one family only when told so', async () => {
    const asked: unknown[] = [];
    const lookup = (_host: string, family: unknown) => {
      asked.push(family);
      return Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' }));
    };
    await assert.rejects(dial(1, [], { lookup, family: 6 }), {
      code: 'ERR_TWINLINE_CONNECT',
      message: /host name is not known/,
    });
    assert.deepEqual(asked, [6]);
    await assert.rejects(dial(1, [], { host: '127.0.0.1', family: 6 }), {
      code: 'ERR_TWINLINE_CONFIG',
      message: /127\.0\.0\.1 is an IPv4 address, and only IPv6 is allowed/,
    });
  });
});
