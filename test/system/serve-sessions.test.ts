/** `twinline sessions` and the admin API behind it: who is there, what they do, an end to it, and nothing without the token. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { createTempFolder, ScriptedClient, type TempFolder } from '../../src/testing/index.ts';
import { runTwinline, startServe } from '../fixtures/serve-process.ts';

async function serveIn(folder: TempFolder, ...args: string[]) {
  const plain = ['--user', 'alice:secret', '--root', '.', '--tls', 'off', '--metrics', '127.0.0.1:0'];
  const serve = await startServe({ cwd: folder.path, args: [...plain, ...args] });
  const [, admin = ''] = await serve.waitForLine(/^Metrics are at http:\/\/(\S+)\/metrics$/m);
  return Object.assign(serve, { admin });
}

async function session(port: number): Promise<ScriptedClient> {
  const client = await ScriptedClient.connect({ port });
  await client.readReply();
  await client.login('alice', 'secret');
  await client.expect(200, 'TYPE I');
  return client;
}

describe('twinline sessions', () => {
  test('shows who does what, and ends a session with its transfer', async () => {
    await using folder = await createTempFolder();
    await writeFile(folder.join('big'), Buffer.alloc(32 * 1024 * 1024));
    await using serve = await serveIn(folder, '--admin-api');
    const sessions = (...args: string[]) =>
      runTwinline(['sessions', '--admin', serve.admin, ...args], { cwd: folder.path });
    await using client = await session(serve.port);
    const data = await client.openPassive();
    await client.expect(150, 'RETR big');
    data.pause();
    await using idle = await ScriptedClient.connect({ port: serve.port });
    await idle.readReply();

    const shown = await sessions();
    assert.equal(shown.exitCode, 0, shown.stderr);
    const [head, first, second] = shown.stdout.toString().split('\n');
    assert.match(head ?? '', /^session +user +address +TLS +since +doing$/);
    assert.match(first ?? '', /^1 +alice +127\.0\.0\.1:\d+ +clear +\d{4}-\S+ \S+ +RETR \/big: \d+ bytes in \d+ s/);
    assert.match(second ?? '', /^2 +- +127\.0\.0\.1:\d+ +clear /);
    const [json = ''] = (await sessions('--json')).stdout.toString().split('\n');
    assert.partialDeepStrictEqual(JSON.parse(json), {
      ...{ session: 1, user: 'alice', command: 'RETR', tls: null },
      transfer: { direction: 'download', path: '/big', startOffset: 0 },
    });

    assert.equal((await sessions('--end', '1')).stdout.toString(), 'Session 1 is ended.\n');
    data.resume();
    data.discard();
    await serve.waitForLine(/"event":"transfer".*"cause":"control-closed-by-server"/);
    await serve.waitForLine(/"event":"session-closed".*"cause":"ended-by-operator"/);
    const again = await sessions('--end', '1');
    assert.deepEqual([again.exitCode, again.stderr.trim()], [78, 'twinline: There is no session 1.']);
    assert.equal((await sessions('--json')).stdout.toString().trim().split('\n').length, 1);
  });

  test('is for those who may read the token alone', async () => {
    await using folder = await createTempFolder();
    await using serve = await serveIn(folder, '--admin-api');
    assert.equal(((await stat(folder.join('twinline-data/admin-token'))).mode & 0o777).toString(8), '600');
    const token = (await readFile(folder.join('twinline-data/admin-token'), 'utf8')).trim();
    const ask = async (method: string, path: string, headers: Record<string, string> = {}) =>
      (await fetch(`http://${serve.admin}${path}`, { method, headers })).status;
    const bearer = { authorization: `Bearer ${token}` };
    const paths = [
      ['GET', '/api/sessions'],
      ['DELETE', '/api/sessions/1'],
    ] as const;
    for (const [method, path] of paths) {
      assert.equal(await ask(method, path), 401);
      assert.equal(await ask(method, path, { authorization: `Bearer ${token}x` }), 401);
      assert.equal(await ask(method, path, { authorization: `Basic ${token}` }), 401);
    }
    assert.equal(await ask('GET', '/api/sessions', bearer), 200);
    assert.equal(await ask('DELETE', '/api/sessions/99', bearer), 404);
    assert.equal(await ask('DELETE', '/api/sessions/x', bearer), 404);
    assert.equal(await ask('POST', '/api/sessions', bearer), 405);
    assert.doesNotMatch(serve.output.stdout + serve.output.stderr, new RegExp(token));
  });

  test('is not there unless it was asked for, and says what to do', async () => {
    await using folder = await createTempFolder();
    await using serve = await serveIn(folder);
    assert.equal((await fetch(`http://${serve.admin}/api/sessions`)).status, 404);
    const none = await runTwinline(['sessions', '--admin', serve.admin], { cwd: folder.path });
    assert.match(none.stderr, /token of the admin port in .*admin-token cannot be read: there is no such file/);
    await writeFile(folder.join('admin-token'), `${'a'.repeat(43)}\n`);
    const off = await runTwinline(['sessions', '--admin', serve.admin, '--data-dir', '.'], { cwd: folder.path });
    assert.match(off.stderr, /shows no sessions: start it with --admin-api\./);
    const dead = await runTwinline(['sessions', '--admin', '127.0.0.1:1', '--data-dir', '.'], { cwd: folder.path });
    assert.match(dead.stderr, /Nobody answers on the admin port 127\.0\.0\.1:1: start the server with --metrics/);
  });
});
