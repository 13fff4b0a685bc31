/** Plays one cell against our server and tells what came of it on the wire, in the log and in the storage. */

import assert from 'node:assert/strict';
import type { ServerEvent, TransferRecord } from '../../../src/server/index.ts';
import { endedAtMs, within, type DataLine, type WatchedLine } from '../../../src/testing/index.ts';
import { type Cell, cellName } from './cells.ts';
import { type DataLineEnd, type Outcome, silenceLimits } from './expectation.ts';
import { download, listing, upload } from './payloads.ts';
import { endInOrder, type FinalBefore, peerHasEnded, Stage, type StageOptions } from './stage.ts';
import { portsOf, resetBehindFin } from './tcp-table.ts';

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
  return cell.line === 'control' ? { idleMs } : { stallMs, dataCloseMs };
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

/** Reads replies until one is final; `undefined` when the line ends without one. */
export async function finalReply(stage: Stage): Promise<string> {
  for (;;) {
    const reply = await stage.client.readReply();
    if (!reply.startsWith('1')) return reply;
  }
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
    await controlNoticed(stage);
    storage.release();
    await within(client.control.ended, 'the end of the control line');
    return { dataLine: 'in order, before', reply: lastReplyOf(client.control), afterMs: undefined };
  }
  let sight: Omit<Sight, 'reply'>;
  if (endedBefore) {
    const reset = await resetBehindFin(...portsOf(data.raw));
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
async function controlNoticed(stage: Stage): Promise<void> {
  // The line was ended first, so that what a second client is told afterwards comes behind it.
  await using other = await stage.server.connect();
  await other.expect(200, 'NOOP');
}

/** A final reply that has come on a control line that is gone. */
function lastReplyOf(control: WatchedLine): string | undefined {
  const replies = control.unread().toString().split('\r\n');
  return replies.findLast((line) => /^[2-5]/.test(line));
}

/** Waits until a session that says nothing is ended for idleness, later than it would be time for the one under test. */
async function idleTimePasses(stage: Stage): Promise<void> {
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

/** How the server has ended the data line. */
function wordFor(data: DataLine): DataLineEnd {
  const wanted = data.tls === undefined ? 'fin' : 'close-notify';
  if (data.ending.how === wanted) return 'in order';
  assert.equal(data.ending.how, 'reset', 'the data line ended in one of two ways');
  return 'RST';
}

/** The log of one transfer is whole and in order; gives the reply that could not be sent. */
function checkLog(
  cell: Cell,
  events: readonly ServerEvent[],
  record: TransferRecord,
  reply: string | undefined,
): string | undefined {
  assert.equal(events.filter((event) => event.type === 'transfer').length, 1, 'one record');
  assert.equal(record.direction, cell.direction);
  const recordAt = events.findIndex((event) => event.type === 'transfer');
  const finals = events.flatMap((event, index) =>
    event.type === 'reply' && index > recordAt && event.session === sessionOf(events[recordAt]) ? [event] : [],
  );
  const [first] = finals;
  assert.ok(first !== undefined, 'the reply comes behind the record');
  const text = `${first.code} ${first.lines.join('\n')}`;
  assert.equal(first.sent, reply !== undefined, `whether the log says that the reply was sent: ${text}`);
  if (reply !== undefined) assert.equal(text, reply, 'the reply behind the record is the one that was sent');
  const closedAt = events.findIndex((event) => event.type === 'session-closed' && event.session === first.session);
  assert.ok(closedAt === -1 || closedAt > events.indexOf(first), 'the session ends behind the reply');
  return first.sent ? undefined : text;
}

function sessionOf(event: ServerEvent | undefined): number | undefined {
  return event !== undefined && 'session' in event ? event.session : undefined;
}

/** What stands in the storage, and what SIZE says to the same user in a new session. */
async function aftermath(
  stage: Stage,
  record: TransferRecord,
  finalBefore: FinalBefore,
): Promise<Pick<Outcome, 'finalName' | 'size'>> {
  const { direction } = stage.cell;
  if (direction === 'listing') return { finalName: 'unchanged', size: 'as before' };
  const path = direction === 'upload' ? upload.path : download.path;
  const found = await stage.server.read(path);
  const before = direction === 'download' ? download.bytes : finalBefore === 'nothing' ? undefined : upload.old;
  await using client = await stage.server.session({ protection: 'plain' });
  const reply = await client.command(`SIZE ${path}`);
  await client.expect(221, 'QUIT');
  const size = reply.startsWith('213 ') ? Number(reply.slice(4)) : undefined;
  const finalName = sameBytes(found, before) ? 'unchanged' : 'new content';
  if (finalName === 'new content') {
    assert.ok(sameBytes(found, upload.bytes.subarray(0, record.bytes)), 'the new content is what was sent');
    assert.equal(size, record.bytes);
    return { finalName, size: 'new size' };
  }
  if (size === before?.length) return { finalName, size: 'as before' };
  assert.equal(size, record.bytes, `${cellName(stage.cell)}: SIZE says how much can be resumed (${reply})`);
  return { finalName, size: 'bytes received' };
}

function sameBytes(one: Buffer | undefined, other: Buffer | undefined): boolean {
  return one === undefined || other === undefined ? one === other : one.equals(other);
}

/** Number of entries that a whole listing has, for tests that read one. */
export const listingNames = listing.names;
