/** What came of a transfer: on the wire, in the log and in the storage. */

import assert from 'node:assert/strict';
import type { ServerEvent, TransferRecord } from '../../../src/server/index.ts';
import type { DataLine, WatchedLine } from '../../../src/testing/index.ts';
import { type Cell, cellName } from './cells.ts';
import type { DataLineEnd, Outcome } from './expectation.ts';
import { download, upload } from './payloads.ts';
import type { FinalBefore, Stage } from './stage.ts';

/** Reads replies until one is final. */
export async function finalReply(stage: Stage): Promise<string> {
  for (;;) {
    const reply = await stage.client.readReply();
    if (!reply.startsWith('1')) return reply;
  }
}

/** A final reply that has come on a control line that is gone. */
export function lastReplyOf(control: WatchedLine): string | undefined {
  const replies = control.unread().toString().split('\r\n');
  return replies.findLast((line) => /^[2-5]/.test(line));
}

/** How the server has ended the data line. */
export function wordFor(data: DataLine): DataLineEnd {
  const wanted = data.tls === undefined ? 'fin' : 'close-notify';
  if (data.ending.how === wanted) return 'in order';
  assert.equal(data.ending.how, 'reset', 'the data line ended in one of two ways');
  return 'RST';
}

/** The log of one transfer is whole and in order; gives the reply that could not be sent. */
export function checkLog(
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
export async function aftermath(
  stage: Stage,
  record: TransferRecord,
  finalBefore: FinalBefore,
): Promise<Pick<Outcome, 'finalName' | 'size'>> {
  const { direction } = stage.cell;
  if (direction === 'listing') return { finalName: 'unchanged', size: 'as before' };
  const path = direction === 'upload' ? upload.path : download.path;
  const found = await stage.server.read(path);
  const before = direction === 'download' ? download.bytes : finalBefore === 'nothing' ? undefined : upload.old;
  const size = await sizeSays(stage, path);
  const finalName = sameBytes(found, before) ? 'unchanged' : 'new content';
  if (finalName === 'new content') {
    assert.ok(sameBytes(found, upload.bytes.subarray(0, record.bytes)), 'the new content is what was sent');
    assert.equal(size, record.bytes);
    return { finalName, size: 'new size' };
  }
  if (size === before?.length) return { finalName, size: 'as before' };
  assert.equal(size, record.bytes, `${cellName(stage.cell)}: SIZE says how much can be resumed`);
  return { finalName, size: 'bytes received' };
}

/** The answer to SIZE of the same user in a new session; from the storage where the server takes no sessions any more. */
async function sizeSays(stage: Stage, path: string): Promise<number | undefined> {
  if (stage.server.eventsOf('offline').length > 0) {
    return (await stage.storage.partialSize(path, { name: 'user' })) ?? (await stage.storage.stat(path)).size;
  }
  await using client = await stage.server.session({ protection: 'plain' });
  const reply = await client.command(`SIZE ${path}`);
  await client.expect(221, 'QUIT');
  return reply.startsWith('213 ') ? Number(reply.slice(4)) : undefined;
}

function sameBytes(one: Buffer | undefined, other: Buffer | undefined): boolean {
  return one === undefined || other === undefined ? one === other : one.equals(other);
}
