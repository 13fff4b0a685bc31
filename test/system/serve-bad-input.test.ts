/** What `twinline serve` says to a wrong setting: one sentence, an exit code, and nothing left behind. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { type CommandResult, createTempFolder, createTestCertificate, runCommand } from '../../src/testing/index.ts';
import { cleanEnvironment, launcher, runTwinline } from '../fixtures/serve-process.ts';

/** The one sentence that the command printed before it ended with `exitCode`. */
function sentenceOf({ exitCode, stdout, stderr, timedOut }: CommandResult, expected: number): string {
  assert.equal(timedOut, false, `it did not end\n${stderr}`);
  assert.equal(stdout.toString(), '');
  assert.match(stderr, /^twinline: [^\n]+[.?]\n$/);
  assert.equal(exitCode, expected, stderr);
  return stderr;
}

const onPort0 = ['--listen', '127.0.0.1:0'];

/** Each is refused on the command line, before anything is opened or made. */
const refused: readonly { readonly args: readonly string[]; readonly says: RegExp; readonly exitCode: number }[] = [
  { args: ['--no-such-thing'], says: /has no option "--no-such-thing"/, exitCode: 64 },
  { args: ['--pasive-ports', '1-2'], says: /did you mean "--passive-ports"\?/, exitCode: 64 },
  { args: ['--user', 'alice:'], says: /empty password: write one/, exitCode: 64 },
  { args: ['--user', 'alice'], says: /takes NAME:PASSWORD/, exitCode: 64 },
  { args: ['--user', 'a:b', '--user', 'a:c'], says: /gives "a" twice/, exitCode: 64 },
  { args: ['--passive-ports', '50000'], says: /takes MIN-MAX, for example 50000-50099/, exitCode: 64 },
  { args: ['--passive-ports', '2-1'], says: /write 1-2\./, exitCode: 64 },
  { args: ['--passive-ports', '1-70000'], says: /between 1 and 65535/, exitCode: 64 },
  { args: ['--listen', '2121'], says: /takes HOST:PORT, for example/, exitCode: 64 },
  { args: ['--listen', '::1:2121'], says: /\[::1\]:2121/, exitCode: 64 },
  { args: ['--cert', 'a.pem'], says: /needs its private key too: give it with --key FILE/, exitCode: 64 },
  { args: ['--tls', 'off', '--listen-implicit', '127.0.0.1:0'], says: /needs TLS, which is off/, exitCode: 64 },
  { args: ['--config', 'absent.toml'], says: /absent\.toml cannot be read: there is no such file/, exitCode: 78 },
  {
    args: ['--cert', 'absent.pem', '--key', 'k.pem'],
    says: /absent\.pem cannot be read: there is no such/,
    exitCode: 78,
  },
  { args: ['--root', 'absent'], says: /absent" cannot be served: .*; name a folder .* with --root\./, exitCode: 78 },
  { args: ['--root', process.execPath], says: /cannot be served: .*folder.* with --root\./, exitCode: 78 },
  { args: ['--listen', '192.0.2.1:2121'], says: /192\.0\.2\.1:2121 is not an address of this machine/, exitCode: 69 },
];

describe('twinline serve refuses', () => {
  for (const { args, says, exitCode } of refused) {
    test(args.join(' '), async () => {
      await using folder = await createTempFolder();
      const listen = args.some((word) => word.startsWith('--listen')) ? [] : onPort0;
      const result = await runTwinline(['serve', ...listen, ...args], { cwd: folder.path });
      assert.match(sentenceOf(result, exitCode), says);
      if (exitCode !== 69) assert.deepEqual(await readdir(folder.path), []);
    });
  }

  test('a configuration file with an unknown key, by file, line and nearest key', async () => {
    await using folder = await createTempFolder();
    await writeFile(folder.join('server.toml'), 'listen = "127.0.0.1:0"\nlogformat = "json"\n');
    const result = await runTwinline(['serve', '--config', 'server.toml'], { cwd: folder.path });
    const sentence = 'twinline: server.toml:2: There is no setting "logformat"; did you mean "log-format"?\n';
    assert.equal(sentenceOf(result, 78), sentence);
    assert.deepEqual(await readdir(folder.path), ['server.toml']);
  });

  test('a certificate with the key of another', async () => {
    await using folder = await createTempFolder();
    const [one, other] = [await createTestCertificate(), await createTestCertificate()];
    await writeFile(folder.join('cert.pem'), one.certificatePem);
    await writeFile(folder.join('key.pem'), other.privateKeyPem);
    const args = ['serve', ...onPort0, '--cert', 'cert.pem', '--key', 'key.pem'];
    const sentence = sentenceOf(await runTwinline(args, { cwd: folder.path }), 78);
    assert.match(sentence, /key\.pem does not belong to the certificate .*cert\.pem: give the key/);
    assert.deepEqual((await readdir(folder.path)).toSorted(), ['cert.pem', 'key.pem']);
  });

  test('a port in use, and names a free one', async () => {
    await using folder = await createTempFolder();
    await using occupant = createServer().listen(0, '127.0.0.1');
    await once(occupant, 'listening');
    const { port } = occupant.address() as { port: number };
    for (const option of ['--listen', '--listen-implicit']) {
      const result = await runTwinline(['serve', option, `127.0.0.1:${port}`], { cwd: folder.path });
      const sentence = sentenceOf(result, 69);
      assert.match(sentence, new RegExp(`127\\.0\\.0\\.1:${port} is in use by another program: stop it, or choose`));
      assert.match(sentence, new RegExp(`for example ${option} 127\\.0\\.0\\.1:\\d+\\.\n$`));
    }
    const made = await readdir(folder.join('twinline-data'));
    assert.deepEqual(made.toSorted(), ['demo-password', 'files', 'tls'], 'what was made is whole');
  });
});

test('twinline serve on a full disk says so and leaves no half-made folder', async (t) => {
  await using folder = await createTempFolder();
  // A small disk of its own, which goes away with the shell that mounts it.
  const serve = `'${process.execPath}' '${launcher}' serve --listen 127.0.0.1:0`;
  const script = `mount -t tmpfs -o size=1m none . || exit 99; cd "$PWD"; ${serve}; echo "code $?"; ls -A twinline-data; exit 0`;
  const result = await runCommand('unshare', ['--mount', 'sh', '-c', script], {
    cwd: folder.path,
    env: cleanEnvironment,
    timeoutMs: 20_000,
  }).catch(() => undefined);
  // 1: a new name space was refused; 99: the mount was.
  if (result === undefined || result.exitCode === 1 || result.exitCode === 99) {
    return t.skip('no file system can be mounted here');
  }
  assert.match(
    result.stderr,
    /^twinline: [^\n]*files cannot be made: the disk is full; choose another folder [^\n]*\.\n$/,
  );
  assert.equal(result.stdout.toString(), 'code 78\ndemo-password\ntls\n');
});

/** Runs the command as somebody without rights; the reason for not doing so where that is impossible. */
async function runWithoutRights(args: readonly string[], cwd: string): Promise<CommandResult | string> {
  const words = [process.execPath, launcher, ...args];
  const options = { cwd, env: cleanEnvironment, timeoutMs: 20_000 };
  if (process.getuid?.() !== 0) return runCommand(words[0] ?? '', words.slice(1), options);
  const become = ['--reuid=65534', '--regid=65534', '--clear-groups'];
  const probe = await runCommand('setpriv', [...become, process.execPath, '--version']).catch(() => undefined);
  if (probe?.exitCode !== 0) return 'the tests run as root and there is no way to run a program as somebody else';
  return runCommand('setpriv', [...become, ...words], options);
}

describe('twinline serve without rights refuses', () => {
  test('a key and a root that it may not read', async (t) => {
    await using folder = await createTempFolder();
    await chmod(folder.path, 0o755);
    const pair = await createTestCertificate();
    await writeFile(folder.join('cert.pem'), pair.certificatePem, { mode: 0o644 });
    await writeFile(folder.join('key.pem'), pair.privateKeyPem, { mode: 0o000 });
    await mkdir(folder.join('root'), { mode: 0o000 });
    const certificate = ['--cert', 'cert.pem', '--key', 'key.pem'];
    const key = await runWithoutRights(['serve', ...onPort0, ...certificate], folder.path);
    if (typeof key === 'string') return t.skip(key);
    assert.match(sentenceOf(key, 78), /The private key .*key\.pem cannot be read: this process has no right to it\./);
    const root = await runWithoutRights(['serve', ...onPort0, '--root', 'root'], folder.path);
    assert.match(sentenceOf(root as CommandResult, 78), /root" cannot be served: .*permissions.* with --root\./);
  });

  test('a port below 1024', async (t) => {
    const lowest = await readFile('/proc/sys/net/ipv4/ip_unprivileged_port_start', 'utf8').catch(() => '1024');
    if (Number(lowest) < 1024) return t.skip(`this machine lets everybody use ports from ${lowest.trim()} on`);
    await using folder = await createTempFolder();
    await chmod(folder.path, 0o777);
    const result = await runWithoutRights(['serve', '--listen', '127.0.0.1:990'], folder.path);
    if (typeof result === 'string') return t.skip(result);
    assert.match(sentenceOf(result, 69), /127\.0\.0\.1:990 needs more rights: .*choose a port above 1023\./);
  });
});
