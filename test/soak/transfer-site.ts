/** Where faulty transfers happen: a server, its folder, and a relay of its own for each worker. */

import { writeFile } from 'node:fs/promises';
import { createTempFolder, createTestCertificate, freePortRange, type TempFolder } from '../../src/testing/index.ts';
import { FaultRelay } from '../fixtures/fault-relay.ts';
import { peerKinds } from '../fixtures/peers/index.ts';
import { startServer } from '../fixtures/start-server.ts';
import type { Protection } from './transfer-plan.ts';

/** Addresses of loopback on which relays listen; the server is on 127.0.0.1. */
const relayHost = (worker: number): string => `127.0.1.${worker + 1}`;

export interface TransferSite extends AsyncDisposable {
  readonly name: string;
  readonly user: string;
  readonly password: string;
  /** What the user sees as its root. */
  readonly root: string;
  readonly caFile: string;
  readonly explicitPort: number;
  /** 0 where there is none. */
  readonly implicitPort: number;
  /** One for each worker. */
  readonly relays: readonly FaultRelay[];
  readonly protections: readonly Protection[];
  /** True where a name shows nothing but whole files, as long as TLS tells a cut from an end. */
  readonly keepsNamesWhole: boolean;
  /** Throws when the server has an error of its own to report. */
  check(): Promise<void>;
}

async function startRelays(
  workers: number,
  target: { controlPorts: readonly number[]; dataPorts: { min: number; max: number } },
): Promise<FaultRelay[]> {
  const relays: FaultRelay[] = [];
  try {
    for (let worker = 0; worker < workers; worker += 1) {
      relays.push(await FaultRelay.start(relayHost(worker), { host: '127.0.0.1', ...target }));
    }
    return relays;
  } catch (error) {
    for (const relay of relays) await relay[Symbol.asyncDispose]();
    throw error;
  }
}

async function certificateFor(workers: number, folder: TempFolder) {
  const hosts = Array.from({ length: workers }, (_, worker) => relayHost(worker));
  const certificate = await createTestCertificate({ subjectAltNames: ['localhost', '127.0.0.1', ...hosts] });
  const caFile = folder.join('ca.pem');
  await writeFile(caFile, certificate.certificatePem);
  return { certificate, caFile };
}

/** Our own server, files on disk. */
async function startOwnSite(workers: number): Promise<TransferSite> {
  const folder = await createTempFolder();
  const { certificate, caFile } = await certificateFor(workers, folder);
  const dataPorts = await freePortRange(workers * 8);
  const server = await startServer({
    files: 'disk',
    tls: 'optional',
    tlsSettings: certificate,
    passivePorts: dataPorts,
  });
  const controlPorts = [server.port, server.implicitPort];
  const relays = await startRelays(workers, { controlPorts, dataPorts });
  return {
    name: 'twinline',
    user: 'user',
    password: 'pass',
    root: server.root,
    caFile,
    explicitPort: server.port,
    implicitPort: server.implicitPort,
    relays,
    protections: ['plain', 'TLS 1.2', 'TLS 1.3', 'implicit'],
    keepsNamesWhole: true,
    check: async () => {
      const [error] = server.eventsOf('internal-error');
      if (error !== undefined) throw error.error;
    },
    [Symbol.asyncDispose]: async () => {
      for (const relay of relays) await relay[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
      await folder.remove();
    },
  };
}

/** A server of other people. */
async function startPeerSite(name: string, workers: number): Promise<TransferSite> {
  const kind = peerKinds.find((one) => one.name === name);
  if (kind === undefined) throw new Error(`There is no peer ${name}.`);
  const missing = kind.peerMissing();
  if (missing !== undefined) throw new Error(missing);
  const folder = await createTempFolder();
  const { certificate, caFile } = await certificateFor(workers, folder);
  const peer = await kind.start({ certificate, tlsRequired: false });
  const { controlPort, passivePorts: dataPorts } = peer;
  if (dataPorts === undefined) throw new Error(`${name} announces no fixed ports.`);
  const relays = await startRelays(workers, { controlPorts: [controlPort], dataPorts });
  return {
    name,
    user: peer.user,
    password: peer.password,
    root: peer.root,
    caFile,
    explicitPort: peer.controlPort,
    implicitPort: 0,
    relays,
    protections: ['plain', 'TLS 1.2', 'TLS 1.3'],
    keepsNamesWhole: false,
    check: async () => undefined,
    [Symbol.asyncDispose]: async () => {
      for (const relay of relays) await relay[Symbol.asyncDispose]();
      await peer.stop();
      await folder.remove();
    },
  };
}

export function startSite(name: string, workers: number): Promise<TransferSite> {
  return name === 'twinline' ? startOwnSite(workers) : startPeerSite(name, workers);
}

/** The URL of something on the server, as it is reached through a relay, and the options of the session. */
export function callWords(
  site: TransferSite,
  host: string,
  protection: Protection,
  remote: string,
): { readonly url: string; readonly session: readonly string[] } {
  const scheme = protection === 'plain' ? 'ftp' : protection === 'implicit' ? 'ftps' : 'ftpes';
  const port = protection === 'implicit' ? site.implicitPort : site.explicitPort;
  const version = protection === 'TLS 1.2' ? ['--tls-max', '1.2'] : protection === 'TLS 1.3' ? ['--tlsv1.3'] : [];
  const session = ['-u', `${site.user}:${site.password}`, '--cacert', site.caFile, ...version];
  return { url: `${scheme}://${host}:${port}/${remote}`, session };
}
