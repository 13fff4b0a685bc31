/** Transfers in the format of wu-ftpd's xferlog, which vsftpd, ProFTPD and Pure-FTPd write too and many programs read. */

import type { ServerEvent, TransferRecord } from '../../server/index.ts';
import { AppendFile } from '../sinks/append-file.ts';
import { createSink, type Sink, type SinkReports } from '../sinks/sink.ts';

/** Opens the file. Rejects with the system's error where it cannot be opened. */
export async function openXferlog(path: string, reports: SinkReports): Promise<Sink> {
  const file = new AppendFile(path);
  await file.open();
  return createSink<string>(
    {
      name: 'xferlog',
      itemsOf: xferlogLines,
      write: (lines) => file.append(lines.join('')),
      reopen: () => file.reopen(),
      end: () => file.close(),
    },
    reports,
  );
}

/** The line of an event: of downloads, uploads and deletes; listings and all else have none. */
export function xferlogLines(event: ServerEvent): readonly string[] {
  if (event.type === 'transfer' && event.transfer.direction !== 'listing') {
    return [line(event, { ...event.transfer, direction: event.transfer.direction === 'download' ? 'o' : 'i' })];
  }
  if (event.type === 'file-operation' && event.change.operation === 'delete' && event.change.verdict === 'done') {
    const { path, durationMs } = event.change;
    return [line(event, { path, durationMs, bytes: 0, dataType: 'image', verdict: 'complete', direction: 'd' })];
  }
  return [];
}

interface Entry extends Pick<TransferRecord, 'path' | 'bytes' | 'durationMs' | 'dataType' | 'verdict'> {
  readonly direction: 'o' | 'i' | 'd';
}

/** The users of anonymous FTP (RFC 1635). */
const anonymous = new Set(['anonymous', 'ftp']);

/**
 * Time, seconds, host, bytes, name, type (a, b), special action, direction, access (a, r), user, service,
 * authentication, its user, and c or i for complete or incomplete. A transfer has taken one second at least, as with
 * vsftpd: programs divide by it.
 */
function line({ at, remoteHost, user }: { at: number; remoteHost: string; user: string | undefined }, entry: Entry) {
  const name = user ?? '?';
  return `${[
    ctime(new Date(at)),
    Math.max(1, Math.round(entry.durationMs / 1000)),
    remoteHost,
    entry.bytes,
    word(entry.path),
    entry.dataType === 'ascii' ? 'a' : 'b',
    '_',
    entry.direction,
    anonymous.has(name) ? 'a' : 'r',
    word(name),
    'ftp',
    '0',
    '*',
    entry.verdict === 'interrupted' ? 'i' : 'c',
  ].join(' ')}\n`;
}

/** A name as one word: what would end the word or the line is an underscore, as in the other servers. */
function word(text: string): string {
  return text.toWellFormed().replace(/[\s\p{Cc}]/gu, '_');
}

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Local time as ctime(3) writes it: `Tue Nov  3 09:05:01 2026`. */
function ctime(time: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const clock = `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
  const day = String(time.getDate()).padStart(2);
  return `${days[time.getDay()]} ${months[time.getMonth()]} ${day} ${clock} ${time.getFullYear()}`;
}
