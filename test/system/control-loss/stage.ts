/** Brings a transfer of a raw client to one moment and stands it still there. */

import { truncate, writeFile } from 'node:fs/promises';
import { createLocalStorage } from '../../../src/storage/index.ts';
import type { ServerLimits, ServerOptions } from '../../../src/server/index.ts';
import {
  createTempFolder,
  type DataLine,
  type ScriptedClient,
  type TempFolder,
  type WatchedLine,
} from '../../../src/testing/index.ts';
import { startServer, type TestServer } from '../../fixtures/start-server.ts';
import { type Cell, dataIsTls, type Direction } from './cells.ts';
import { HeldStorage } from './held-storage.ts';
import { download, endless, endlessListing, listing, upload } from './payloads.ts';

/** What stands under the final name of an upload before it begins. */
export type FinalBefore = 'old content' | 'nothing';

export interface StageOptions {
  readonly finalBefore?: FinalBefore;
  readonly limits?: Partial<ServerLimits>;
  readonly onControlLoss?: NonNullable<ServerOptions['onControlLoss']>;
  readonly missingCloseNotify?: NonNullable<ServerOptions['missingCloseNotify']>;
  readonly users?: ServerOptions['users'];
}

/** No deadline passes in a cell that is not about one. */
const unhurried: Partial<ServerLimits> = { stallMs: 60_000, dataCloseMs: 60_000, idleMs: 600_000 };

/** Ends a line in order: with close_notify under TLS. */
export function endInOrder(line: WatchedLine): void {
  if (line.tls === undefined) line.fin();
  else line.closeNotifyThenFin();
}

/** Waits until the peer has ended its half in any way. */
export async function peerHasEnded(line: WatchedLine): Promise<void> {
  await Promise.race([line.ended, line.closeNotified()]);
}

/** One server, one client, one transfer. Disposing of it fails when the server still holds anything. */
export class Stage implements AsyncDisposable {
  readonly server: TestServer;
  readonly storage: HeldStorage;
  readonly client: ScriptedClient;
  readonly cell: Cell;
  readonly #folder: TempFolder;
  #data: Promise<DataLine> | undefined;

  private constructor(
    cell: Cell,
    server: TestServer,
    storage: HeldStorage,
    client: ScriptedClient,
    folder: TempFolder,
  ) {
    this.cell = cell;
    this.server = server;
    this.storage = storage;
    this.client = client;
    this.#folder = folder;
  }

  /** Starts the server and logs in. */
  static async open(cell: Cell, options: StageOptions = {}): Promise<Stage> {
    const { limits, finalBefore, ...policies } = options;
    const folder = await createTempFolder('twinline-fate-');
    await prepareFiles(folder, cell.direction, finalBefore ?? 'old content');
    const storage = new HeldStorage(await createLocalStorage({ root: folder.path, durability: 'rename' }));
    const server = await startServer({
      files: storage,
      tls: 'optional',
      limits: { ...unhurried, ...limits },
      ...policies,
    });
    const client = await server.session({ protection: cell.protection });
    if (cell.dataInClear === true) await client.expect(200, 'PROT C');
    return new Stage(cell, server, storage, client, folder);
  }

  /** The data line, once there is one. */
  get data(): Promise<DataLine> {
    if (this.#data === undefined) throw new Error('No data line has been opened.');
    return this.#data;
  }

  get command(): string {
    const file = this.#stallsDownload ? endless : download;
    return { download: `RETR ${file.path}`, upload: `STOR ${upload.path}`, listing: 'MLSD' }[this.cell.direction];
  }

  /** Whether the client stops reading, so that there must be more to send than fits between the two. */
  get #stallsDownload(): boolean {
    return this.cell.line === 'data' && this.cell.fault === 'silence' && this.cell.phase !== 'after the last byte';
  }

  async openData(): Promise<void> {
    const tls = dataIsTls(this.cell);
    const { opener = 'EPSV' } = this.cell;
    if (opener === 'EPRT' || opener === 'PORT') {
      const { connected } = await this.client.openActive({ verb: opener, tls });
      this.#data = connected.then(async (line) => {
        await line.secured;
        return line;
      });
      this.#data.catch(() => {});
      return;
    }
    const line = await this.client.openPassive({ verb: opener, tls });
    await line.secured;
    this.#data = Promise.resolve(line);
  }

  /** Sends the transfer command and goes as far as the phase of the cell says. */
  async reachPhase(): Promise<void> {
    await this.openData();
    if (this.cell.direction === 'listing') this.storage.scriptListing(this.#stallsDownload ? endlessListing : listing);
    switch (this.cell.phase) {
      case 'before 150':
        this.storage.hold('open');
        await this.client.send(`${this.command}\r\n`);
        await this.storage.reached('open');
        return;
      case 'during data':
        await this.#reachMiddle();
        return;
      case 'after the last byte':
        await this.#reachEnd();
        return;
    }
  }

  async begin(): Promise<DataLine> {
    await this.client.expect(150, this.command);
    return this.data;
  }

  async #reachMiddle(): Promise<void> {
    const { direction } = this.cell;
    // Where the server must find out by itself, it must not wait for the storage meanwhile.
    const held = !this.#stallsDownload && this.cell.fault !== 'silence';
    if (direction === 'upload') {
      if (held && this.cell.line === 'control') this.storage.hold('write', upload.partBytes);
      const data = await this.begin();
      await data.write(upload.bytes.subarray(0, upload.partBytes));
      await this.storage.written(upload.partBytes);
      return;
    }
    if (direction === 'download' && !this.#stallsDownload) this.storage.hold('read', download.partBytes);
    if (direction === 'listing' && !this.#stallsDownload) this.storage.hold('list');
    const data = await this.begin();
    await data.untilReceived({ download, listing }[direction].partBytes);
    data.discard();
  }

  async #reachEnd(): Promise<void> {
    const { direction, line } = this.cell;
    if (direction === 'upload' && line === 'control') this.storage.hold('commit');
    const data = await this.begin();
    if (direction !== 'upload') {
      await peerHasEnded(data);
      return;
    }
    await data.write(upload.bytes);
    await this.storage.written(upload.bytes.length);
    if (line === 'data') return;
    endInOrder(data);
    await this.storage.reached('commit');
    await data.ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.storage.release();
    this.client.close();
    try {
      await this.server[Symbol.asyncDispose]();
    } finally {
      await this.#folder.remove();
    }
  }
}

async function prepareFiles(folder: TempFolder, direction: Direction, finalBefore: FinalBefore): Promise<void> {
  if (direction === 'upload') {
    if (finalBefore === 'old content') await writeFile(folder.join(upload.path), upload.old);
    return;
  }
  if (direction === 'listing') return;
  await writeFile(folder.join(download.path), download.bytes);
  await writeFile(folder.join(endless.path), '');
  await truncate(folder.join(endless.path), endless.length);
}
