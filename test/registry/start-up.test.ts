/** What a start of the command loads: nothing that the called subcommand does not need. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { createTempFolder, freePort, runCommand } from '../../src/testing/index.ts';
import { top } from './source-files.ts';

/** Prints the URL of each module that is loaded, on standard error at the end. */
const recorder = `
  import { registerHooks } from 'node:module';
  import { writeSync } from 'node:fs';
  const loaded = [];
  registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) });
  process.on('exit', () => writeSync(2, loaded.map((url) => '\\nloaded ' + url).join('') + '\\n'));
`;

/** The modules that a call of the command loads, from the top of the repository. */
async function loadedBy(...words: string[]): Promise<string[]> {
  await using home = await createTempFolder();
  const hook = `data:text/javascript,${encodeURIComponent(recorder)}`;
  const args = ['--import', hook, join(top, 'bin/twinline.js'), ...words];
  const folders = ['HOME', 'XDG_CACHE_HOME', 'XDG_CONFIG_HOME', 'XDG_STATE_HOME', 'XDG_RUNTIME_DIR'];
  const env = Object.fromEntries(folders.map((name) => [name, home.path]));
  const { stderr } = await runCommand(process.execPath, args, { env, timeoutMs: 60_000 });
  const urls = [...stderr.matchAll(/^loaded (.+)$/gm)].map((match) => match[1] ?? '');
  assert.ok(urls.length > 5, stderr);
  return urls.map((url) => url.replace(/^.*\/(?=(?:node_modules|src)\/)/, ''));
}

/** Big, or of no use to a client. */
const heavy =
  /^node_modules\/(?:zod|pino|prom-client|smol-toml|koffi|bcryptjs|cli-progress|@peculiar)\/|^src\/(?:server|storage|users|console|lab|peer|testing)\//;
const notForOneFile = /^src\/client\/(?:mirror|segments)\/|^src\/cli\/(?:shell\/run-|trace|serve|lab)\//;

describe('a start of the command', () => {
  test('for its version alone loads no part of Twinline but errors, and no dependency', async () => {
    const loaded = await loadedBy('--version');
    const others = loaded.filter((name) => /^node_modules\/|^src\/(?!cli\/|errors\/)/.test(name));
    assert.deepEqual(others, []);
  });

  for (const words of [['ls'], ['get', '-o', '-']]) {
    test(`for ${words[0]} loads neither schemas nor servers, nor what moves whole trees`, async () => {
      // Nobody listens there, so all is loaded up to the connection.
      const loaded = await loadedBy(...words, `ftp://127.0.0.1:${await freePort('127.0.0.1')}/file`);
      assert.ok(loaded.includes('src/client/connect.ts'));
      assert.deepEqual(
        loaded.filter((name) => heavy.test(name) || notForOneFile.test(name)),
        [],
      );
    });
  }
});
