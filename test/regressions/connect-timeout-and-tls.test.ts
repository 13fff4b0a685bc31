/** Servers that fall silent: whichever of the two options is given, the wait ends, and the exit code names a deadline. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { type Script, type ScriptedServerOptions } from '../../src/testing/index.ts';
import { modes, startServerFor } from '../fixtures/client-pair.ts';
import { runTwinline } from '../fixtures/command-run.ts';

const silent: Script = () => undefined;
const files = { f: Buffer.from('content') };
const call = ['-k', '-u', 'a:b', '--retry', '0'];

/** A server that says `greeting` and `afterCommand` behind the first line, and nothing else ever. */
async function startMute(greeting: string, afterCommand: string) {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.write(greeting);
    socket.once('data', () => socket.write(afterCommand));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return { port: typeof address === 'object' ? address?.port : undefined, close: () => server.close() };
}

const seconds = (startedMs: number) => (performance.now() - startedMs) / 1000;

for (const option of ['--connect-timeout', '--timeout']) {
  describe(`${option} ends the wait`, () => {
    for (const [what, scheme, greeting, says] of [
      ['for TLS from the first byte', 'ftps', '', /TLS handshake with 127\.0\.0\.1 was not done within 0\.2 s/],
      ['for TLS behind AUTH', 'ftpes', '220 Hi\r\n', /TLS handshake with 127\.0\.0\.1 was not done within 0\.2 s/],
      ['for the greeting', 'ftpes', '', /did not greet within 0\.2 s/],
    ] as const) {
      test(what, async () => {
        const mute = await startMute(greeting, greeting === '' ? '' : '234 Go\r\n');
        const started = performance.now();
        const url = `${scheme}://127.0.0.1:${mute.port}/f`;
        const result = await runTwinline('get', ...call, option, '0.2', '-o', '-', url);
        mute.close();
        assert.match(result.stderr, says);
        assert.equal(result.exitCode, 124);
        assert.ok(seconds(started) < 10, 'not the 15 s of the default');
      });
    }

    for (const verb of ['AUTH', 'USER', 'PWD']) {
      test(`for the reply to ${verb}`, async () => {
        await using server = await startServerFor(modes[2], { files, commands: { [verb]: silent } });
        const started = performance.now();
        const result = await runTwinline(
          'ls',
          '-k',
          '-u',
          'a:b',
          option,
          '0.8',
          `ftpes://${server.host}:${server.port}/`,
        );
        assert.match(result.stderr, new RegExp(`did not answer ${verb} within 0\\.8 s`));
        assert.equal(result.exitCode, 124);
        assert.ok(seconds(started) < 10);
      });
    }

    test('for TLS on the data line', async () => {
      const RETR: Script = (session) => session.reply('150 Here it comes');
      const options: ScriptedServerOptions = { files, commands: { RETR }, dataTlsStart: 'on-transfer' };
      await using server = await startServerFor(modes[2], options);
      const url = `ftpes://${server.host}:${server.port}/f`;
      const result = await runTwinline('get', ...call, option, '0.8', '-o', '-', url);
      assert.match(result.stderr, /TLS handshake on the data connection was not done within 0\.8 s/);
      assert.equal(result.exitCode, 124);
    });
  });
}

for (const verb of ['EPSV', 'TYPE', 'SIZE', 'RETR']) {
  test(`--timeout ends the wait for the reply to ${verb}`, async () => {
    await using server = await startServerFor(modes[2], { files, commands: { [verb]: silent } });
    const url = `ftpes://${server.host}:${server.port}/f`;
    const result = await runTwinline('get', ...call, '--timeout', '0.8', '-o', '-', url);
    assert.match(result.stderr, /within 0\.8 s/);
    assert.equal(result.exitCode, 124);
  });
}
