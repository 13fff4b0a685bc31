/** Twinline's own server, started as a user starts it. */

import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  createTempFolder,
  createTestCertificate,
  freePortRange,
  runCommand,
  startProcess,
  type RunningProcess,
} from '../../src/testing/index.ts';
import type { PeerOptions } from '../../test/fixtures/peers/index.ts';
import type { Subject, SubjectKind } from '../workload.ts';

const top = join(import.meta.dirname, '../..');
const host = '127.0.0.1';
const user = 'bench';
const password = 'a password for the bench';

/** The port from the line that says where the server listens. */
async function controlPort(running: RunningProcess): Promise<number> {
  const [line] = await running.waitForLine(/^\{.*"event":"listening".*\}$/m, 20_000);
  const record = JSON.parse(line) as { port?: number };
  if (record.port === undefined) throw new Error(`No port in ${line}`);
  return record.port;
}

/** The user stands in a database with an Argon2id hash, as on a server that is meant for others. */
async function makeUsers(file: string): Promise<void> {
  const words = ['user', 'add', user, '--db', file, '--password-stdin'];
  const made = await runCommand(process.execPath, [join(top, 'bin/twinline.js'), ...words], { input: `${password}\n` });
  if (made.exitCode !== 0) throw new Error(`The user cannot be made: ${made.stderr.trim()}`);
}

async function start(name: string, workers: number, options: PeerOptions = {}): Promise<Subject> {
  const folder = await createTempFolder('twinline-bench-');
  const certificate = options.certificate ?? (await createTestCertificate());
  const certificateFile = folder.join('certificate.pem');
  const root = options.root ?? folder.path;
  await writeFile(certificateFile, certificate.certificatePem);
  await writeFile(folder.join('key.pem'), certificate.privateKeyPem, { mode: 0o600 });
  await makeUsers(folder.join('users.db'));
  const passive = await freePortRange(400, host);
  const settings = {
    listen: `${host}:0`,
    root,
    'users-db': folder.join('users.db'),
    cert: certificateFile,
    key: folder.join('key.pem'),
    'passive-ports': `${passive.min}-${passive.max}`,
    tls: options.tlsRequired === false ? 'optional' : 'required',
    'log-format': 'json',
    'data-dir': folder.join('data'),
    ...(workers === 1 ? {} : { workers: String(workers) }),
  };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
  const running = await startProcess(process.execPath, [join(top, 'bin/twinline.js'), 'serve', ...args]);
  const stop = async () => {
    await running.stop();
    await folder.remove();
  };
  try {
    const port = await controlPort(running);
    const { version } = JSON.parse(readFileSync(join(top, 'package.json'), 'utf8')) as { version: string };
    const facts = { name, version, host, controlPort: port, user, password, root, certificateFile };
    return { ...facts, pid: running.pid, stop, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function twinlineWith(name: string, workers: number): SubjectKind {
  return {
    name,
    peerMissing: () =>
      existsSync(join(top, 'src/cli/subcommands/serve.ts')) ? undefined : 'twinline serve is not there yet',
    start: (options) => start(name, workers, options),
    canRequireSessionReuse: false,
  };
}

export const twinline = twinlineWith('twinline', 1);
/** The same with its sessions in two processes. */
export const twinlineWorkers = twinlineWith('twinline-workers', 2);
