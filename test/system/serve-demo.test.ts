/** `twinline serve` without users and root, as a newcomer starts it: what the first screen says is true and works. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { access, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { createTempFolder, createTestCertificate, runCommand, type TempFolder } from '../../src/testing/index.ts';
import { cleanEnvironment, launcher, startServe } from '../fixtures/serve-process.ts';

/** The first screen as it stands on standard error once it is whole. */
async function screenOf(serve: Awaited<ReturnType<typeof startServe>>): Promise<string> {
  await serve.waitForLine(/^Ctrl-C stops the server/m);
  return serve.output.stderr;
}

function valueOf(screen: string, name: string): string {
  return new RegExp(`^  ${name} +(.+)$`, 'm').exec(screen)?.[1] ?? assert.fail(`no ${name} in\n${screen}`);
}

/** Runs a line of the screen as a shell would, with `twinline` being the one of this checkout. */
async function paste(line: string, folder: TempFolder): Promise<string> {
  const bin = folder.join('twinline');
  await writeFile(bin, `#!/bin/sh\nexec '${process.execPath}' '${launcher}' "$@"\n`, { mode: 0o755 });
  const env = { ...cleanEnvironment, PATH: `${folder.path}:${process.env['PATH']}` };
  const result = await runCommand('sh', ['-c', line], { cwd: folder.path, env });
  assert.equal(result.exitCode, 0, `${line}\n${result.stderr}`);
  return result.stdout.toString();
}

describe('the demo server', () => {
  test('prints a curl line that fetches a file over TLS that is verified', async () => {
    await using folder = await createTempFolder();
    await using serve = await startServe({ cwd: folder.path, logFormat: 'filezilla' });
    const line = /^ {2}(curl .*)$/m.exec(await screenOf(serve))?.[1] ?? '';
    assert.doesNotMatch(line, / (-k|--insecure) /);
    const readme = await readFile(folder.join('twinline-data/files/readme.txt'), 'utf8');
    assert.equal(await paste(line, folder), readme);
  });

  test('prints a line for its own client that fetches a file', async () => {
    await using folder = await createTempFolder();
    await using serve = await startServe({ cwd: folder.path, logFormat: 'filezilla' });
    const line = /^ {2}(twinline .*)$/m.exec(await screenOf(serve))?.[1] ?? '';
    await paste(line, folder);
    const readme = await readFile(folder.join('twinline-data/files/readme.txt'), 'utf8');
    assert.equal(await readFile(folder.join('readme.txt'), 'utf8'), readme);
  });

  test('prints the fingerprint of the certificate that it presents, on both listeners', async () => {
    await using folder = await createTempFolder();
    await using serve = await startServe({ cwd: folder.path, logFormat: 'filezilla' });
    const screen = await screenOf(serve);
    const file = folder.join(valueOf(screen, 'Certificate'));
    assert.equal(new X509Certificate(await readFile(file)).fingerprint256, valueOf(screen, 'SHA-256'));
    assert.equal(valueOf(screen, 'Implicit FTPS'), `ftps://127.0.0.1:${serve.implicitPort}`);
    const login = `${valueOf(screen, 'User')}:${valueOf(screen, 'Password')}`;
    const url = `ftps://127.0.0.1:${serve.implicitPort}/`;
    const listing = await runCommand('curl', ['-sS', '--cacert', file, '-u', login, '--list-only', url]);
    const names = listing.stdout.toString().trim().split(/\r?\n/);
    assert.deepEqual(names.toSorted(), ['grüße.txt', 'readme.txt', 'sample.bin']);
  });

  test('has the same certificate and password at the next start', async () => {
    await using folder = await createTempFolder();
    const screens: string[] = [];
    for (let start = 0; start < 2; start += 1) {
      await using serve = await startServe({ cwd: folder.path, logFormat: 'filezilla' });
      screens.push(await screenOf(serve));
    }
    for (const name of ['SHA-256', 'Password', 'Certificate']) {
      assert.equal(valueOf(screens[0] ?? '', name), valueOf(screens[1] ?? '', name));
    }
  });

  test('writes nothing but JSON to standard output when that is asked for, and no password anywhere', async () => {
    await using folder = await createTempFolder();
    await using serve = await startServe({ cwd: folder.path, logFormat: 'json' });
    const password = (await readFile(folder.join('twinline-data/demo-password'), 'utf8')).trim();
    const url = `ftp://127.0.0.1:${serve.port}/readme.txt`;
    await runCommand('curl', ['-sSk', '--ssl-reqd', '-u', `demo:${password}`, url]);
    await serve.stop();
    const { stdout, stderr } = serve.output;
    const events = stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { event: string }).event);
    for (const event of ['listening', 'online', 'session-opened', 'login', 'transfer', 'session-closed', 'offline']) {
      assert.ok(events.includes(event), event);
    }
    assert.ok(!stdout.includes(password) && !stderr.includes(password));
  });
});

