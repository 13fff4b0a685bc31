/** The cases about the five closes of RFC 959 section 3.2, each with a peer that keeps the rule and one that breaks it. */

import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { after } from 'node:test';
import type { Script, ScriptedSession, WatchedLine } from '../../src/peer/index.ts';
import { abortInListing } from '../../src/lab/cases/server/rfc959/abort-in-listing.ts';
import * as closes from '../../src/lab/cases/server/rfc959/data-closes.ts';
import { judgesEach, scripted } from './judged-cases.ts';

/** RETR that ends the data line in a way of its own, and then says this. */
function endsBy(end: (line: WatchedLine) => void, reply = '226 Done'): Record<string, Script> {
  return {
    RETR: async (session, name) => {
      await session.reply('150 Here it comes');
      const line = await session.acceptData();
      await line.write(session.uploads.get(name) ?? '');
      end(line);
      await session.reply(reply);
    },
  };
}

/** STOR that answers a failed data line so, and closes the line or leaves it open. */
function storeFails(reply: string | undefined, isClosed = true): Record<string, Script> {
  return {
    STOR: async (session) => {
      await session.reply('150 Send it');
      const line = await session.acceptData();
      line.tls?.on('error', () => undefined);
      await line.untilReceived(64 * 1024);
      if (!isClosed) line.cutOutputAfter(0);
      else line.reset();
      if (reply === undefined) session.control.reset();
      else await session.reply(reply);
    },
  };
}

/** A block with the end of the file, or without. */
function sendsBlock(descriptor: number): Record<string, Script> {
  const send = async (session: ScriptedSession): Promise<void> => {
    await session.reply('150 Here it comes');
    const line = await session.acceptData();
    await line.write(Buffer.from([descriptor, 0, 2, 1, 2]));
    await session.endData(line);
    await session.reply('226 Done');
  };
  return { MODE: '200 Fine', RETR: send };
}

/** LIST that waits for the next command, which is ABOR, answers so or leaves, and closes the data line or not. */
function listsUntilAborted(begun: string | undefined, reply: string | undefined, isClosed = true): Script {
  return async (session) => {
    if (begun !== undefined) await session.reply(begun);
    await session.nextCommand();
    if (isClosed) for (const line of session.dataLines) line.reset();
    if (reply === undefined) session.control.reset();
    else await session.reply(reply);
  };
}

async function leavesInTheMiddle(session: ScriptedSession, name: string): Promise<void> {
  await session.reply('150 Here it comes');
  const line = await session.acceptData();
  await line.write((session.uploads.get(name) ?? Buffer.alloc(0)).subarray(0, 1024 * 1024));
  session.control.reset();
}

const listeners: Server[] = [];
after(() => {
  for (const listener of listeners) listener.close();
});

/** A data port that does not end with its session. */
async function listensElsewhere(session: ScriptedSession): Promise<void> {
  const listener = createServer({ allowHalfOpen: true }, (raw) => raw.on('end', () => raw.end()).resume());
  listeners.push(listener.listen(0, '127.0.0.1'));
  await once(listener, 'listening');
  await session.reply(`229 Here (|||${(listener.address() as AddressInfo).port}|)`);
}

const inClear = { tls: 'off', security: 'plain' } as const;

judgesEach('The data connection', [
  [closes.closeAtEnd, { ours: 'closed' }, { ours: 'closed', options: inClear }],
  [
    closes.closeAtEnd,
    scripted(
      'UNCLEAN',
      'not-in-order',
      endsBy((line) => line.finWithoutCloseNotify()),
    ),
  ],
  [
    closes.closeAtEnd,
    scripted(
      'FAIL',
      'left-open',
      endsBy(() => undefined),
    ),
  ],
  [
    closes.closeAtEnd,
    scripted(
      'FAIL',
      'refused',
      endsBy((line) => line.closeNotifyThenFin(), '451 No'),
    ),
  ],
  [closes.closeAtAbort, { ours: 'closed' }, scripted('NON-STRICT', 'open')],
  [closes.closeAtAbort, scripted('FAIL', 'refused', { ABOR: '550 No' })],
  [abortInListing, { ours: 'aborted' }, scripted('NON-STRICT', 'held-in-handshake')],
  [
    abortInListing,
    scripted('PASS', 'not-begun', { LIST: listsUntilAborted(undefined, '226 Aborted') }),
    scripted('FAIL', 'other-replies', { LIST: listsUntilAborted('150 Here it comes', '226 Aborted') }),
    scripted('FAIL', 'open', { LIST: listsUntilAborted('150 Here it comes', '426 Cut\n226 Aborted', false) }),
    scripted('FAIL', 'lost', { LIST: listsUntilAborted('150 Here it comes', undefined) }),
  ],
  [closes.newPortInTransfer, { ours: 'deferred' }, scripted('INFO', 'deferred')],
  [closes.newPortInTransfer, scripted('FAIL', undefined, { RETR: leavesInTheMiddle })],
  [closes.closeWithControl, { ours: 'closed' }, scripted('FAIL', 'open', { EPSV: listensElsewhere })],
  [closes.closeAtError, { ours: 'closed' }, scripted('FAIL', 'confirmed', storeFails('226 Done'))],
  [
    closes.closeAtError,
    scripted('FAIL', 'lost', storeFails(undefined)),
    scripted('FAIL', 'open', storeFails('426 No', false)),
  ],
  [closes.blockMode, scripted('UNIMPLEMENTED', undefined)],
  [closes.blockMode, scripted('PASS', 'marked', sendsBlock(64)), scripted('FAIL', 'not-marked', sendsBlock(0))],
]);
