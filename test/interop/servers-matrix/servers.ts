/** The servers of the servers' matrix: other people's daemons, as they are and with reuse of TLS sessions demanded, and our own. */

import { readFile } from 'node:fs/promises';
import { freePortRange } from '../../../src/testing/index.ts';
import { peerKinds } from '../../fixtures/peers/index.ts';
import { startServer, testCertificate } from '../../fixtures/start-server.ts';
import type { MatrixServer, ServerMode } from './server-visit.ts';

export interface MatrixServerKind {
  readonly name: string;
  readonly modes: readonly ServerMode[];
  missing(): string | undefined;
  start(): Promise<MatrixServer>;
}

/** What some servers make of names that others take as they are. */
const altered: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'pure-ftpd': { 'trailing space': 'makes an underscore of a space at the end' },
};

function peerServers(): MatrixServerKind[] {
  return peerKinds.flatMap((kind) => {
    const of = (name: string, modes: readonly ServerMode[], requireSessionReuse: boolean): MatrixServerKind => ({
      name,
      modes,
      missing: () => kind.peerMissing(),
      start: async () => {
        const peer = await kind.start({ tlsRequired: requireSessionReuse, requireSessionReuse });
        const { controlPort: port, passivePorts, certificateFile, user, password, root, version } = peer;
        if (passivePorts === undefined) throw new Error(`${name} announces no fixed ports.`);
        const caPem = await readFile(certificateFile, 'utf8');
        const login = { user, password, root, caPem, alters: altered[kind.name] ?? {} };
        return {
          name,
          version,
          ...login,
          port,
          implicitPort: 0,
          passivePorts,
          [Symbol.asyncDispose]: () => peer.stop(),
        };
      },
    });
    const plain = of(kind.name, ['plain', 'TLS 1.2', 'TLS 1.3'], false);
    return kind.canRequireSessionReuse
      ? [plain, of(`${kind.name}, reuse required`, ['TLS 1.2', 'TLS 1.3'], true)]
      : [plain];
  });
}

const own: MatrixServerKind = {
  name: 'twinline',
  modes: ['plain', 'TLS 1.2', 'TLS 1.3', 'implicit'],
  missing: () => undefined,
  start: async () => {
    const passivePorts = await freePortRange(20);
    const server = await startServer({ files: 'disk', tls: 'optional', passivePorts });
    return {
      name: 'twinline',
      version: 'this one',
      user: 'user',
      password: 'pass',
      root: server.root,
      caPem: (await testCertificate()).certificatePem,
      port: server.port,
      implicitPort: server.implicitPort,
      passivePorts,
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    };
  },
};

export const matrixServers: readonly MatrixServerKind[] = [...peerServers(), own];
