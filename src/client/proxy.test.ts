import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createConnection, createServer, type AddressInfo, type Socket } from 'node:net';
import type { ScriptedServer, ScriptedSession } from '../testing/index.ts';
import {
  modes,
  notes,
  optionsFor,
  sharedCertificate,
  startPair,
  startServerFor,
} from '../../test/fixtures/client-pair.ts';
import { startConnectProxy, startSocksProxy } from '../../test/fixtures/proxies.ts';
import { connect } from './client.ts';
import type { ConnectOptions } from './options.ts';

const [plain, , tls13] = modes;
const files = { a: Buffer.from('some bytes') };

class Sink {
  readonly chunks: Buffer[] = [];
  async write(chunks: readonly Buffer[]): Promise<void> {
    this.chunks.push(...chunks);
  }
  get text(): string {
    return Buffer.concat(this.chunks).toString();
  }
}

const kinds = [
  ['socks5h', startSocksProxy],
  ['socks5', startSocksProxy],
  ['http', startConnectProxy],
] as const;

/** A proxy that does what a test says with each connection. */
async function startHostile(talk: (raw: Socket) => void) {
  const sockets = new Set<Socket>();
  const server = createServer((raw) => {
    sockets.add(raw);
    raw.on('error', () => undefined);
    talk(raw);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      for (const raw of sockets) raw.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

describe('a proxy', () => {
  for (const [kind, start] of kinds) {
    for (const mode of modes) {
      test(`of kind ${kind} carries both lines (${mode.name}), in whatever pieces it answers`, async () => {
        await using proxy = await start({ pieceBytes: 1, login: { user: 'u', password: 'p' } });
        const proxyUrl = `${kind}://u:p@${proxy.host}:${proxy.port}`;
        await using pair = await startPair(mode, { files }, { proxy: proxyUrl });
        const sink = new Sink();
        const down = await pair.client.download('a', sink);
        assert.equal(sink.text, 'some bytes');
        assert.equal(down.outcome, 'complete');
        const up = await pair.client.upload('b', Buffer.from('other bytes'));
        assert.equal(up.outcome, 'complete');
        assert.equal(pair.server.uploads.get('b')?.toString(), 'other bytes');
        assert.equal(proxy.targets.length, 3);
        assert.deepEqual(proxy.targets[0], { host: '127.0.0.1', port: pair.server.port });
        assert.ok(!JSON.stringify(pair.trace).includes('u:p@'));
      });
    }
  }

  test('looks names up itself with socks5h:// and http://, for data connections too', async () => {
    for (const [kind, start] of [kinds[0], kinds[2]]) {
      await using proxy = await start({ names: { 'inner.example': '127.0.0.1' } });
      const lookup = () => assert.fail('the name was looked up here');
      const options = { host: 'inner.example', proxy: `${kind}://127.0.0.1:${proxy.port}`, lookup };
      const tls = { caPem: (await sharedCertificate()).certificatePem, serverName: 'localhost' };
      await using pair = await startPair(tls13, { files }, { ...options, tls });
      await pair.client.download('a', new Sink());
      assert.deepEqual(new Set(proxy.targets.map(({ host }) => host)), new Set(['inner.example']));
    }
  });

  test('gets the addresses that were found here with socks5://, one after the other', async () => {
    await using proxy = await startSocksProxy({ refuse: ({ host }) => (host === '192.0.2.1' ? 4 : undefined) });
    const lookup = () =>
      Promise.resolve([
        { address: '192.0.2.1', family: 4 },
        { address: '127.0.0.1', family: 4 },
      ] as const);
    const options = { host: 'outer.example', proxy: `socks5://127.0.0.1:${proxy.port}` };
    // The proxy itself is named by its address and is not looked up.
    await using pair = await startPair(plain, { files }, { ...options, lookup });
    await pair.client.download('a', new Sink());
    assert.deepEqual(
      proxy.targets.map(({ host }) => host),
      ['192.0.2.1', '127.0.0.1', '127.0.0.1'],
    );
  });

  test('is asked for the server, whatever address a 227 names', async () => {
    const PASV = async (session: ScriptedSession) => {
      const port = await session.openData();
      await session.reply(`227 Go (10,1,2,3,${port >> 8},${port & 255})`);
    };
    await using proxy = await startSocksProxy();
    const commands = { EPSV: '500 No', PASV };
    const options = { proxy: `socks5h://127.0.0.1:${proxy.port}` };
    await using pair = await startPair(plain, { files, commands }, options);
    await pair.client.download('a', new Sink());
    assert.equal(proxy.targets.at(-1)?.host, '127.0.0.1');
    assert.match(notes(pair.trace), /names 10\.1\.2\.3 for data/);
  });

  test('that refuses the port of EPSV leads to PASV, and its reason is told', async () => {
    let refusals = 1;
    let serverPort = 0;
    await using proxy = await startConnectProxy({
      refuse: ({ port }) => (port !== serverPort && refusals-- > 0 ? 403 : undefined),
    });
    await using server = await startServerFor(plain, { files });
    serverPort = server.port;
    const trace: Parameters<typeof optionsFor>[2] = [];
    const options = { ...optionsFor(plain, server, trace), proxy: `http://127.0.0.1:${proxy.port}` };
    await using client = await connect(options);
    await client.download('a', new Sink());
    assert.match(
      notes(trace),
      /EPSV does not work here \(The proxy http:\S+ did not connect to \S+: it answered 403 No\)/,
    );
    refusals = 2;
    await assert.rejects(client.download('a', new Sink()), {
      code: 'ERR_TWINLINE_PROXY',
      message: /did not connect to 127\.0\.0\.1:\d+: it answered 403 No/,
    });
    assert.equal(await client.size('a'), 10);
  });

  test('rules active mode out', async () => {
    await assert.rejects(connect({ host: 'h', proxy: 'http://p', active: {} }), {
      code: 'ERR_TWINLINE_CONFIG',
      message: /Active mode .* no proxy makes/,
    });
  });
});

describe('a proxy that does not work', () => {
  const attempt = async (proxy: string, server: ScriptedServer, more: Partial<ConnectOptions> = {}) =>
    connect({ ...optionsFor(tls13, server), proxy, ...more });

  test('is named with its reason: refusals, wrong logins, nobody there', async () => {
    await using server = await startServerFor(tls13);
    await using socks = await startSocksProxy({ refuse: () => 2 });
    await using http = await startConnectProxy({ refuse: () => 403 });
    const login = { user: 'u', password: 'p' };
    await using guardedSocks = await startSocksProxy({ login });
    await using guardedHttp = await startConnectProxy({ login });
    const cases: readonly (readonly [url: string, says: RegExp])[] = [
      [`socks5h://127.0.0.1:${socks.port}`, /its rules do not allow the connection/],
      [`http://127.0.0.1:${http.port}`, /it answered 403 No/],
      [`socks5h://127.0.0.1:${guardedSocks.port}`, /it wants a user name and a password/],
      [`socks5h://u:wrong@127.0.0.1:${guardedSocks.port}`, /it refused the user name or the password/],
      [`http://127.0.0.1:${guardedHttp.port}`, /407 No \(it wants a user name/],
      [`http://u:wrong@127.0.0.1:${guardedHttp.port}`, /407 No \(login refused\)/],
    ];
    for (const [url, says] of cases) {
      const shown = url.replace(/[^/@]*@/, '');
      await assert.rejects(attempt(url, server), (error: Error & { code?: string }) => {
        assert.equal(error.code, 'ERR_TWINLINE_PROXY');
        assert.match(error.message, says);
        assert.ok(error.message.includes(shown), error.message);
        assert.ok(!error.message.includes('wrong'));
        return true;
      });
    }
    const gone = await startSocksProxy();
    await gone[Symbol.asyncDispose]();
    await assert.rejects(attempt(`socks5h://127.0.0.1:${gone.port}`, server), {
      code: 'ERR_TWINLINE_PROXY',
      message: /No connection to the proxy socks5h:\S+: nothing listens there/,
    });
  });

  const hostile: readonly (readonly [name: string, talk: (raw: Socket) => void, says: RegExp])[] = [
    ['hangs up at once', (raw) => raw.end(), /closed the connection/],
    ['resets the connection', (raw) => raw.once('data', () => raw.resetAndDestroy()), /reset|closed the connection/],
    ['talks like an FTP server', (raw) => raw.write('220 Hello\r\n'), /does not speak/],
    ['sends bytes without end', (raw) => void raw.write(Buffer.alloc(100_000, 0x48)), /does not speak|too long/],
    ['ends in the middle of its answer', (raw) => raw.once('data', () => raw.end('\x05')), /closed the|does not speak/],
  ];
  for (const [name, talk, says] of hostile) {
    test(`and ${name} ends the attempt with a reason`, async () => {
      await using proxy = await startHostile(talk);
      await using server = await startServerFor(tls13);
      for (const kind of ['socks5h', 'http']) {
        await assert.rejects(attempt(`${kind}://127.0.0.1:${proxy.port}`, server), {
          code: 'ERR_TWINLINE_PROXY',
          message: says,
        });
      }
      assert.equal(server.sessions.length, 0);
    });
  }

  test('and stays silent ends the attempt in time, with its name', async () => {
    await using proxy = await startHostile(() => undefined);
    await using server = await startServerFor(tls13);
    const deadlines = { connectMs: 60 };
    for (const kind of ['socks5h', 'http']) {
      await assert.rejects(attempt(`${kind}://127.0.0.1:${proxy.port}`, server, { deadlines }), {
        code: 'ERR_TWINLINE_TIMEOUT',
        message: /within 0\.06 s \(the proxy \S+ did not say whether it is connected/,
      });
    }
  });

  test('and falls silent on data connections gives way to the deadline of those', async () => {
    let count = 0;
    await using socks = await startSocksProxy({ refuse: () => undefined });
    await using silent = await startHostile((raw) => {
      count += 1;
      if (count > 1) return;
      const far = createConnection(socks.port);
      raw.pipe(far).pipe(raw);
    });
    await using server = await startServerFor(plain, { files });
    const deadlines = { dataConnectMs: 60, silentPortMs: 60 };
    const options = { ...optionsFor(plain, server), proxy: `socks5h://127.0.0.1:${silent.port}`, deadlines };
    await using client = await connect(options);
    await assert.rejects(client.download('a', new Sink()), { code: 'ERR_TWINLINE_TIMEOUT', phase: 'data-connect' });
    assert.equal(await client.size('a'), 10);
  });
});
