/** `twinline conns --watch`: the table again and again on a terminal, and elsewhere a line for each change. */

import { setTimeout as wait } from 'node:timers/promises';
import type { ConnectionRecord, ConnectionsRecord } from '../../lab/index.ts';
import { endText } from '../../lab/index.ts';
import { jsonLine } from '../json-line.ts';
import type { Output } from '../output.ts';
import { processText, roleText, tableText } from './connection-text.ts';

export interface WatchOptions {
  readonly everyMs: number;
  readonly json: boolean;
  /** Standard output is a terminal. */
  readonly redraws: boolean;
}

const home = '\u001b[H';
const clearRest = '\u001b[J';
const clearLine = '\u001b[K';

/** Looks until the signal fires. */
export async function watchConnections(
  look: () => Promise<ConnectionsRecord>,
  options: WatchOptions,
  output: Output,
  signal: AbortSignal,
): Promise<void> {
  let before = new Map<string, ConnectionRecord>();
  while (!signal.aborted) {
    const record = await look();
    const now = new Map(record.connections.map((connection) => [keyOf(connection), connection]));
    if (options.json) output.stdout.write(jsonLine(record));
    else if (options.redraws) output.stdout.write(screenOf(record));
    else for (const line of changesBetween(before, now)) output.stdout.write(`${timeOf(record)} ${line}\n`);
    before = now;
    await wait(options.everyMs, undefined, { signal }).catch(() => {});
  }
}

function screenOf(record: ConnectionsRecord): string {
  const title = `${timeOf(record)}  ${record.connections.length} shown; Ctrl-C ends`;
  const lines = [title, '', ...tableText(record.connections)];
  return home + lines.map((line) => `${line}${clearLine}\n`).join('') + clearRest;
}

function timeOf({ at }: ConnectionsRecord): string {
  return at.slice(11, 23);
}

function keyOf({ local, remote }: ConnectionRecord): string {
  return `${endText(local)} ${endText(remote)}`;
}

/** One line each: `+` came, `-` went, `~` is in another state or another part of a session. */
function changesBetween(
  before: ReadonlyMap<string, ConnectionRecord>,
  now: ReadonlyMap<string, ConnectionRecord>,
): readonly string[] {
  const lines: string[] = [];
  for (const [key, connection] of before) if (!now.has(key)) lines.push(`- ${lineOf(connection)}`);
  for (const [key, connection] of now) {
    const earlier = before.get(key);
    if (earlier === undefined) lines.push(`+ ${lineOf(connection)}`);
    else if (earlier.state !== connection.state) lines.push(`~ ${lineOf(connection)} (was ${earlier.state})`);
    else if (roleText(earlier) !== roleText(connection)) {
      lines.push(`~ ${lineOf(connection)} (was ${roleText(earlier) || 'no part of a session'})`);
    }
  }
  return lines;
}

function lineOf(connection: ConnectionRecord): string {
  const { state, local, remote } = connection;
  const far = state === 'LISTEN' ? '*' : endText(remote);
  return [state, endText(local), far, processText(connection), roleText(connection)].filter(Boolean).join(' ');
}
