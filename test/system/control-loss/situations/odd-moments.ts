/** The control line lost in ways, and at moments, that the matrix does not have; and the end of the server itself. */

import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { within } from '../../../../src/testing/index.ts';
import { upload } from '../payloads.ts';
import { endInOrder, peerHasEnded, type Stage } from '../stage.ts';
import {
  aborted,
  clauses,
  dataEnds,
  downloading,
  endOf,
  finishUpload,
  replies,
  repliesToTheEnd,
  type Situation,
  tell,
  untouched,
  uploadCut,
  uploadDone,
  uploading,
} from './situation.ts';

const unanswered = { replies: [], repliesInLog: [`${aborted}.`] } as const;

/** Of a connection, as its acceptor sees it: the port of a peer alone may stand for connections to several listeners. */
const portsOf = (peer: number | undefined, own: number | undefined): string => `${peer} ${own}`;

/** Plays `story` with the sockets that this process accepts meanwhile, of other tests as well, keyed by their ports. */
async function withAccepted<T>(story: (accepted: ReadonlyMap<string, Socket>) => Promise<T>): Promise<T> {
  const accepted = new Map<string, Socket>();
  const onSocket = (message: unknown): void => {
    const { socket } = message as { socket: Socket };
    accepted.set(portsOf(socket.remotePort, socket.localPort), socket);
  };
  subscribe('net.server.socket', onSocket);
  try {
    return await story(accepted);
  } finally {
    unsubscribe('net.server.socket', onSocket);
  }
}

/** What the server's kernel does to a connection whose peer has stopped answering keepalive probes. */
function keepaliveGivesUp(accepted: ReadonlyMap<string, Socket>, stage: Stage): void {
  const { localPort, remotePort } = stage.client.control.raw;
  const socket = accepted.get(portsOf(localPort, remotePort));
  socket?.destroy(Object.assign(new Error('read ETIMEDOUT'), { code: 'ETIMEDOUT' }));
}

