/** Silence at other moments than those of the matrix, and readers that are slow and not silent. */

import assert from 'node:assert/strict';
import { idleTimePasses } from '../run-cell.ts';
import { download } from '../payloads.ts';
import { endInOrder } from '../stage.ts';
import {
  aborted,
  clauses,
  downloading,
  endOf,
  finishDownload,
  replies,
  repliesToTheEnd,
  type Situation,
  tell,
  untouched,
  uploadDone,
  uploading,
} from './situation.ts';

const shortMs = 300;

const cutEarly = { ...untouched, verdict: 'interrupted' } as const;

export const deadlineSituations: readonly Situation[] = [
  {
    name: 'nobody comes to the passive port',
    clause: 'no data connection after PASV or EPSV',
    play: () =>
      tell(uploading, { limits: { dataConnectMs: shortMs } }, async (stage) => {
        await stage.client.expect(229, 'EPSV');
        await stage.client.send(`${stage.command}\r\n`);
        const read = await replies(stage, 1);
        return { dataLine: 'there was none', replies: read.map((reply) => reply.replace(/:\d+ /, ':… ')) };
      }),
    expected: {
      ...cutEarly,
      dataLine: 'there was none',
      replies: [
        `425 No data connection came to 127.0.0.1:… within ${shortMs / 1000} s; a firewall or NAT between client and server may block the passive ports`,
      ],
      cause: 'no-data-connection',
    },
  },
  {
    name: 'a data connection on which no TLS begins',
    clause: 'deadline of the TLS handshake',
    play: () =>
      tell(uploading, { limits: { tlsHandshakeMs: shortMs } }, async (stage) => {
        const data = await stage.client.openPassive({ tls: false });
        await stage.client.send(`${stage.command}\r\n`);
        const read = await replies(stage, 1);
        return { dataLine: await endOf(data), replies: read };
      }),
    expected: {
      ...cutEarly,
      dataLine: 'RST',
      replies: [`522 No TLS handshake came on the data connection within ${shortMs / 1000} s`],
      cause: 'data-tls-failed',
    },
  },
  {
    name: 'a download that fits between the two kernels, and a client that reads nothing',
    clause: clauses.error,
    play: () =>
      tell(downloading, { limits: { stallMs: shortMs, dataCloseMs: 50 } }, async (stage) => {
        await stage.openData();
        const data = await stage.begin();
        data.pause();
        const read = await replies(stage, 1);
        return { dataLine: await endOf(data), replies: read };
      }),
    expected: {
      ...cutEarly,
      dataLine: 'RST',
      replies: [`${aborted}: no data moved for ${shortMs / 1000} s.`],
      cause: 'stalled',
    },
  },
  {
    name: 'a download whose reader is slower than the wait for its end',
    clause: '226 comes when the data line has ended',
    play: () =>
      tell(downloading, { limits: { dataCloseMs: 50, idleMs: 500 } }, async (stage) => {
        await stage.openData();
        const data = await stage.begin();
        data.pause();
        await idleTimePasses(stage);
        assert.equal(stage.client.control.unread().length, 0, 'no reply comes while bytes wait');
        data.resume();
        const dataLine = await finishDownload(stage);
        assert.equal(data.receivedBytes, download.bytes.length);
        return { dataLine, replies: await replies(stage, 1) };
      }),
    expected: { ...uploadDone, ...untouched },
  },
  {
    name: 'control RST while the rest of a download waits in the kernel',
    clause: clauses.control,
    play: () =>
      tell(downloading, { limits: { dataCloseMs: 50, idleMs: 500 } }, async (stage) => {
        await stage.openData();
        const data = await stage.begin();
        data.pause();
        await idleTimePasses(stage);
        stage.client.control.reset();
        await stage.server.event('transfer');
        return { dataLine: await endOf(data), replies: await repliesToTheEnd(stage) };
      }),
    expected: {
      ...cutEarly,
      dataLine: 'RST',
      replies: [],
      repliesInLog: [`${aborted}.`],
      cause: 'control-reset',
    },
  },
  {
    name: 'a control line that says nothing during an upload, and afterwards',
    clause: 'a session that moves data is never idle; one that has ended its transfer is',
    play: () =>
      tell({ ...uploading, phase: 'before 150' }, { limits: { idleMs: 500 } }, async (stage) => {
        await stage.reachPhase();
        await idleTimePasses(stage);
        stage.storage.release();
        const data = await stage.data;
        endInOrder(data);
        const dataLine = await endOf(data);
        return { dataLine, replies: await replies(stage, 2) };
      }),
    expected: {
      ...uploadDone,
      replies: ['226 Transfer OK', '421 No command within 0.5 s, closing the control connection'],
    },
  },
];
