/** Plays one cell against our server and tells what came of it on the wire, in the log and in the storage. */

import assert from 'node:assert/strict';
import { endedAtMs, within, type DataLine, type WatchedLine } from '../../../src/testing/index.ts';
import type { Cell } from './cells.ts';
import { type DataLineEnd, type Outcome, silenceLimits } from './expectation.ts';
import { aftermath, checkLog, finalReply, lastReplyOf, wordFor } from './observe.ts';
import { download, upload } from './payloads.ts';
import { endInOrder, peerHasEnded, Stage, type StageOptions } from './stage.ts';
import { resetBehindFin } from './reset-behind-fin.ts';

export interface Observation {
  readonly outcome: Outcome;
  /**
   * Milliseconds from the fault to the end of the other line, where that must end, else to the last reply; undefined
   * where nothing happened because of the fault.
   */
  readonly afterMs: number | undefined;
}

/** Does to a line what the fault says. */
export function inflict(fault: Cell['fault'], line: WatchedLine): void {
  switch (fault) {
    case 'RST':
      line.reset();
      return;
    case 'FIN':
      line.fin();
      return;
    case 'close_notify+FIN':
      line.closeNotifyThenFin();
      return;
    case 'FIN without close_notify':
      line.finWithoutCloseNotify();
      return;
    case 'silence':
      line.pause();
      return;
  }
}

/** What the client has seen of the transfer's last moments. */
interface Sight {
  readonly dataLine: DataLineEnd;
  readonly reply: string | undefined;
  readonly afterMs: number | undefined;
}

function limitsOf(cell: Cell): StageOptions['limits'] {
  if (cell.fault !== 'silence') return {};
  const { stallMs, idleMs, dataCloseMs } = silenceLimits;
  if (cell.line === 'control') return { idleMs };
  return cell.phase === 'after the last byte' && cell.direction !== 'upload' ? { dataCloseMs } : { stallMs };
}

/** Plays a cell. Rejects when the server leaves anything behind, or when its log contradicts itself. */
export async function runCell(cell: Cell, options: StageOptions = {}): Promise<Observation> {
  await using stage = await Stage.open(cell, { ...options, limits: { ...limitsOf(cell), ...options.limits } });
  await stage.reachPhase();
  const sight = await (cell.line === 'control' ? hitControl(stage) : hitData(stage));
  const { transfer } = await stage.server.event('transfer');
  const controlStays = sight.reply !== undefined && !stage.client.control.ending.finAtMs;
  if (controlStays) {
    await stage.client.expect(200, 'NOOP');
    await stage.client.expect(221, 'QUIT');
    endInOrder(stage.client.control);
  }
  await stage.server.event('session-closed');
  const unsent = checkLog(cell, stage.server.events, transfer, sight.reply);
  const outcome = {
    dataLine: sight.dataLine,
    controlStays,
    reply: sight.reply,
    replyInLog: unsent,
    cause: transfer.cause,
    verdict: transfer.verdict,
    ...(await aftermath(stage, transfer, options.finalBefore ?? 'old content')),
  };
  return { outcome, afterMs: sight.afterMs };
}

async function hitControl(stage: Stage): Promise<Sight> {
  const { client, cell, storage } = stage;
  const data = await stage.data;
  const endedBefore = cell.phase === 'after the last byte';
  if (endedBefore) assert.equal(wordFor(data), 'in order');
  const at = performance.now();
  inflict(cell.fault, client.control);
  if (cell.fault === 'silence') {
    await idleTimePasses(stage);
    storage.release();
    await goOn(stage, data);
    client.control.resume();
    return {
      dataLine: endedBefore ? 'in order, before' : wordFor(data),
      reply: await finalReply(stage),
      afterMs: undefined,
    };
  }
  if (endedBefore && cell.direction === 'upload') {
    // The session knows of the loss before the storage goes on.
    await sessionHasNoticed(stage);
    storage.release();
    await within(client.control.ended, 'the end of the control line');
    return { dataLine: 'in order, before', reply: lastReplyOf(client.control), afterMs: undefined };
  }
  let sight: Omit<Sight, 'reply'>;
  if (endedBefore) {
    const reset = await resetBehindFin(data.raw);
    sight = { dataLine: reset ? 'in order, then RST' : 'in order, before', afterMs: performance.now() - at };
  } else {
    await within(peerHasEnded(data), 'the end of the data line');
    sight = { dataLine: wordFor(data), afterMs: (endedAtMs(data.ending) ?? NaN) - at };
  }
  storage.release();
  await within(client.control.ended, 'the end of the control line');
  return { ...sight, reply: lastReplyOf(client.control) };
}

/** Resolves when the server has met the end of the control line while the storage is held. */
export async function sessionHasNoticed(stage: Stage): Promise<void> {
  // The line was ended first, so that what a second client is told afterwards comes behind it.
  await using other = await stage.server.connect();
  await other.expect(200, 'NOOP');
}

/** Waits until a session that says nothing is ended for idleness, later than it would be time for the one under test. */
export async function idleTimePasses(stage: Stage): Promise<void> {
  await using bystander = await stage.server.connect();
  assert.match(await bystander.readReply(), /^421 /);
}

/** What a decent client does that has noticed nothing. */
async function goOn(stage: Stage, data: DataLine): Promise<void> {
  const { cell } = stage;
  if (cell.direction !== 'upload') {
    await within(peerHasEnded(data), 'the end of the data line');
    const sent = { download: download.bytes.length, listing: data.receivedBytes }[cell.direction];
    assert.equal(data.receivedBytes, sent, 'all of it has come');
    if (cell.line === 'control' || cell.fault === 'silence') endInOrder(data);
    return;
  }
  if (cell.phase === 'after the last byte' || cell.line === 'data') return;
  const sent = cell.phase === 'before 150' ? 0 : upload.partBytes;
  await data.write(upload.bytes.subarray(sent));
  endInOrder(data);
  await within(data.ended, 'the end of the data line');
}

async function hitData(stage: Stage): Promise<Sight> {
  const { cell, storage } = stage;
  const data = await stage.data;
  const endedBefore = cell.phase === 'after the last byte' && cell.direction !== 'upload';
  if (endedBefore) assert.equal(wordFor(data), 'in order');
  const at = performance.now();
  inflict(cell.fault, data);
  storage.release();
  if (cell.phase === 'before 150') assert.match(await stage.client.readReply(), /^150 /);
  if (cell.fault === 'RST') {
    const reply = await finalReply(stage);
    return { dataLine: 'by the fault', reply, afterMs: performance.now() - at };
  }
  if (cell.fault !== 'silence') await goOn(stage, data);
  const reply = await finalReply(stage);
  const afterMs = performance.now() - at;
  data.resume();
  await within(peerHasEnded(data), 'the end of the data line');
  return { dataLine: endedBefore ? 'in order, before' : wordFor(data), reply, afterMs };
}
