/** The server of a note where the user names none: our own, on loopback, with a folder that goes away with the note. */

import { mkdir, writeFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import type { NoteServer, TransferWord } from '../../../lab/index.ts';
import { createTestCertificate } from '../../../peer/index.ts';
import {
  createLocalStorage,
  createMemoryUserStore,
  createServer,
  Secret,
  type ServerEvent,
  type TransferRecord,
} from '../../../server/index.ts';
import { logFormats } from '../../log-formats/index.ts';

/** `none`: in clear. */
export const noteTls = ['1.2', '1.3', 'none'] as const;
export type NoteTls = (typeof noteTls)[number];

const user = 'note';
const password = 'note-password';

export interface EmbeddedServer {
  readonly server: NoteServer;
  close(): Promise<void>;
}

/** `folder` is the note's own. */
export async function startEmbeddedServer(folder: string, tls: NoteTls): Promise<EmbeddedServer> {
  const root = join(folder, 'server');
  await mkdir(root, { recursive: true });
  const version = tls === 'none' ? undefined : (`TLSv${tls}` as const);
  const certificate = await createTestCertificate();
  const caFile = join(folder, 'certificate.pem');
  await writeFile(caFile, certificate.certificatePem);
  const storage = await createLocalStorage({ root });
  const format = await logFormats.filezilla({ colour: false });
  const told = new Telling(format);
  const server = createServer({
    listeners: loopbacks().map(({ host }) => ({ host, port: 0, mode: 'explicit' })),
    storage,
    users: createMemoryUserStore({ users: [{ name: user, password: new Secret(password) }] }),
    ...(version === undefined
      ? { tls: 'off' }
      : { tlsSettings: { ...certificate, minVersion: version, maxVersion: version } }),
    onEvent: (event) => told.take(event),
  });
  const listening = await server.start();
  const addresses = loopbacks().flatMap(({ family, host }) => {
    const found = listening.find((address) => address.host === host);
    return found === undefined ? [] : [{ family, host, port: found.port }];
  });
  return {
    server: {
      name: `Twinline's server${tls === 'none' ? '' : ` (TLS ${tls})`}`,
      target: {
        host: '127.0.0.1',
        port: addresses[0]?.port ?? 0,
        security: version === undefined ? 'plain' : 'explicit',
        user,
        password,
      },
      addresses,
      caFile,
      onLog: (listen) => told.listen(listen),
      lastTransfer: () => told.lastTransfer,
    },
    close: async () => {
      await server.close();
      await storage.close();
    },
  };
}

/** IPv4, and IPv6 where this machine has it. */
function loopbacks(): { readonly family: 4 | 6; readonly host: string }[] {
  const has6 = Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === '::1'));
  return [{ family: 4, host: '127.0.0.1' }, ...(has6 ? [{ family: 6, host: '::1' } as const] : [])];
}

/** The events as log lines, and the last transfer as a word. */
class Telling {
  lastTransfer: TransferWord | undefined;
  readonly #format: (event: ServerEvent) => readonly string[];
  readonly #listeners = new Set<(line: string) => void>();

  constructor(format: (event: ServerEvent) => readonly string[]) {
    this.#format = format;
  }

  listen(listen: (line: string) => void): () => void {
    this.lastTransfer = undefined;
    this.#listeners.add(listen);
    return () => this.#listeners.delete(listen);
  }

  take(event: ServerEvent): void {
    if (event.type === 'transfer' && event.transfer.direction !== 'listing') this.lastTransfer = wordOf(event.transfer);
    for (const line of this.#format(event)) for (const listen of this.#listeners) listen(line);
  }
}

function wordOf({ cause, detail }: TransferRecord): TransferWord {
  return { stoppedForControl: cause.startsWith('control-'), detail };
}
