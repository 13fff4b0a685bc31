import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { once } from 'node:events';
import type { ServerEvent } from '../server/index.ts';
import { type AdminServer, startAdminServer } from './admin-server.ts';
import type { ConsoleFacts } from './routes/define-route.ts';
import { ServerState } from './server-state.ts';

const at = 0;

async function open(facts: Partial<ConsoleFacts> = {}): Promise<AdminServer & AsyncDisposable> {
  const metrics = { take: () => undefined, contentType: 'text/plain', text: async () => 'numbers 1\n' };
  const server = await startAdminServer({ host: '127.0.0.1', port: 0, state: new ServerState(), metrics, ...facts });
  return Object.assign(server, { [Symbol.asyncDispose]: () => server.close() });
}

async function ask(port: number, path: string, method = 'GET', body?: string) {
  const asked = request({ port, path, method, agent: false });
  asked.end(body);
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of response) text += String(chunk);
  return { status: response.statusCode, text, headers: response.headers };
}

describe('the admin port', () => {
  test('tells the state as the server goes through its life', async () => {
    const state = new ServerState();
    await using admin = await open({ state });
    const events: readonly ServerEvent[] = [
      { at, type: 'online' },
      { at, type: 'draining', sessions: 1, transfers: 1 },
      { at, type: 'offline' },
    ];
    const seen = [await ask(admin.port, '/readyz')];
    for (const event of events) {
      state.take(event);
      seen.push(await ask(admin.port, '/readyz'));
      assert.equal((await ask(admin.port, '/healthz')).status, 200);
    }
    assert.deepEqual(
      seen.map(({ status, text }) => `${status} ${text}`),
      ['503 starting\n', '200 ready\n', '503 draining\n', '503 offline\n'],
    );
  });

  test('answers HEAD without a body, and refuses other methods and paths', async () => {
    await using admin = await open();
    const head = await ask(admin.port, '/metrics', 'HEAD');
    assert.deepEqual([head.status, head.text, head.headers['content-length']], [200, '', '10']);
    const post = await ask(admin.port, '/metrics', 'POST', 'x'.repeat(100_000));
    assert.deepEqual([post.status, post.headers['allow'], post.headers['connection']], [405, 'GET, HEAD', 'close']);
    assert.equal((await ask(admin.port, '/metrics?x=1')).text, 'numbers 1\n');
    assert.equal((await ask(admin.port, '//metrics')).status, 404);
  });

  test('answers 500 where the numbers cannot be had, and goes on', async () => {
    const metrics = {
      take: () => undefined,
      contentType: 'text/plain',
      text: () => Promise.reject(new Error('no numbers')),
    };
    await using admin = await open({ metrics });
    assert.match((await ask(admin.port, '/metrics')).text, /no numbers/);
    assert.equal((await ask(admin.port, '/metrics')).status, 500);
    assert.equal((await ask(admin.port, '/healthz')).status, 200);
  });

  test('closes although a connection is held open', async () => {
    const admin = await open();
    const held = connect(admin.port, '127.0.0.1');
    held.on('error', () => undefined);
    await once(held, 'connect');
    const ended = once(held, 'close');
    await admin.close();
    await ended;
  });

  test('drops what is no HTTP, and a request of too many bytes', async () => {
    await using admin = await open();
    for (const text of ['\u0016\u0003\u0001nonsense\r\n\r\n', `GET / HTTP/1.1\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`]) {
      const line = connect(admin.port, '127.0.0.1');
      line.on('error', () => undefined);
      line.end(text);
      let answer = '';
      line.setEncoding('latin1').on('data', (chunk: string) => (answer += chunk));
      await once(line, 'close');
      assert.match(answer, /^HTTP\/1\.1 4(00|31) /);
    }
  });
});
