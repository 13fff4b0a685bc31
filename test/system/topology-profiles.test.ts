/** What each network of `twinline topology` does to real transfers: the firewalls that FTPS meets, with curl and our own ends. */

import { describe, test, type TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { TopologyError } from '../../src/lab/index.ts';
import { createTempFolder, type TempFolder } from '../../src/testing/index.ts';
import { missingProgram } from '../fixtures/installed-program.ts';
import { serveIn, startTopology, type TestTopology, topologyMissing } from '../fixtures/topologies.ts';

const skip = (await topologyMissing()) || missingProgram('curl');
const file = Buffer.alloc(300_000, 'twinline');

interface Site extends AsyncDisposable {
  readonly net: TestTopology;
  readonly folder: TempFolder;
}

/** A topology with a file to serve; undefined, and the test skipped with the reason, where the kernel cannot make it. */
async function siteOf(t: TestContext, profile: string): Promise<Site | undefined> {
  try {
    const net = await startTopology(profile);
    const folder = await createTempFolder();
    await writeFile(folder.join('f.bin'), file);
    const end = async (): Promise<void> => {
      await net[Symbol.asyncDispose]();
      await folder.remove();
    };
    return { net, folder, [Symbol.asyncDispose]: end };
  } catch (error) {
    if (!(error instanceof TopologyError) || !error.message.startsWith('This kernel does not have')) throw error;
    t.skip(error.message);
    return undefined;
  }
}

const ways = {
  epsv: [],
  // As clients did before they learned better: the address of 227 is believed.
  pasv: ['--disable-epsv', '--no-ftp-skip-pasv-ip'],
  active: ['--ftp-port', '-', '--disable-eprt'],
} as const;

/** The bytes that curl gets, and its exit code: what does not connect in 4 s is held for closed. */
async function fetched(
  net: TestTopology,
  host: string,
  way: keyof typeof ways,
  tls: 'tls' | 'clear',
  seconds = 20,
): Promise<string> {
  const secure = tls === 'tls' ? ['--ssl-reqd', '--insecure'] : [];
  const told = ['-o', '/dev/null', '-w', '%{size_download} bytes, exit code %{exitcode}'];
  const words = ['-q', '-sS', '-g', '--connect-timeout', '4', '-m', String(seconds), ...secure, ...ways[way], ...told];
  const { stdout } = await net.run('client', 'curl', ...words, '-u', 'anna:secret', `ftp://${host}/f.bin`);
  return stdout.toString();
}

const whole = `${file.length} bytes, exit code 0`;
const nothing = /^0 bytes, exit code (?!0$)\d+$/;
const v6 = '[2001:db8:2::2]';

describe('across', { skip, concurrency: 3 }, () => {
  test('NAT, a client opens data lines under TLS; the server opens none to it', async (t) => {
    await using site = await siteOf(t, 'nat');
    if (site === undefined) return;
    const { net, folder } = site;
    await using serve = await serveIn(net, folder.path, '198.51.100.2', '--tls', 'optional');
    assert.equal(await fetched(net, '198.51.100.2', 'epsv', 'tls'), whole);
    assert.equal(await fetched(net, v6, 'epsv', 'tls'), whole);
    assert.match(await fetched(net, '198.51.100.2', 'active', 'clear'), nothing);
    assert.match(serve.output.stdout, /"remoteHost":"198\.51\.100\.1"/);
  });

  test('NAT with the FTP helper, PORT in clear is rewritten, and PORT under TLS is not seen', async (t) => {
    await using site = await siteOf(t, 'nat-helper');
    if (site === undefined) return;
    const { net, folder } = site;
    await using _serve = await serveIn(net, folder.path, '198.51.100.2', '--tls', 'optional');
    assert.equal(await fetched(net, '198.51.100.2', 'active', 'clear'), whole);
    assert.match(await fetched(net, '198.51.100.2', 'active', 'tls'), nothing);
    assert.equal(await fetched(net, '198.51.100.2', 'epsv', 'tls'), whole);
  });

  test('a closed passive range, no passive transfer gets through', async (t) => {
    await using site = await siteOf(t, 'closed-range');
    if (site === undefined) return;
    const { net, folder } = site;
    await using _serve = await serveIn(net, folder.path, '198.51.100.2', '--tls', 'optional');
    assert.match(await fetched(net, '198.51.100.2', 'epsv', 'clear'), nothing);
    assert.match(await fetched(net, v6, 'epsv', 'tls'), nothing);
    assert.equal(await fetched(net, '198.51.100.2', 'active', 'clear'), whole);
  });

  test('a closed passive range with the FTP helper, transfers in clear get through, and those under TLS do not', async (t) => {
    await using site = await siteOf(t, 'closed-range-helper');
    if (site === undefined) return;
    const { net, folder } = site;
    await using _serve = await serveIn(net, folder.path, '198.51.100.2', '--tls', 'optional');
    assert.equal(await fetched(net, '198.51.100.2', 'pasv', 'clear'), whole);
    assert.equal(await fetched(net, v6, 'epsv', 'clear'), whole);
    assert.match(await fetched(net, '198.51.100.2', 'pasv', 'tls'), nothing);
    assert.match(await fetched(net, '198.51.100.2', 'epsv', 'tls'), nothing);
  });

  test('NAT in front of the server, PASV needs the public address and EPSV needs nothing', async (t) => {
    await using site = await siteOf(t, 'private-address');
    if (site === undefined) return;
    const { net, folder } = site;
    await using serve = await serveIn(net, folder.path, '10.0.2.2');
    assert.match(await fetched(net, '192.0.2.1', 'pasv', 'tls'), nothing);
    assert.equal(await fetched(net, '192.0.2.1', 'epsv', 'tls'), whole);
    await serve.stop();
    await using _told = await serveIn(net, folder.path, '10.0.2.2', '--passive-host', '192.0.2.1');
    assert.equal(await fetched(net, '192.0.2.1', 'pasv', 'tls'), whole);
  });

  test('NAT in front of the server with the FTP helper, 227 in clear is rewritten and 227 under TLS is not', async (t) => {
    await using site = await siteOf(t, 'private-address-helper');
    if (site === undefined) return;
    const { net, folder } = site;
    await using _serve = await serveIn(net, folder.path, '10.0.2.2', '--tls', 'optional');
    assert.equal(await fetched(net, '192.0.2.1', 'pasv', 'clear'), whole);
    assert.match(await fetched(net, '192.0.2.1', 'pasv', 'tls'), nothing);
  });

  for (const profile of ['forget-silent', 'forget-reset']) {
    test(`a firewall that forgets (${profile}), the file comes whole and 226 never; NOOP keeps the line`, async (t) => {
      await using site = await siteOf(t, profile);
      if (site === undefined) return;
      const { net, folder } = site;
      // A transfer of six seconds at least, and the firewall forgets after four.
      const slow = ['--rate', 'session-down=50KB'];
      await using _serve = await serveIn(net, folder.path, '198.51.100.2', ...slow);
      const login = ['--insecure', '--quiet', '--no-cache', '-u', 'anna:secret'];
      const url = 'ftpes://198.51.100.2/f.bin';
      const [lost, kept] = await Promise.all([
        fetched(net, '198.51.100.2', 'epsv', 'tls', 14),
        net.twinline('client', folder.path, 'get', ...login, '--keepalive', '1', url, '-o', 'kept.bin'),
      ]);
      assert.equal(lost, `${file.length} bytes, exit code 28`);
      assert.equal(kept.exitCode, 0, kept.stderr);
      assert.ok((await readFile(folder.join('kept.bin'))).equals(file));
    });
  }
});
