/** How `twinline ban list` shows bans: a table for people, JSON lines for programs. */

import { printable } from '../../protocol/index.ts';
import type { Ban } from '../../server/index.ts';

const minute = (ms: number): string => new Date(ms).toISOString().slice(0, 16).replace('T', ' ');

export function banTable(bans: readonly Ban[]): string {
  if (bans.length === 0) return 'Nobody is banned.\n';
  const rows = [
    ['NETWORK', 'SINCE (UTC)', 'UNTIL (UTC)', 'BY', 'REASON'],
    ...bans.map(({ network, sinceMs, untilMs, by, reason }) => [
      network,
      minute(sinceMs),
      untilMs === undefined ? 'for good' : minute(untilMs),
      by,
      printable(reason),
    ]),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((text, column) => text.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('');
}

export function banJsonLines(bans: readonly Ban[]): string {
  return bans
    .map(({ network, sinceMs, untilMs, by, reason }) => ({
      network,
      since: new Date(sinceMs).toISOString(),
      until: untilMs === undefined ? null : new Date(untilMs).toISOString(),
      by,
      reason,
    }))
    .map((ban) => `${JSON.stringify(ban)}\n`)
    .join('');
}
