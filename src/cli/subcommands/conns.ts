/** `twinline conns`: the TCP connections of this machine, and which of them are the two lines of an FTP session. */

import { connectionsRecord, type ConnectionsRecord, ftpSessions, readConnections } from '../../lab/index.ts';
import { tableText } from '../conns/connection-text.ts';
import { readFilters } from '../conns/select-connections.ts';
import { watchConnections } from '../conns/watch-connections.ts';
import { defineSubcommand, type OptionValues } from '../define-subcommand.ts';
import { exitCodes } from '../exit-codes.ts';
import { jsonLine } from '../json-line.ts';
import type { Output } from '../output.ts';
import { readToldSessions } from '../told-sessions/read-told-sessions.ts';
import { UsageError } from '../usage-error.ts';

export const conns = defineSubcommand({
  name: 'conns',
  summary: 'Show TCP connections, and which of them belong to one FTP session.',
  arguments: [],
  options: [
    { flags: '--ftp', description: 'Only the lines of FTP sessions' },
    { flags: '--port <number>', description: 'Only with this port at either end', repeatable: true },
    { flags: '--address <ip>', description: 'Only with this address at either end', repeatable: true },
    {
      flags: '--process <name|pid>',
      description: 'Only of processes with this number or in whose name this stands',
      repeatable: true,
    },
    {
      flags: '--state <name>',
      description: 'Only in this state: established, listen, close-wait, …',
      repeatable: true,
    },
    { flags: '--watch', description: 'Look again and again: a table on a terminal, else a line for each change' },
    { flags: '--every <seconds>', description: 'Between two looks', defaultText: '1' },
    { flags: '--json', description: 'Print one JSON object a look (docs/connections.schema.json)' },
    {
      flags: '--netns <name>',
      description: 'Look into this network namespace (Linux, root): a name of "ip netns", or a path',
    },
    { flags: '--procfs', description: 'Read /proc/net/tcp in place of sock_diag' },
  ],
  examples: [
    { line: 'twinline conns --ftp', says: 'the control lines and data lines of this machine' },
    { line: 'twinline conns --watch --process vsftpd', says: 'what a server does, live' },
    { line: 'twinline conns --state close-wait', says: 'who has not noticed that the other end has gone' },
    { line: 'twinline conns --json --netns client', says: 'for a program, in another network namespace' },
  ],
  notes: [
    'Servers and clients of Twinline tell which of their connections belong together; of others it is inferred from processes, hosts ' +
      'and ports, marked with "?" and with the reason below the table. Processes of other users are seen by root alone.',
  ],
  async run(_positional, options, output) {
    const look = readLook(options);
    if (options['watch'] === true) return watch(look, options, output);
    const record = await look();
    if (options['json'] === true) {
      output.stdout.write(jsonLine(record));
      return exitCodes.ok;
    }
    output.stdout.write(
      tableText(record.connections)
        .map((line) => `${line}\n`)
        .join(''),
    );
    for (const note of notesOn(record)) output.stderr.write(`twinline: ${note}\n`);
    return exitCodes.ok;
  },
});

function readLook(options: OptionValues): () => Promise<ConnectionsRecord> {
  const namespace = typeof options['netns'] === 'string' ? options['netns'] : undefined;
  const isWanted = readFilters(options);
  return async () => {
    const told = await readToldSessions();
    const table = readConnections({ namespace, procfsOnly: options['procfs'] === true });
    const record = connectionsRecord(table, ftpSessions(table.connections, told), namespace);
    return { ...record, connections: record.connections.filter(isWanted) };
  };
}

async function watch(look: () => Promise<ConnectionsRecord>, options: OptionValues, output: Output): Promise<number> {
  const text = typeof options['every'] === 'string' ? options['every'] : '1';
  const seconds = /^\d{1,5}(?:\.\d{1,3})?$/.test(text) ? Number(text) : 0;
  if (seconds <= 0) throw new UsageError(`--every takes a number of seconds above 0, not "${text}".`);
  const ended = new AbortController();
  const end = (): void => ended.abort();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, end);
  const redraws = process.stdout.isTTY;
  await watchConnections(
    look,
    { everyMs: seconds * 1000, json: options['json'] === true, redraws },
    output,
    ended.signal,
  );
  return exitCodes.ok;
}

function notesOn({ source, whyProcfs, hiddenProcesses, connections }: ConnectionsRecord): readonly string[] {
  const notes: string[] = [];
  if (connections.length === 0) notes.push('No such connection.');
  if (source === 'procfs') {
    notes.push(`Read from /proc/net/tcp, which knows neither round trips nor counts of bytes (${whyProcfs ?? ''}).`);
  }
  const isOwnerless = connections.some(({ processes, state }) => processes.length === 0 && state !== 'TIME_WAIT');
  if (hiddenProcesses > 0 && isOwnerless) {
    notes.push(`The processes of other users (${hiddenProcesses}) are not shown to this user; root sees them.`);
  }
  return notes;
}
