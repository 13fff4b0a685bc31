/** `twinline kill` across three hosts: a download of curl from vsftpd, ended on the client, on the server and on the way. */

import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, open, writeFile } from 'node:fs/promises';
import {
  type ConnectionRecord,
  connectionsSchema,
  type HostName,
  type KillMethodName,
  namespaceOf,
} from '../../src/lab/index.ts';
import {
  createTempFolder,
  createTestCertificate,
  type RunningProcess,
  type TempFolder,
} from '../../src/testing/index.ts';
import { runTwinline } from '../fixtures/command-run.ts';
import { missingProgram } from '../fixtures/installed-program.ts';
import { daemonMissing, ensurePeerUser, type PeerUser, unpackedPath } from '../fixtures/peers/daemon.ts';
import { killMissing } from '../fixtures/raw-sockets.ts';
import { startTopology, type TestTopology, topologyMissing } from '../fixtures/topologies.ts';

const program = 'usr/sbin/vsftpd';
const skip =
  daemonMissing('vsftpd', program) ?? (missingProgram('curl') || (await killMissing()) || (await topologyMissing()));
const address = '198.51.100.2';

/** vsftpd on the host `server`, which everybody on the way can reach. */
async function startVsftpd(net: TestTopology, folder: TempFolder, user: PeerUser): Promise<RunningProcess> {
  const { certificatePem, privateKeyPem } = await createTestCertificate({ subjectAltNames: [address] });
  await writeFile(folder.join('both.pem'), privateKeyPem + certificatePem, { mode: 0o600 });
  // The daemon goes in as its user.
  await chmod(folder.path, 0o755);
  await mkdir(folder.join('empty'));
  await mkdir(folder.join('root'));
  await chown(folder.join('root'), user.uid, user.gid);
  await using file = await open(folder.join('root/big'), 'w');
  // Sparse, and more than any machine moves before the line is ended.
  await file.truncate(200_000_000_000);
  const settings = {
    ...{ listen: 'YES', background: 'NO', listen_address: address, listen_port: 21 },
    ...{ anonymous_enable: 'NO', ftp_username: 'nobody', local_enable: 'YES', local_root: folder.join('root') },
    ...{ chroot_local_user: 'YES', allow_writeable_chroot: 'YES', secure_chroot_dir: folder.join('empty') },
    ...{ pam_service_name: 'twinline-peer', seccomp_sandbox: 'NO', isolate: 'NO', isolate_network: 'NO' },
    ...{ ssl_enable: 'YES', rsa_cert_file: folder.join('both.pem'), ssl_ciphers: 'HIGH', require_ssl_reuse: 'NO' },
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
  await writeFile(folder.join('vsftpd.conf'), lines.join(''), { mode: 0o600 });
  const server = await net.start('server', [unpackedPath('vsftpd', program), folder.join('vsftpd.conf')]);
  const isUp = async () => (await net.run('client', 'bash', '-c', `exec 3<>/dev/tcp/${address}/21`)).exitCode === 0;
  while (!(await isUp())) assert.ok(existsSync(`/proc/${server.pid}`), server.output.stderr);
  return server;
}

describe('a download of curl from vsftpd, with a firewall between them', { skip }, () => {
  let net: TestTopology;
  let folder: TempFolder;
  let user: PeerUser;

  before(async () => {
    net = await startTopology('plain', 'kill');
    folder = await createTempFolder();
    user = ensurePeerUser();
    await startVsftpd(net, folder, user);
  });
  after(async () => {
    await net[Symbol.asyncDispose]();
    await folder.remove();
  });

  async function startCurl(): Promise<RunningProcess> {
    const words = [
      'curl',
      '-q',
      '-sS',
      '-v',
      '-k',
      '--ssl-reqd',
      '-o',
      '/dev/null',
      '-u',
      `${user.name}:${user.password}`,
    ];
    const curl = await net.start('client', [...words, `ftp://${address}/big`]);
    await curl.waitForLine(/^< 150 /m);
    return curl;
  }

  /** The lines of a session as the host `client` has them, once data move. */
  async function linesOf(curl: RunningProcess): Promise<Record<'control' | 'data', ConnectionRecord>> {
    for (;;) {
      const words = ['--json', '--ftp', '--process', String(curl.pid), '--netns', namespaceOf(net.name, 'client')];
      const shown = await runTwinline('conns', ...words);
      const { connections } = connectionsSchema.parse(JSON.parse(shown.stdout.toString()));
      const [control, data] = (['control', 'data'] as const).map((role) =>
        connections.find(({ ftp }) => ftp?.role === role),
      );
      if (control !== undefined && data !== undefined && (data.details?.bytesReceived ?? 0) > 100_000)
        return { control, data };
      assert.doesNotMatch(curl.output.stderr, /^curl: /m);
    }
  }

  const ends = ({ local, remote }: ConnectionRecord): string =>
    `${local.host}:${local.port}-${remote.host}:${remote.port}`;

  for (const [host, method, line] of [
    ['client', 'destroy', 'control'],
    ['server', 'destroy', 'data'],
    ['server', 'forged-syn', 'control'],
    ['firewall', 'forged-syn', 'control'],
    ['firewall', 'sniff', 'data'],
  ] as const satisfies readonly (readonly [HostName, KillMethodName, 'control' | 'data'])[]) {
    test(`is ended on the ${host} by ${method}, the ${line} line, and its neighbour goes on`, async () => {
      await using curl = await startCurl();
      await using neighbour = await startCurl();
      const lines = await linesOf(curl);
      await linesOf(neighbour);
      const where = ['--netns', namespaceOf(net.name, host), '--method', method, '--yes'];
      const kill = await runTwinline('kill', ends(lines[line]), ...where);
      assert.equal(kill.exitCode, 0, kill.stdout.toString() + kill.stderr);
      // vsftpd goes on with the data when its control line is gone, so that curl may notice the end of that line late.
      if (line === 'data') {
        assert.notEqual((await curl.exited).exitCode, 0);
        assert.match(curl.output.stderr, /^curl: \((?:18|55|56)\) /m);
      }
      assert.doesNotMatch(neighbour.output.stderr, /^curl: /m);
      await linesOf(neighbour);
    });
  }
});
