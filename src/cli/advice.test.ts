import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { once } from 'node:events';
import type { ScriptedServer, ScriptedServerOptions } from '../testing/index.ts';
import { modes, startServerFor } from '../../test/fixtures/client-pair.ts';
import { runTwinline } from '../../test/fixtures/command-run.ts';

const start = (options: ScriptedServerOptions = {}) => startServerFor(modes[2], options);
const place = (server: ScriptedServer) => `${server.host}:${server.port}/a.bin`;

describe('the sentence about a failed session names the option that helps', () => {
  const refused = { commands: { USER: '530 No' } };

  test('a user, where none was given', async () => {
    await using server = await start(refused);
    const run = await runTwinline('get', `ftpes://${place(server)}`, '-k', '-o', '-');
    assert.equal(run.exitCode, 77);
    assert.match(run.stderr, /"530 No"\. Name a user with -u NAME\.\n$/);
  });

  test('the name and the password, where both were given', async () => {
    await using server = await start(refused);
    const run = await runTwinline('ls', `ftpes://${place(server)}`, '-k', '-u', 'a:b');
    assert.match(run.stderr, /"530 No"\. Check the name and the password\.\n$/);
  });

  test('ftpes://, where a login in clear is refused', async () => {
    await using server = await start(refused);
    const run = await runTwinline('ls', `ftp://${place(server)}`, '-u', 'a:b');
    assert.equal(run.exitCode, 77);
    assert.match(run.stderr, /write ftpes:\/\/ in place of ftp:\/\/\.\n$/);
  });

  test('ftpes://, where ftps:// meets a greeting in clear', async () => {
    await using server = await start();
    const run = await runTwinline('ls', `ftps://${place(server)}`, '-u', 'a:b');
    assert.equal(run.exitCode, 76);
    assert.match(run.stderr, /does not speak TLS there\. Most servers want ftpes:\/\/ there\.\n$/);
  });

  test('ftps://, where no greeting comes', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as { port: number };
    const run = await runTwinline('ls', `ftpes://127.0.0.1:${port}/`, '-u', 'a:b', '--timeout', '0.2');
    silent.close();
    assert.equal(run.exitCode, 124);
    assert.match(run.stderr, /did not greet within 0\.2 s\. If the port .*, write ftps:\/\/\.\n$/);
  });

  test('--cacert and -k, where the certificate is not trusted', async () => {
    await using server = await start();
    const run = await runTwinline('ls', `ftpes://${place(server)}`, '-u', 'a:b');
    assert.equal(run.exitCode, 76);
    assert.match(run.stderr, /The options are --cacert FILE, --pin KEY and -k\.\n$/);
  });
});