export const oddSituations: readonly Situation[] = [
  {
    name: 'the control line dies of keepalive during an upload',
    clause: clauses.control,
    play: () =>
      withAccepted((accepted) =>
        tell(uploading, {}, async (stage) => {
          await stage.reachPhase();
          keepaliveGivesUp(accepted, stage);
          return { dataLine: await dataEnds(stage), replies: await repliesToTheEnd(stage) };
        }),
      ),
    expected: { ...uploadCut, ...unanswered, cause: 'control-timeout' },
  },
  {
    name: 'a client dies in an upload in clear: FIN on the data line, then on the control line',
    clause: clauses.control,
    play: () =>
      tell({ ...uploading, protection: 'plain' }, {}, async (stage) => {
        await stage.openData();
        const data = await stage.begin();
        await data.write(upload.bytes.subarray(0, upload.partBytes));
        await stage.storage.written(upload.partBytes);
        data.fin();
        stage.client.control.fin();
        return { dataLine: await dataEnds(stage), replies: await repliesToTheEnd(stage) };
      }),
    expected: { ...uploadCut, ...unanswered, cause: 'control-fin' },
  },
  {
    name: 'the client resets the data line of a download in clear while the server waits for its storage',
    clause: clauses.error,
    play: () =>
      tell({ ...downloading, line: 'data', protection: 'plain' }, {}, async (stage) => {
        await stage.reachPhase();
        (await stage.data).reset();
        return { dataLine: 'by the fault', replies: await replies(stage, 1) };
      }),
    expected: {
      ...untouched,
      dataLine: 'by the fault',
      replies: [`${aborted}: the client reset the data connection.`],
      cause: 'data-reset',
      verdict: 'interrupted',
    },
  },
  {
    name: 'close_notify on the control line without FIN during an upload',
    clause: clauses.control,
    play: () =>
      tell(uploading, {}, async (stage) => {
        await stage.reachPhase();
        stage.client.control.closeNotifyOnly();
        return { dataLine: await dataEnds(stage), replies: await repliesToTheEnd(stage) };
      }),
    expected: { ...uploadCut, ...unanswered, cause: 'control-close-notify' },
  },
  {
    name: 'close_notify on the data line without FIN at the end of an upload',
    clause: 'RFC 8446 section 6.1: close_notify is the end of what the client sends',
    play: () =>
      tell({ ...uploading, line: 'data' }, {}, async (stage) => {
        await stage.reachPhase();
        const data = await stage.data;
        await data.write(upload.bytes.subarray(upload.partBytes));
        data.closeNotifyOnly();
        return { dataLine: await endOf(data), replies: await replies(stage, 1) };
      }),
    expected: uploadDone,
  },
  {
    name: 'bytes that are no TLS on a control line under TLS during an upload',
    clause: clauses.control,
    play: () =>
      tell(uploading, {}, async (stage) => {
        await stage.reachPhase();
        stage.client.control.raw.write('this is no TLS record');
        return { dataLine: await dataEnds(stage), replies: await repliesToTheEnd(stage) };
      }),
    expected: { ...uploadCut, ...unanswered, cause: 'control-error' },
  },
  {
    name: 'bytes that are no TLS on a data line under TLS during an upload',
    clause: clauses.error,
    play: () =>
      tell({ ...uploading, line: 'data' }, {}, async (stage) => {
        await stage.reachPhase();
        const data = await stage.data;
        data.raw.write('this is no TLS record');
        const read = await replies(stage, 1);
        await within(data.ended, 'the end of the data line');
        assert.match(data.tlsError?.message ?? '', /alert/);
        // OpenSSL's message begins with an address in the memory of the server.
        assert.doesNotMatch(read.join(), /:error:|\.c:/);
        return { dataLine: 'TLS alert', replies: read.map((reply) => reply.replace(/failed: .*/, 'failed: …')) };
      }),
    expected: {
      ...uploadCut,
      dataLine: 'TLS alert',
      replies: [`${aborted}: the data connection failed: …`],
      cause: 'data-error',
    },
  },
  {
    name: 'more commands during an upload than the server lets wait',
    clause: 'the server closes the control connection: condition 4 from this side',
    play: () =>
      tell(uploading, {}, async (stage) => {
        await stage.reachPhase();
        await stage.client.send('PWD\r\n'.repeat(10_000));
        const dataLine = await dataEnds(stage);
        await within(peerHasEnded(stage.client.control), 'the end of the control line');
        endInOrder(stage.client.control);
        return { dataLine, replies: await repliesToTheEnd(stage) };
      }),
    expected: {
      ...uploadCut,
      replies: ['421 Too many commands wait for the transfer, closing the control connection'],
      repliesInLog: [`${aborted}.`],
      cause: 'control-closed-by-server',
    },
  },
  {
    name: 'control RST behind 150, before the data connection comes',
    clause: clauses.control,
    play: () =>
      tell(uploading, {}, async (stage) => {
        const reply = await stage.client.expect(229, 'EPSV');
        await stage.client.expect(150, stage.command);
        stage.client.control.reset();
        await stage.server.event('transfer');
        const port = Number(/\d{2,}/.exec(reply)?.[0]);
        const come = stage.client.connectData(port).then(
          () => 'in order' as const,
          () => 'there was none' as const,
        );
        return { dataLine: await come, replies: await repliesToTheEnd(stage) };
      }),
    expected: {
      ...untouched,
      ...unanswered,
      dataLine: 'there was none',
      cause: 'control-reset',
      verdict: 'interrupted',
    },
  },
  {
    name: 'control RST in the TLS handshake of the data line',
    clause: clauses.control,
    play: () =>
      tell(uploading, {}, async (stage) => {
        const data = await stage.client.openPassive({ tls: false });
        await data.write(Buffer.of(22, 3, 1));
        await stage.client.expect(150, stage.command);
        stage.client.control.reset();
        return { dataLine: await endOf(data), replies: await repliesToTheEnd(stage) };
      }),
    expected: { ...untouched, ...unanswered, dataLine: 'RST', cause: 'control-reset', verdict: 'interrupted' },
  },
  {
    name: 'the server drains and the upload comes to its end',
    clause: 'a drain waits for running transfers',
    play: () =>
      tell(uploading, {}, async (stage) => {
        await stage.reachPhase();
        const drained = stage.server.server.drain(60_000);
        const dataLine = await finishUpload(stage);
        const read = await replies(stage, 2);
        endInOrder(stage.client.control);
        await drained;
        return { dataLine, replies: read };
      }),
    expected: {
      ...uploadDone,
      replies: ['226 Transfer OK', '421 The server is shutting down, try again later'],
    },
  },
  {
    name: 'the server drains and the time is over',
    clause: 'the server closes the control connection: condition 4 from this side',
    play: () =>
      tell(uploading, {}, async (stage) => {
        await stage.reachPhase();
        const drained = stage.server.server.drain(0);
        const dataLine = await dataEnds(stage);
        await within(peerHasEnded(stage.client.control), 'the end of the control line');
        endInOrder(stage.client.control);
        await drained;
        return { dataLine, replies: await repliesToTheEnd(stage) };
      }),
    expected: {
      ...uploadCut,
      replies: ['421 The server is shutting down, try again later'],
      repliesInLog: [`${aborted}.`],
      cause: 'drain',
    },
  },
];
