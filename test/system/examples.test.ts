/** The example configurations start a server, and the container file copies and calls what is there. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createTempFolder, createTestCertificate } from '../../src/testing/index.ts';
import { startServe } from '../fixtures/serve-process.ts';

const top = fileURLToPath(new URL('../../', import.meta.url));
const configurations = (await readdir(`${top}examples/configurations`)).filter((name) => name.endsWith('.toml'));

describe('the example configuration', () => {
  for (const name of configurations) {
    test(`${name} starts a server`, async () => {
      await using folder = await createTempFolder();
      const { certificatePem, privateKeyPem } = await createTestCertificate();
      await writeFile(folder.join('cert.pem'), certificatePem);
      await writeFile(folder.join('key.pem'), privateKeyPem);
      const here = ['--root', '.', '--cert', 'cert.pem', '--key', 'key.pem', '--data-dir', 'data'];
      const args = ['--config', `${top}examples/configurations/${name}`, ...here];
      await using serve = await startServe({ cwd: folder.path, args });
      assert.notEqual(serve.port, 0);
      serve.signal('SIGTERM');
      assert.deepEqual(await serve.exited, { exitCode: 0, signal: null });
    });
  }

  test('is there at all', () => assert.ok(configurations.length >= 2));
});

test('the container file copies what is there, runs on the Node of the project, and not as root', async () => {
  const lines = (await readFile(`${top}examples/container/Containerfile`, 'utf8')).split('\n');
  const { engines } = JSON.parse(await readFile(`${top}package.json`, 'utf8')) as { engines: { node: string } };
  const images = lines.filter((line) => line.startsWith('FROM ')).map((line) => /node:(\d+)/.exec(line)?.[1]);
  assert.deepEqual([...new Set(images)], [engines.node.replace('>=', '')]);
  const copied = lines.flatMap((line) => /^COPY --from=build \/build\/(\S+)/.exec(line)?.[1] ?? []);
  const made = new Set(['dist', 'node_modules']);
  assert.deepEqual(
    copied.filter((path) => !made.has(path) && !existsSync(top + path)),
    [],
  );
  assert.ok(
    lines.indexOf('USER node') > -1 &&
      lines.indexOf('USER node') < lines.findIndex((line) => line.startsWith('ENTRYPOINT')),
  );
});