describe('a server with settings of its own', () => {
  test('makes no demo user, no files and no certificate that it does not need', async () => {
    await using folder = await createTempFolder();
    const args = ['--tls', 'off', '--root', '.', '--user', 'alice:secret'];
    await using serve = await startServe({ cwd: folder.path, args, logFormat: 'filezilla' });
    assert.doesNotMatch(await screenOf(serve), /demo|secret|SHA-256/);
    await assert.rejects(access(folder.join('twinline-data')));
    await writeFile(folder.join('a.txt'), 'content');
    const url = `ftp://127.0.0.1:${serve.port}/a.txt`;
    assert.equal((await runCommand('curl', ['-sS', '-u', 'alice:secret', url])).stdout.toString(), 'content');
  });

  test('takes them from a file, with the command line on top', async () => {
    await using folder = await createTempFolder();
    await writeFile(folder.join('a.txt'), 'content');
    const toml = ['root = "."', 'user = ["alice:secret", "bob:other"]', 'read-only = true', 'tls = "required"'];
    await writeFile(folder.join('server.toml'), [...toml, 'welcome = ["one", "two"]'].join('\n'));
    const args = ['--config', 'server.toml', '--tls', 'off', '--welcome', 'three'];
    await using serve = await startServe({ cwd: folder.path, args, logFormat: 'filezilla' });
    const url = `ftp://127.0.0.1:${serve.port}/`;
    const fetched = await runCommand('curl', ['-sSv', '-u', 'bob:other', `${url}a.txt`]);
    assert.equal(fetched.stdout.toString(), 'content');
    assert.match(fetched.stderr, /^< 220 three\r?$/m);
    const refused = await runCommand('curl', ['-sS', '-u', 'bob:other', '-T', folder.join('a.txt'), `${url}b.txt`]);
    assert.equal(refused.exitCode, 25, refused.stderr);
    await assert.rejects(access(folder.join('b.txt')));
  });

  test('warns of an expired certificate and serves', async () => {
    await using folder = await createTempFolder();
    const old = await createTestCertificate({ days: -1 });
    await writeFile(folder.join('cert.pem'), old.certificatePem);
    await writeFile(folder.join('key.pem'), old.privateKeyPem);
    const args = ['--root', '.', '--user', 'a:b', '--cert', 'cert.pem', '--key', 'key.pem'];
    await using serve = await startServe({ cwd: folder.path, args });
    assert.match(serve.output.stderr, /^twinline: Warning: The certificate .*cert\.pem has expired on /m);
  });

  test('goes on when nobody reads its log any more, and says so', async () => {
    await using folder = await createTempFolder();
    const words = [launcher, 'serve', '--listen', '127.0.0.1:0', '--log-format', 'json'];
    const serve = spawn(process.execPath, words, { cwd: folder.path, env: { ...process.env, ...cleanEnvironment } });
    const ended = once(serve, 'exit');
    try {
      const [first] = (await once(serve.stdout, 'data')) as [Buffer];
      serve.stdout.destroy();
      const port = /"port":(\d+)/.exec(first.toString())?.[1];
      const client = connect(Number(port), '127.0.0.1');
      let said = '';
      while (!said.includes('Nobody reads the log any more; the server goes on without it.')) {
        said += ((await once(serve.stderr, 'data')) as [Buffer])[0].toString();
      }
      client.destroy();
    } finally {
      serve.kill('SIGTERM');
    }
    assert.deepEqual(await ended, [0, null]);
  });
});

test('an unknown user of the demo server gets the same answer as a wrong password', async () => {
  await using folder = await createTempFolder();
  await using serve = await startServe({ cwd: folder.path });
  const answers = await Promise.all(
    ['demo:wrong', 'nobody:wrong'].map((login) =>
      runCommand('curl', ['-sSk', '--ssl-reqd', '-u', login, `ftp://127.0.0.1:${serve.port}/`]),
    ),
  );
  assert.deepEqual(
    answers.map(({ exitCode, stderr }) => [exitCode, stderr]),
    answers.map(() => [67, 'curl: (67) Access denied: 530\n']),
  );
});
