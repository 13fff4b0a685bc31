/** What a situation is: one story of a transfer beside the matrix, and what must come of it. */

import assert from 'node:assert/strict';
import { within, type DataLine } from '../../../../src/testing/index.ts';
import type { Cell } from '../cells.ts';
import type { DataLineEnd, Outcome } from '../expectation.ts';
import { aftermath, finalReply, lastReplyOf, wordFor } from '../observe.ts';
import { upload } from '../payloads.ts';
import { endInOrder, peerHasEnded, Stage, type StageOptions } from '../stage.ts';

/** What the client saw and what the log says. */
export interface Told extends Omit<Outcome, 'dataLine' | 'controlStays' | 'reply' | 'replyInLog'> {
  readonly dataLine: DataLineEnd | 'TLS alert' | 'there was none';
  /** What the client got after 150, in order. */
  readonly replies: readonly string[];
  /** Replies that only the log shows. */
  readonly repliesInLog: readonly string[];
}

export interface Situation {
  readonly name: string;
  readonly clause: string;
  play(): Promise<Told>;
  readonly expected: Told;
}

/** The part of `Told` that the client sees. */
export type Seen = Pick<Told, 'dataLine' | 'replies'>;

export const aborted = '426 Connection closed; transfer aborted';
export const clauses = {
  abort: 'RFC 959 section 3.2, condition 2',
  port: 'RFC 959 section 3.2, condition 3',
  control: 'RFC 959 section 3.2, condition 4',
  error: 'RFC 959 section 3.2, condition 5',
} as const;

/** An upload that has come to its middle; its first part is in the storage, and the server waits for the storage. */
export const uploading: Cell = {
  line: 'control',
  fault: 'RST',
  direction: 'upload',
  phase: 'during data',
  protection: 'TLSv1.3',
};
export const downloading: Cell = { ...uploading, direction: 'download' };

/** Expected of every upload that is cut in its middle. */
export const uploadCut = {
  dataLine: 'RST',
  repliesInLog: [],
  verdict: 'interrupted',
  finalName: 'unchanged',
  size: 'bytes received',
} as const;

/** Expected of every whole upload that is answered. */
export const uploadDone = {
  dataLine: 'in order',
  replies: ['226 Transfer OK'],
  repliesInLog: [],
  cause: 'completed',
  verdict: 'complete',
  finalName: 'new content',
  size: 'new size',
} as const;

/** Expected of everything that leaves files as they were. */
export const untouched = { repliesInLog: [], finalName: 'unchanged', size: 'as before' } as const;

/** Plays a story and tells what came of it; the record must stand before the transfer's own reply. */
export async function tell(cell: Cell, options: StageOptions, story: (stage: Stage) => Promise<Seen>): Promise<Told> {
  await using stage = await Stage.open(cell, options);
  const seen = await story(stage);
  const { transfer, session } = await stage.server.event('transfer');
  stage.client.close();
  await stage.server.event('session-closed');
  const { events } = stage.server;
  const behind = events.slice(events.findIndex((event) => event.type === 'transfer'));
  const replies = behind.flatMap((event) => (event.type === 'reply' && event.session === session ? [event] : []));
  assert.ok(replies.length > 0, 'the reply comes behind the record');
  const unsent = replies.filter((reply) => !reply.sent).map((reply) => `${reply.code} ${reply.lines.join('\n')}`);
  assert.equal(transfer.direction, cell.direction);
  return {
    ...seen,
    repliesInLog: unsent,
    cause: transfer.cause,
    verdict: transfer.verdict,
    ...(await aftermath(stage, transfer, options.finalBefore ?? 'old content')),
  };
}

/** Waits for the end of the data line that the fault brings about, then lets the storage go. */
export async function dataEnds(stage: Stage): Promise<DataLineEnd> {
  const data = await stage.data;
  await within(peerHasEnded(data), 'the end of the data line');
  stage.storage.release();
  return wordFor(data);
}

/** Sends the second part of an upload and ends it in order. */
export async function finishUpload(stage: Stage): Promise<DataLineEnd> {
  const data = await stage.data;
  stage.storage.release();
  await data.write(upload.bytes.subarray(upload.partBytes));
  endInOrder(data);
  await within(data.ended, 'the end of the data line');
  return wordFor(data);
}

/** Reads a download to its end and ends the data line in order. */
export async function finishDownload(stage: Stage): Promise<DataLineEnd> {
  const data = await stage.data;
  stage.storage.release();
  await within(peerHasEnded(data), 'the end of the data line');
  endInOrder(data);
  return wordFor(data);
}

/** The next `count` final replies. */
export async function replies(stage: Stage, count: number): Promise<string[]> {
  const read: string[] = [];
  while (read.length < count) read.push(await finalReply(stage));
  return read;
}

/** Waits for the end of the control line; gives the final replies that had come on it. */
export async function repliesToTheEnd(stage: Stage): Promise<string[]> {
  await within(stage.client.control.ended, 'the end of the control line');
  const last = lastReplyOf(stage.client.control);
  return last === undefined ? [] : [last];
}

/** How the server has ended a data line that nobody finishes. */
export async function endOf(data: DataLine): Promise<DataLineEnd> {
  data.resume();
  await within(peerHasEnded(data), 'the end of the data line');
  return wordFor(data);
}
