/** Servers that are wrong in every transfer, each for some cells of the control-close matrix, and what must be said of them there. */

import { once } from 'node:events';
import type { Cell } from '../../src/lab/cases/control-close/cells.ts';
import type { LabTimeouts } from '../../src/lab/index.ts';
import { defaultScripts, type Script, type ScriptedSession, type WatchedLine } from '../../src/peer/index.ts';

/** More than is moved before a fault, and less than the file that is lost in its middle, in bytes. */
const beginningBytes = 512 * 1024;
/** The file that a run tries before and behind its cells is not longer. */
const sanityBytes = 64 * 1024;

export interface BadServer {
  /** The end of the sentence "is caught that …". */
  readonly does: string;
  readonly transfer: (session: ScriptedSession, name: string) => Promise<void>;
  /** What is found in a cell that the server is for. */
  readonly outcomeIn: (cell: Cell) => string | undefined;
  readonly timeouts?: Partial<LabTimeouts>;
}

/** These servers look at nothing: no lost line ends what they do. */
async function unmoved(step: Promise<unknown>): Promise<void> {
  await step.catch(() => undefined);
}

async function untilClosed({ raw }: WatchedLine): Promise<void> {
  if (!raw.closed) await unmoved(once(raw, 'close'));
}

async function give(session: ScriptedSession, line: WatchedLine, name: string): Promise<void> {
  if (session.commands.at(-1)?.startsWith('STOR') === true) line.discard();
  else
    await unmoved(line.write((session.uploads.get(name) ?? Buffer.from('one line\r\n')).subarray(0, beginningBytes)));
}

/** The transfer up to the end on the client's side; whether that was an end in order. */
async function moveUntilEnded(session: ScriptedSession, name: string): Promise<boolean> {
  const line = await session.acceptData();
  await give(session, line, name);
  await Promise.race([line.ended, line.closeNotified()]);
  return line.ending.how === (line.tls === undefined ? 'fin' : 'close-notify');
}

async function keepsDataLine(session: ScriptedSession, name: string): Promise<void> {
  await unmoved(session.reply('150 Here it comes'));
  await unmoved(moveUntilEnded(session, name).then(() => session.reply('226 Done')));
  const [line] = session.dataLines;
  if (line !== undefined) await untilClosed(line);
}

async function fallsSilent(session: ScriptedSession, name: string): Promise<void> {
  await session.reply('150 Here it comes');
  await unmoved(moveUntilEnded(session, name));
  await untilClosed(session.control);
}

async function fallsSilentBehind226(session: ScriptedSession, name: string): Promise<void> {
  await session.reply('150 Here it comes');
  if (await moveUntilEnded(session, name)) await session.reply('226 Done');
  await untilClosed(session.control);
}

async function confirmsAtOnce(session: ScriptedSession, name: string): Promise<void> {
  await session.reply('150 Here it comes');
  void unmoved(moveUntilEnded(session, name));
  await session.reply('226 Done');
}

async function leaves(session: ScriptedSession, name: string): Promise<void> {
  await session.reply('150 Here it comes');
  const line = await session.acceptData();
  await give(session, line, name);
  if (session.control.tls === undefined) session.control.fin();
  else session.control.closeNotifyThenFin();
  await untilClosed(line);
}

/** Where everything may have been sent before the loss, or ended in order, 226 is no lie. */
function mayConfirm({ kind, direction, phase }: Cell): boolean {
  if (direction !== 'upload') return phase === 2 || (direction === 'listing' && kind !== 'hole');
  return kind === 'fin' || (kind === 'cn' && phase > 0);
}

/** Each cell has one of them. */
export const badServers: readonly BadServer[] = [
  {
    does: 'keeps its data line open and keeps no upload, whatever happens to the control line',
    transfer: keepsDataLine,
    outcomeIn: ({ kind, direction, phase, channel }) => {
      if (channel === 'data') return undefined;
      if (kind === 'hole') return 'cut';
      if (direction === 'upload' && phase >= 2) return 'lost';
      return 'held-open';
    },
  },
  {
    does: 'confirms a transfer before it has moved',
    transfer: confirmsAtOnce,
    outcomeIn: (cell) => (cell.channel === 'data' && cell.phase < 3 && !mayConfirm(cell) ? 'confirmed' : undefined),
  },
  {
    does: 'says nothing any more once it has lost a data line',
    transfer: fallsSilent,
    outcomeIn: (cell) =>
      cell.channel === 'data' && cell.phase < 3 && mayConfirm(cell) && cell.kind !== 'hole' ? 'silent' : undefined,
    timeouts: { promptMs: 600 },
  },
  {
    does: 'leaves in the middle of a transfer',
    transfer: leaves,
    outcomeIn: (cell) =>
      cell.channel === 'data' && cell.kind === 'hole' && cell.phase === 2 && mayConfirm(cell) ? 'unusable' : undefined,
  },
  {
    does: 'says nothing any more behind 226',
    transfer: fallsSilentBehind226,
    outcomeIn: ({ channel, phase }) => (channel === 'data' && phase === 3 ? 'unusable' : undefined),
    timeouts: { promptMs: 600 },
  },
];

/** The transfer of such a server, in the cells alone: what the lab puts there for itself is moved as it should be. */
export function scriptsOf({ transfer }: BadServer, moves: 'uploads' | 'downloads'): Readonly<Record<string, Script>> {
  const decent = (verb: string): Script => defaultScripts[verb] ?? '502 No';
  if (moves === 'downloads') {
    const isSmall = ({ uploads }: ScriptedSession, name: string) => (uploads.get(name)?.length ?? 0) <= sanityBytes;
    return {
      RETR: (session, name) =>
        isSmall(session, name) ? session.perform(decent('RETR'), name) : transfer(session, name),
      LIST: transfer,
    };
  }
  const names = new Set<string>();
  return {
    STOR: (session, name) => {
      // The first name is that of the lab's own file, and behind a fault it writes to the name once more.
      const isOfCell = names.size > 0 && !names.has(name);
      names.add(name);
      return isOfCell ? transfer(session, name) : session.perform(decent('STOR'), name);
    },
  };
}
