/** The live API of the proxy: faults and cuts over HTTP, for those with the token and nobody else. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { ProxyApi } from '../../src/lab/index.ts';
import { endingOf, throughProxy } from './through-proxy.ts';

interface Call {
  readonly method?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

async function call(port: number, path: string, { method = 'GET', body, headers = {} }: Call = {}) {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number | undefined; body: unknown }>();
  const asked = request({
    host: '127.0.0.1',
    port,
    path,
    method,
    headers: { authorization: 'Bearer secret', ...headers },
  });
  asked.on('error', reject);
  asked.on('response', (response) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.on('error', reject);
    response.on('end', () =>
      resolve({ status: response.statusCode, body: JSON.parse(Buffer.concat(chunks).toString()) as unknown }),
    );
  });
  asked.end(body);
  return promise;
}

describe('the API of the proxy', () => {
  test('adds, lists and removes faults, which happen to lines that are open', async () => {
    await using through = await throughProxy([]);
    await using api = await ProxyApi.start(through.proxy, { host: '127.0.0.1', port: 0, token: 'secret' });
    const added = await call(api.port, '/faults', { method: 'POST', body: '{"fault": "stall control"}' });
    assert.deepEqual(added, { status: 201, body: { id: 1, fault: 'stall control', happened: 1, timesLeft: 0 } });
    await through.client.send('NOOP\r\n');
    await assert.rejects(through.client.readReply(200), /Waited/);
    assert.equal((await call(api.port, '/faults')).status, 200);
    assert.equal((await call(api.port, '/faults/1', { method: 'DELETE' })).status, 200);
    assert.match(await through.client.readReply(), /^200/);
    assert.equal((await call(api.port, '/faults/1', { method: 'DELETE' })).status, 404);
  });

  test('lists sessions with their lines, and cuts one', async () => {
    await using through = await throughProxy([]);
    await using api = await ProxyApi.start(through.proxy, { host: '127.0.0.1', port: 0, token: 'secret' });
    const data = await through.open();
    await data.secured;
    const { body } = await call(api.port, '/sessions');
    const [session] = body as { session: number; lines: { name: string; tls: boolean }[] }[];
    assert.equal(session?.session, 1);
    assert.deepEqual(
      session.lines.map(({ name, tls }) => [name, tls]),
      [
        ['control 1', true],
        ['data 1', true],
      ],
    );
    const cut = { method: 'POST', body: '{"line": "control", "how": "reset", "to": "client"}' };
    assert.equal((await call(api.port, '/sessions/1/cut', cut)).status, 200);
    assert.equal(await endingOf(through.client.control), 'reset');
    assert.equal(through.serverControl.ending.how, 'none');
  });

  test('says what is wrong, and lets nobody in without token or under another name', async () => {
    await using through = await throughProxy([]);
    await using api = await ProxyApi.start(through.proxy, { host: '127.0.0.1', port: 0, token: 'secret' });
    const refusals: readonly (readonly [number, RegExp, string, Call])[] = [
      [401, /Send the token/, '/faults', { headers: { authorization: 'Bearer wrong' } }],
      [403, /not called "evil\.example"/, '/faults', { headers: { host: 'evil.example' } }],
      [400, /"resett" is no fault/, '/faults', { method: 'POST', body: '{"fault": "resett"}' }],
      [400, /Send \{"fault": "RULE"\}/, '/faults', { method: 'POST', body: '{}' }],
      [400, /no JSON object/, '/faults', { method: 'POST', body: 'reset' }],
      [413, /at most 16384 bytes/, '/faults', { method: 'POST', body: `"${'x'.repeat(20_000)}"` }],
      [404, /There are GET \/faults/, '/', {}],
      [404, /Session 9 has no open line/, '/sessions/9/cut', { method: 'POST', body: '{}' }],
      [400, /"how" is reset or fin/, '/sessions/1/cut', { method: 'POST', body: '{"how": "kill"}' }],
    ];
    for (const [status, message, path, asked] of refusals) {
      const answer = await call(api.port, path, asked);
      assert.equal(answer.status, status, path);
      assert.match((answer.body as { error: string }).error, message);
    }
  });

  test('is reached by every address of the machine, where it listens on all', async () => {
    await using through = await throughProxy([]);
    await using api = await ProxyApi.start(through.proxy, { host: '0.0.0.0', port: 0, token: 'secret' });
    for (const host of ['192.0.2.7', '[2001:db8::7]:80', 'LOCALHOST']) {
      assert.equal((await call(api.port, '/faults', { headers: { host } })).status, 200, host);
    }
  });

  test('does not keep a request that never ends', async () => {
    await using through = await throughProxy([]);
    await using api = await ProxyApi.start(through.proxy, { host: '127.0.0.1', port: 0, token: 'secret' });
    const slow = connect(api.port, '127.0.0.1');
    slow.on('error', () => undefined);
    slow.write('GET /faults HTTP/1.1\r\nHost: 127.0.0.1\r\n');
    slow.resume();
    // Node looks twice in a minute by itself.
    await once(slow, 'close', { signal: AbortSignal.timeout(20_000) });
  });
});
