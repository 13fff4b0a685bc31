/** The server of a note across a topology: `twinline serve` on the host `server`, its log read as it is written. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { addressesOf, namespaceOf, NoteFailed, type Plan, type TransferWord } from '../../../lab/index.ts';
import { createTestCertificate } from '../../../peer/index.ts';
import type { EmbeddedServer, NoteTls } from './embedded-server.ts';
import { launcher } from './launcher.ts';

const user = 'note';
const password = 'note-password';
/** The port that every profile knows for control lines unless it was told others. */
const ownPort = 21;
/** A process of Node on a busy machine, in milliseconds. */
const startMs = 30_000;
const graceMs = 2_000;

/** `folder` is the note's own. Rejects with `NoteFailed` where the server does not start. */
export async function startHostServer(name: string, plan: Plan, folder: string, tls: NoteTls): Promise<EmbeddedServer> {
  const port = plan.controlPorts.includes(ownPort) ? ownPort : (plan.controlPorts[0] ?? ownPort);
  const { server, reach } = addressesOf(plan.profile);
  const root = join(folder, 'server');
  await mkdir(root, { recursive: true });
  const auditFile = join(folder, 'audit.jsonl');
  const certificate = await createTestCertificate({ subjectAltNames: [reach.v4, reach.v6, server.host.v4] });
  const [caFile, keyFile] = [join(folder, 'certificate.pem'), join(folder, 'key.pem')];
  await writeFile(caFile, certificate.certificatePem);
  await writeFile(keyFile, certificate.privateKeyPem, { mode: 0o600 });
  const { min, max } = plan.passivePorts;
  const words = [
    ...['serve', '--listen', `${server.host.v4}:${port}`, '--listen', `[${server.host.v6}]:${port}`],
    ...['--passive-ports', `${min}-${max}`, '--root', root, '--data-dir', join(folder, 'server-data')],
    ...['--user', `${user}:${password}`, '--log-format', 'filezilla', '--audit-file', auditFile],
    ...(tls === 'none' ? ['--tls', 'off'] : ['--cert', caFile, '--key', keyFile, '--tls-min', tls, '--tls-max', tls]),
  ];
  const log = new HostLog(name, words, folder);
  await log.online;
  return {
    server: {
      name: `Twinline's server${tls === 'none' ? '' : ` (TLS ${tls})`}`,
      target: { host: reach.v4, port, security: tls === 'none' ? 'plain' : 'explicit', user, password },
      addresses: [
        { family: 4, host: reach.v4, port },
        { family: 6, host: reach.v6, port },
      ],
      caFile,
      onLog: (listen) => log.listen(listen),
      lastTransfer: () => lastTransfer(auditFile),
    },
    close: () => log.end(),
  };
}

class HostLog {
  readonly online: Promise<void>;
  readonly #child;
  readonly #listeners = new Set<(line: string) => void>();
  readonly #ended: Promise<unknown>;
  #said = '';

  constructor(name: string, words: readonly string[], cwd: string) {
    const host = ['netns', 'exec', namespaceOf(name, 'server')];
    this.#child = spawn('ip', [...host, process.execPath, launcher, ...words], {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#ended = once(this.#child, 'close');
    // `spawn` fails only where `ip` is missing, and nobody comes this far without it.
    this.#ended.catch(() => undefined);
    const isOnline = Promise.withResolvers<void>();
    this.#child.stderr
      .setEncoding('utf8')
      .on('data', (text: string) => (this.#said = (this.#said + text).slice(-2_000)));
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      if (line === 'Server online') isOnline.resolve();
      for (const listen of this.#listeners) listen(line);
    });
    this.online = this.#untilOnline(isOnline.promise);
  }

  async #untilOnline(online: Promise<void>): Promise<void> {
    const timer = Promise.withResolvers<boolean>();
    const late = setTimeout(() => timer.resolve(false), startMs);
    const gone = this.#ended.then(() => false);
    const isOn = await Promise.race([online.then(() => true), gone, timer.promise]);
    clearTimeout(late);
    if (isOn) return;
    await this.end();
    throw new NoteFailed(`the server does not start on its host: ${this.#said.trim()}`);
  }

  listen(listen: (line: string) => void): () => void {
    this.#listeners.add(listen);
    return () => this.#listeners.delete(listen);
  }

  async end(): Promise<void> {
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), graceMs);
    await this.#ended.finally(() => clearTimeout(timer));
  }
}

/** What the audit says of the last transfer that was no listing. */
function lastTransfer(auditFile: string): TransferWord | undefined {
  const lines = readFileSync(auditFile, 'utf8').trimEnd().split('\n');
  const transfers = lines
    .filter((line) => line.includes('"event":"transfer"'))
    .map((line) => JSON.parse(line) as { readonly direction: string; readonly cause: string; readonly detail: string })
    .filter(({ direction }) => direction !== 'listing');
  const last = transfers.at(-1);
  return last && { stoppedForControl: last.cause.startsWith('control-'), detail: last.detail };
}
