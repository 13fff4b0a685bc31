/** Connections as people read them: a line of the table each, a line of what TCP does, and the sessions below. */

import type { ConnectionRecord } from '../../lab/index.ts';
import { endText } from '../../lab/index.ts';
import { printable } from '../../protocol/index.ts';
import { formatBytes } from '../display/figures.ts';

const head = ['STATE', 'RECV-Q', 'SEND-Q', 'LOCAL', 'REMOTE', 'PROCESS', 'USER', 'FTP'];

/** Columns with figures, which stand right. */
const figures: ReadonlySet<number> = new Set([1, 2]);

/** The whole table. Empty where there is nothing to show. */
export function tableText(connections: readonly ConnectionRecord[]): readonly string[] {
  if (connections.length === 0) return [];
  const rows = connections.map(cellsOf);
  const widths = head.map((name, column) => Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) =>
        figures.has(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  const indent = ' '.repeat((widths[0] ?? 0) + 2);
  const body = rows.flatMap((row, index) => {
    const connection = connections[index];
    const facts = connection === undefined ? '' : factsText(connection);
    return facts === '' ? [line(row)] : [line(row), indent + facts];
  });
  return [line(head), ...body, ...sessionLines(connections)];
}

function cellsOf(connection: ConnectionRecord): readonly string[] {
  const { state, local, remote, backlog, receiveQueue, sendQueue, user } = connection;
  const queues = backlog === undefined ? [receiveQueue, sendQueue] : [backlog.waiting, backlog.limit];
  const far = state === 'LISTEN' ? '*' : endText(remote);
  return [
    state,
    ...queues.map(String),
    endText(local),
    far,
    processText(connection),
    printable(user),
    roleText(connection),
  ];
}

export function processText({ processes }: ConnectionRecord): string {
  return processes.length === 0 ? '-' : processes.map(({ name, pid }) => `${printable(name)}/${pid}`).join(',');
}

/** `control 1`, `data 1?` where it is inferred. */
export function roleText({ ftp }: ConnectionRecord): string {
  return ftp === undefined ? '' : `${ftp.role} ${ftp.session}${ftp.how === 'told' ? '' : '?'}`;
}

const timerWords = {
  retransmit: 'retransmits',
  keepalive: 'keepalive',
  'time-wait': 'gone',
  probe: 'probes the window',
};

function factsText({ timer, details, retransmits }: ConnectionRecord): string {
  const timing = timer.kind === 'off' ? [] : [`${timerWords[timer.kind]} in ${duration(timer.expiresMs)}`];
  const trying = retransmits > 0 ? [`try ${retransmits} of what is not acknowledged`] : [];
  if (details === undefined) return [...timing, ...trying].join(', ');
  const { rttMs, totalRetransmits, unacknowledgedSegments, bytesAcknowledged, bytesReceived } = details;
  const counted =
    bytesAcknowledged === undefined || bytesReceived === undefined
      ? []
      : [`${formatBytes(bytesAcknowledged)} acknowledged, ${formatBytes(bytesReceived)} received`];
  return [
    `rtt ${rttMs.toFixed(rttMs < 10 ? 2 : 0)} ms`,
    ...counted,
    `last sent ${duration(details.lastSentMs)} ago, last received ${duration(details.lastReceivedMs)} ago`,
    ...(totalRetransmits > 0 ? [`${totalRetransmits} retransmitted`] : []),
    ...(unacknowledgedSegments > 0 ? [`${unacknowledgedSegments} in flight`] : []),
    ...trying,
    ...timing,
  ].join(', ');
}

function duration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 120) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

/** Which line belongs to which, and how that is known; a connection with both ends here is told once. */
function sessionLines(connections: readonly ConnectionRecord[]): readonly string[] {
  const numbers = [...new Set(connections.flatMap(({ ftp }) => ftp?.session ?? []))].toSorted((a, b) => a - b);
  return numbers.flatMap((number) => {
    const lines = new Set<string>();
    for (const role of ['control', 'data', 'passive', 'unknown']) {
      for (const { local, remote, ftp } of connections) {
        if (ftp?.session !== number || ftp.role !== role) continue;
        const ends = role === 'passive' ? [endText(local)] : [endText(local), endText(remote)].toSorted();
        lines.add(`  ${role.padEnd(7)}  ${ends.join(' and ')}: ${ftp.how}: ${printable(ftp.reason)}`);
      }
    }
    const roles = new Set(connections.flatMap(({ ftp }) => (ftp?.session === number ? [ftp.role] : [])));
    const left = roles.has('control')
      ? ''
      : roles.has('unknown')
        ? ', of which one line is left'
        : ', whose control line is not here';
    return ['', `FTP session ${number}${left}`, ...lines];
  });
}
