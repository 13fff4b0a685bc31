/** `twinline serve` with a certificate that an ACME authority gives while it runs. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { connect as connectTls } from 'node:tls';
import { createTempFolder, freePortRange } from '../../src/testing/index.ts';
import { AcmeAuthority } from '../fixtures/acme-authority.ts';
import { startServe } from '../fixtures/serve-process.ts';

/** Issuer of what an implicit listener presents. */
function issuerAt(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connectTls({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => {
      resolve(String(socket.getPeerX509Certificate()?.issuer));
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

describe('twinline serve with [acme]', () => {
  test('begins with a certificate of its own, takes that of the authority, and begins with it after a restart', async () => {
    await using folder = await createTempFolder('twinline-serve-acme-');
    const { min: port } = await freePortRange(1, '127.0.0.1');
    await using authority = await AcmeAuthority.start({ challengePort: () => port });
    await writeFile(folder.join('ca.pem'), authority.ca.certificatePem);
    await writeFile(
      folder.join('server.toml'),
      `[acme]\nnames = ["ftp.example.test"]\nagree-terms = true\ndirectory = "${authority.directoryUrl}"\n` +
        `ca-file = "ca.pem"\nchallenge-listen = "127.0.0.1:${port}"\n`,
    );
    const args = ['--config', folder.join('server.toml')];
    const first = await startServe({ cwd: folder.path, args });
    try {
      await first.waitForLine(/"event":"tls-settings-replaced"/);
      assert.match(await issuerAt(first.implicitPort), /Twinline authority/);
      assert.match(first.output.stderr, /The authority has given a new certificate/);
    } finally {
      await first.stop();
    }
    const second = await startServe({ cwd: folder.path, args });
    try {
      assert.match(await issuerAt(second.implicitPort), /Twinline authority/);
      assert.equal(authority.issued, 1);
    } finally {
      await second.stop();
    }
  });

  test('goes on with its own certificate and says why while the authority refuses', async () => {
    await using folder = await createTempFolder('twinline-serve-acme-');
    await using authority = await AcmeAuthority.start({ challengePort: () => 1 });
    await writeFile(folder.join('ca.pem'), authority.ca.certificatePem);
    const fields = ['names=ftp.example.test', 'agree-terms=true', `directory=${authority.directoryUrl}`];
    const options = [...fields, `ca-file=${folder.join('ca.pem')}`, 'challenge-listen=127.0.0.1:0'];
    const serve = await startServe({ cwd: folder.path, args: options.flatMap((field) => ['--acme', field]) });
    try {
      const [line] = await serve.waitForLine(/No new certificate for ftp\.example\.test: .*$/m);
      assert.match(line, /could not check ftp\.example\.test/);
      assert.match(await issuerAt(serve.implicitPort), /localhost/);
    } finally {
      await serve.stop();
    }
  });
});
