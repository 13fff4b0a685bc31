/** Hooks of `twinline serve`: a program and an HTTP server that hear of what clients do, from the configuration file. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTempFolder, ScriptedClient, type TempFolder } from '../../src/testing/index.ts';
import { runTwinline, startServe } from '../fixtures/serve-process.ts';

async function upload(port: number): Promise<void> {
  await using client = await ScriptedClient.connect({ port });
  await client.readReply();
  await client.login('alice', 'secret');
  await client.expect(200, 'TYPE I');
  const data = await client.openPassive();
  await client.expect(150, 'STOR report.txt');
  await data.write('hello');
  data.fin();
  assert.match(await client.readReply(), /^226/);
  await client.expect(221, 'QUIT');
}

async function config(folder: TempFolder, hooks: string): Promise<string> {
  await writeFile(folder.join('server.toml'), `user = ["alice:secret"]\nroot = "."\ntls = "off"\n${hooks}`);
  return folder.join('server.toml');
}

describe('the hooks of twinline serve', () => {
  test('run a program for each upload that is complete, while one that hangs holds nothing up', async () => {
    await using folder = await createTempFolder();
    await writeFile(
      folder.join('hook.mjs'),
      "import fs from 'node:fs'; fs.appendFileSync(process.argv[2], fs.readFileSync(0));",
    );
    const argv = JSON.stringify([process.execPath, folder.join('hook.mjs'), folder.join('heard')]);
    const hang = JSON.stringify([process.execPath, '-e', 'setInterval(() => {}, 1000)']);
    const file = await config(
      folder,
      `[[hook]]\nname = "hang"\non = ["*"]\nprogram = ${hang}\n[[hook]]\non = ["upload.complete", "login.*"]\nprogram = ${argv}\nconcurrency = 1\n`,
    );
    await using serve = await startServe({ cwd: folder.path, args: ['--config', file, '--tls', 'off'] });
    await upload(serve.port);
    const heard = async (): Promise<string[]> =>
      (await readFile(folder.join('heard'), 'utf8').catch(() => '')).split('\n').filter(Boolean);
    while ((await heard()).length < 2) await sleep(10);
    const [login, uploaded] = (await heard()).map((line) => JSON.parse(line) as Record<string, unknown>);
    assert.partialDeepStrictEqual(login, { hook: 'login.accepted', user: 'alice' });
    assert.partialDeepStrictEqual(uploaded, { hook: 'upload.complete', path: '/report.txt', bytes: 5, user: 'alice' });
    serve.signal('SIGTERM');
    assert.deepEqual(await serve.exited, { exitCode: 0, signal: null });
    assert.match(serve.output.stderr, /^twinline: Warning: hook hang failed for /m);
  });

  test('are refused with file and line where they cannot be meant', async () => {
    await using folder = await createTempFolder();
    const cases: readonly (readonly [string, RegExp])[] = [
      ['[[hook]]\nprogram = ["x"]\n', /hook\.on is missing: say for which events/],
      ['[[hook]]\non = ["upload.complete"]\n', /program or url must be given/],
      [
        '[[hook]]\non = ["uplaod.complete"]\nprogram = ["x"]\n',
        /no event "uplaod\.complete"; did you mean "upload\.complete"/,
      ],
      ['[[hook]]\non = ["*"]\nurl = "ftp://x"\n', /takes an address that begins with https/],
      ['[[hook]]\non = ["*"]\nprogram = ["x"]\nconcurrency = 0\n', /whole number from 1 to 64/],
      ['[[hook]]\non = ["*"]\nprogram = ["x"]\ntimeout = "1 day"\n', /of up to an hour/],
    ];
    for (const [hooks, sentence] of cases) {
      const file = await config(folder, hooks);
      const args = ['serve', '--config', file, '--listen', '127.0.0.1:0'];
      const result = await runTwinline(args, { cwd: folder.path });
      assert.notEqual(result.exitCode, 0, hooks);
      assert.match(result.stderr, sentence);
      assert.doesNotMatch(result.stderr, /\n\s+at /);
    }
  });
});
