/** RFC 959 section 3.2: the five conditions under which the server must close the data connection, one test for each. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type DataLine, type ScriptedClient, within } from '../../../src/testing/index.ts';
import { protections, startServer, type TestServer } from '../../fixtures/start-server.ts';
import { type Cell, directions, type Opener, openers, type Protection } from './cells.ts';
import { inflict } from './run-cell.ts';
import { finalReply, wordFor } from './observe.ts';
import { download, listing, upload } from './payloads.ts';
import { endInOrder, peerHasEnded, Stage } from './stage.ts';

/** A cell that brings a stage to a place and does nothing there. */
function place(direction: Cell['direction'], protection: Protection, phase: Cell['phase'] = 'during data'): Cell {
  return { line: 'control', fault: 'RST', direction, phase, protection };
}

interface Opened {
  /** The data line of a passive opener; undefined where the server is to come. */
  readonly line: DataLine | undefined;
  /** Resolves when the server comes; never for passive openers. */
  readonly comes: Promise<DataLine>;
}

async function open(client: ScriptedClient, verb: Opener, tls: boolean): Promise<Opened> {
  if (verb === 'EPSV' || verb === 'PASV') {
    const line = await client.openPassive({ verb, tls });
    await line.secured;
    return { line, comes: new Promise(() => {}) };
  }
  const { connected } = await client.openActive({ verb, tls });
  return { line: undefined, comes: connected };
}

async function isReset(line: DataLine): Promise<void> {
  await within(peerHasEnded(line), 'the end of the data line');
  assert.equal(wordFor(line), 'RST');
}

/** Opens by `first`, then by `second`: the first data line is closed, and the transfer runs over the second. */
async function changePort(
  server: TestServer,
  client: ScriptedClient,
  first: Opener,
  second: Opener,
  tls: boolean,
): Promise<void> {
  const old = await open(client, first, tls);
  const next = await open(client, second, tls);
  if (old.line !== undefined) await isReset(old.line);
  await client.expect(150, 'RETR /file.bin');
  const line = next.line ?? (await next.comes);
  await line.secured;
  const bytes = await line.readToEnd();
  endInOrder(line);
  assert.equal(bytes.toString(), 'content', `${first}, then ${second}`);
  assert.match(await client.readReply(), /^226 /);
  const record = server.eventsOf('transfer').at(-1)?.transfer;
  assert.equal(record?.verdict, 'complete');
}

describe('RFC 959 section 3.2: the server closes the data connection', () => {
  for (const protection of protections) {
    const tls = protection !== 'plain';

    test(`condition 1, ${protection}: it has sent everything in a mode in which the close is the end of the file`, async () => {
      for (const direction of ['download', 'listing'] as const) {
        await using stage = await Stage.open(place(direction, protection, 'after the last byte'));
        await stage.reachPhase();
        const data = await stage.data;
        assert.equal(wordFor(data), 'in order');
        const bytes = data.unread();
        if (direction === 'download') assert.ok(bytes.equals(download.bytes), 'the whole file came');
        else assert.equal(bytes.toString().split('\r\n').length - 1, listing.names);
        assert.equal(stage.client.control.unread().length, 0, '226 waits for the end of the data line');
        endInOrder(data);
        assert.equal(await finalReply(stage), '226 Transfer OK');
      }
    });

    test(`condition 2, ${protection}: the client sends ABOR`, async () => {
      for (const direction of directions) {
        await using stage = await Stage.open(place(direction, protection));
        await stage.reachPhase();
        await stage.client.send('ABOR\r\n');
        await isReset(await stage.data);
        stage.storage.release();
        assert.match(await stage.client.readReply(), /^426 /);
        assert.match(await stage.client.readReply(), /^226 /);
        const unused = await open(stage.client, 'EPSV', tls);
        await stage.client.expect(226, 'ABOR');
        if (unused.line !== undefined) await isReset(unused.line);
      }
    });

    test(`condition 3, ${protection}: the client changes the port by another command`, async () => {
      await using server = await startServer({ tls: 'optional' });
      await server.write('/file.bin', Buffer.from('content'));
      await using client = await server.session({ protection });
      for (const first of openers) {
        for (const second of openers) await changePort(server, client, first, second, tls);
      }
      const reply = await client.expect(229, 'EPSV');
      const port = Number(/\|(\d+)\|/.exec(reply)?.[1]);
      await client.expect(229, 'EPSV');
      await assert.rejects(client.connectData(port), /ECONNREFUSED/, 'the port before is closed');
    });

    test(`condition 4, ${protection}: the control connection is closed legally or otherwise`, async () => {
      const faults = tls
        ? (['RST', 'close_notify+FIN', 'FIN without close_notify'] as const)
        : (['RST', 'FIN'] as const);
      for (const fault of faults) {
        for (const direction of directions) {
          await using stage = await Stage.open(place(direction, protection));
          await stage.reachPhase();
          inflict(fault, stage.client.control);
          await isReset(await stage.data);
          stage.storage.release();
          if (fault === 'RST') continue;
          await within(peerHasEnded(stage.client.control), 'the end of the control line');
          const answer = stage.client.control.ending.how;
          assert.equal(answer, tls ? 'close-notify' : 'fin', 'the control line is ended in order in turn');
        }
        await using idle = await Stage.open(place('download', protection));
        await idle.openData();
        inflict(fault, idle.client.control);
        await isReset(await idle.data);
      }
      await using legal = await Stage.open(place('download', protection));
      await legal.openData();
      await legal.client.expect(221, 'QUIT');
      await isReset(await legal.data);
      endInOrder(legal.client.control);
    });

    test(`condition 5, ${protection}: an irrecoverable error occurs`, async () => {
      for (const direction of directions) {
        await using stage = await Stage.open({ ...place(direction, protection), line: 'data' });
        await stage.openData();
        stage.storage.scriptListing(listing);
        const step = ({ download: 'read', upload: 'write', listing: 'list' } as const)[direction];
        stage.storage.fail(step, 'io', direction === 'download' ? download.partBytes : 0);
        const data = await stage.begin();
        if (direction === 'upload') await data.pour([upload.bytes]);
        await isReset(data);
        assert.match(await finalReply(stage), /^451 /);
      }
    });
  }
});
