/** A new certificate for a running `twinline serve`, by SIGHUP. */

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { createTempFolder, createTestCertificate, ScriptedClient } from '../../src/testing/index.ts';
import { startServe } from '../fixtures/serve-process.ts';

test('SIGHUP brings new certificates to new sessions, and running ones go on; bad ones change nothing', async () => {
  await using folder = await createTempFolder();
  const [first, second] = [await createTestCertificate(), await createTestCertificate()];
  const [cert, key] = [folder.join('cert.pem'), folder.join('key.pem')];
  await writeFile(cert, first.certificatePem);
  await writeFile(key, first.privateKeyPem);
  const args = ['--root', folder.path, '--user', 'anna:secret', '--cert', cert, '--key', key];
  const serve = await startServe({ args, cwd: folder.path });
  try {
    const shown = async (): Promise<string | undefined> => {
      await using client = await ScriptedClient.connect({ port: serve.implicitPort, implicitTls: true });
      return client.control.tls?.getPeerX509Certificate()?.fingerprint256;
    };
    await using running = await ScriptedClient.connect({ port: serve.port });
    await running.readReply();
    await running.authTls();
    await running.login('anna', 'secret');
    assert.equal(await shown(), first.fingerprint256);

    await writeFile(cert, second.certificatePem);
    serve.signal('SIGHUP');
    await serve.waitForLine(
      /"level":"error".*"event":"settings-refused".*give the key that the certificate was made for/,
    );
    assert.equal(await shown(), first.fingerprint256);

    await writeFile(key, second.privateKeyPem);
    serve.signal('SIGHUP');
    await serve.waitForLine(new RegExp(`"event":"tls-settings-replaced".*"${second.fingerprint256}"`));
    assert.equal(await shown(), second.fingerprint256);
    assert.match(await running.command('NOOP'), /^200 /);
  } finally {
    await serve.stop();
  }
});
