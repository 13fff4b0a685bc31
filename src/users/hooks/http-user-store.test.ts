import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { test, type TestContext } from 'node:test';
import { ConfigError, UserStoreError } from '../../errors/index.ts';
import { createTestCertificate } from '../../testing/index.ts';
import { type ContractUser, userStoreContract } from '../contract.ts';
import { Secret } from '../user-store.ts';
import { createHttpUserStore, type HttpUserStoreOptions } from './http-user-store.ts';

const from = { remoteAddress: '192.0.2.1' };
const secret = new Secret('a good password');

interface Question {
  readonly user: string;
  readonly password: string;
  readonly remoteAddress: string;
}

async function questionIn(request: IncomingMessage): Promise<Question> {
  return JSON.parse(await text(request)) as Question;
}

async function listen(listener: RequestListener) {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const dispose = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${port}/ftp?key=hidden`, dispose };
}

/** A hook that knows these users. */
function knowing(users: readonly ContractUser[]): RequestListener {
  return (request, response) => {
    void questionIn(request).then(({ user, password }) => {
      const found = users.find(({ name }) => name === user);
      if (found === undefined) return response.writeHead(404).end();
      if (found.password.reveal() !== password) return response.writeHead(401).end();
      const { home, readOnly } = found;
      return response.writeHead(200).end(JSON.stringify({ home, readOnly }));
    });
  };
}

async function storeOver(t: TestContext, listener: RequestListener, options: Partial<HttpUserStoreOptions> = {}) {
  const { url, dispose } = await listen(listener);
  const store = createHttpUserStore({ url, ...options });
  t.after(async () => {
    await store.close();
    await dispose();
  });
  return store;
}

userStoreContract({
  name: 'the store over HTTP',
  test,
  createStore: async (users) => {
    const { url, dispose } = await listen(knowing(users));
    return { store: createHttpUserStore({ url }), dispose };
  },
});

void test('the question carries what a hook decides by, and the answer everything that may be set for a user', async (t) => {
  const seen: unknown[] = [];
  const store = await storeOver(
    t,
    (request, response) => {
      seen.push([
        request.method,
        request.headers['content-type'],
        request.headers.authorization,
        request.headers['x-realm'],
      ]);
      void questionIn(request).then((question) => {
        seen.push(question);
        response.end(
          JSON.stringify({ home: '/ada', rights: ['/in=list,write'], onControlLoss: 'grace:5', idleTimeout: 60 }),
        );
      });
    },
    { headers: { 'X-Realm': 'ftp' }, secret: new Secret('of the hook') },
  );
  assert.deepEqual(await store.authenticate('ada', secret, from), {
    name: 'ada',
    home: '/ada',
    readOnly: false,
    rights: [{ path: '/in', allow: ['list', 'write'] }],
    onControlLoss: { graceMs: 5_000 },
    idleTimeoutMs: 60_000,
  });
  assert.deepEqual(seen, [
    ['POST', 'application/json', 'Bearer of the hook', 'ftp'],
    { version: 1, user: 'ada', password: 'a good password', remoteAddress: '192.0.2.1' },
  ]);
});

void test('whatever is no answer is an error of the store, whose text holds no secret', async (t) => {
  const cases: readonly (readonly [string, RequestListener, RegExp])[] = [
    ['500', (_, response) => response.writeHead(500).end('a good password'), /status 500/],
    ['204', (_, response) => response.writeHead(204).end(), /status 204/],
    [
      'a redirection',
      (_, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
      /status 302/,
    ],
    ['no JSON', (_, response) => response.end('a good password'), /not JSON/],
    ['no object', (_, response) => response.end('true'), /./],
    ['an unknown key', (_, response) => response.end('{"hom":"/x"}'), /"hom" is no setting/],
    ['a wrong home', (_, response) => response.end('{"home":"/../etc"}'), /home/],
    ['an endless answer', (_, response) => response.end('x'.repeat(100_000)), /more than 65536 bytes/],
    [
      'an end in the middle',
      (_, response) => response.writeHead(200, { 'content-length': 9 }).write('{', () => response.destroy()),
      /could not be asked/,
    ],
    ['a reset', (request) => request.socket.resetAndDestroy(), /could not be asked: .*ECONNRESET/],
  ];
  for (const [name, listener, says] of cases) {
    const store = await storeOver(t, listener);
    await assert.rejects(store.authenticate('ada', secret, from), (error) => {
      assert.ok(error instanceof UserStoreError, name);
      assert.match(error.message, says, name);
      assert.doesNotMatch(error.message, /a good password|hidden/, name);
      return true;
    });
  }
});

void test('a hook that does not answer, or is not there, is an error of the store', async (t) => {
  const silent = await storeOver(t, () => undefined, { timeoutMs: 50 });
  await assert.rejects(silent.authenticate('ada', secret, from), /did not answer within 0\.05 s/);
  const { url, dispose } = await listen(() => undefined);
  await dispose();
  const absent = createHttpUserStore({ url });
  await assert.rejects(absent.authenticate('ada', secret, from), /could not be asked: .*ECONNREFUSED/);
  await absent.close();
});

void test('no more than so many are asked at once, and a login that nobody waits for makes room', async (t) => {
  const open: (() => void)[] = [];
  let most = 0;
  const store = await storeOver(
    t,
    (_request, response) => {
      open.push(() => response.end('{}'));
      most = Math.max(most, open.length);
    },
    { maxCalls: 2 },
  );
  const given = new AbortController();
  const first = store.authenticate('ada', secret, { ...from, signal: given.signal });
  const others = [1, 2].map(() => store.authenticate('ada', secret, from));
  while (open.length < 2) await new Promise(setImmediate);
  given.abort();
  await assert.rejects(first, UserStoreError);
  while (open.length < 3) await new Promise(setImmediate);
  assert.equal(most, 3);
  for (const answer of open) answer();
  for (const login of await Promise.all(others)) assert.equal(login?.name, 'ada');
});

void test('closing ends the calls under way', async (t) => {
  const asked = Promise.withResolvers<void>();
  const store = await storeOver(t, () => asked.resolve());
  const login = store.authenticate('ada', secret, from);
  await asked.promise;
  await store.close();
  await assert.rejects(login, UserStoreError);
});

void test('a hook under TLS is asked when its authority is trusted, and not otherwise', async (t) => {
  const { certificatePem, privateKeyPem } = await createTestCertificate({
    commonName: 'localhost',
    subjectAltNames: ['localhost', '127.0.0.1'],
  });
  let asked = 0;
  const server = createSecureServer({ cert: certificatePem, key: privateKeyPem }, (_request, response) => {
    asked += 1;
    response.end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const trusting = createHttpUserStore({ url, ca: certificatePem });
  const strict = createHttpUserStore({ url });
  t.after(async () => {
    await Promise.all([trusting.close(), strict.close()]);
    await new Promise((resolve) => server.close(resolve));
  });
  assert.equal((await trusting.authenticate('ada', secret, from))?.name, 'ada');
  await assert.rejects(strict.authenticate('ada', secret, from), /could not be asked: .*self-signed/);
  assert.equal(asked, 1);
});

void test('a URL or a header that cannot be used is refused without being repeated', () => {
  for (const url of ['', 'auth.example.org', 'ftp://key@auth.example.org/', 'file:///etc/passwd']) {
    assert.throws(
      () => createHttpUserStore({ url }),
      (error) => error instanceof ConfigError && (url === '' || !error.message.includes(`${url} `)),
    );
  }
  const url = 'http://127.0.0.1/';
  assert.throws(() => createHttpUserStore({ url, headers: { 'X Y': 'z' } }), ConfigError);
  assert.throws(() => createHttpUserStore({ url, secret: new Secret('a\r\nX: y') }), ConfigError);
});
