/** One server in one mode, as the probes of the servers' matrix see it. */

import { chown, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Client, connect, type ConnectOptions } from '../../../src/client/index.ts';
import type { TempFolder } from '../../../src/testing/index.ts';

export const serverModes = ['plain', 'TLS 1.2', 'TLS 1.3', 'implicit'] as const;
/** How both lines are protected. */
export type ServerMode = (typeof serverModes)[number];

/** A server that runs for the matrix. */
export interface MatrixServer extends AsyncDisposable {
  readonly name: string;
  readonly version: string;
  readonly user: string;
  readonly password: string;
  readonly root: string;
  readonly caPem: string;
  readonly port: number;
  readonly implicitPort: number;
  readonly passivePorts: { readonly min: number; readonly max: number };
  /** Kinds of odd names that the server stores as other names, with what it does; keys of `oddNames`. */
  readonly alters?: Readonly<Record<string, string>>;
}

let visits = 0;

export class ServerVisit {
  /** An address of loopback for relays of this visit alone. */
  readonly relayHost = `127.0.3.${++visits}`;
  readonly server: MatrixServer;
  readonly mode: ServerMode;
  /** For local files. */
  readonly folder: TempFolder;

  constructor(server: MatrixServer, mode: ServerMode, folder: TempFolder) {
    this.server = server;
    this.mode = mode;
    this.folder = folder;
  }

  options(more: Partial<ConnectOptions> = {}): ConnectOptions {
    const { mode, server } = this;
    const version = mode === 'TLS 1.2' ? 'TLSv1.2' : 'TLSv1.3';
    const security = mode === 'plain' ? 'plain' : mode === 'implicit' ? 'implicit' : 'explicit';
    return {
      host: '127.0.0.1',
      port: mode === 'implicit' ? server.implicitPort : server.port,
      security,
      user: server.user,
      password: server.password,
      tls: { caPem: server.caPem, minVersion: version, maxVersion: version },
      retry: { tries: 0 },
      deadlines: { tlsMs: 10_000, stallMs: 10_000, finalReplyMs: 10_000 },
      ...more,
    };
  }

  connect(more: Partial<ConnectOptions> = {}): Promise<Client> {
    return connect(this.options(more));
  }

  /** A session in the folder of this visit. */
  async begin(): Promise<Client> {
    const client = await this.connect();
    await client.changeDirectory(this.base);
    return client;
  }

  /** Where a name of the server lies on the disk; each mode has a folder of its own. */
  path(name: string): string {
    return join(this.server.root, this.base, name);
  }

  get base(): string {
    return this.mode.replaceAll(/[ .]/g, '-').toLowerCase();
  }

  /** Lays a file into the folder of this visit, in a way that the user of the server may change it. */
  async lay(name: string, bytes: Uint8Array): Promise<void> {
    await writeFile(this.path(name), bytes, { mode: 0o644 });
    await this.give(this.path(name));
  }

  async give(path: string): Promise<void> {
    const { uid, gid } = await stat(this.server.root);
    await chown(path, uid, gid);
  }
}
