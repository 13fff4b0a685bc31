/** What the servers' matrix has seen, as rows and as a page. */

import type { MatrixServerKind } from './servers.ts';
import type { ServerMode } from './server-visit.ts';
import { serverColumns, type ServerColumn } from './probes.ts';

export type Cell = 'yes' | 'no' | 'FAIL';

export class ServersTable {
  readonly #cells = new Map<string, Cell>();
  readonly #dataLines = new Map<string, string>();
  /** Server and column to what it does or answers instead. */
  readonly #reasons = new Map<string, string>();

  set(server: string, mode: ServerMode, column: ServerColumn, cell: Cell): void {
    this.#cells.set([server, mode, column].join('|'), cell);
  }

  note(server: string, column: string, reason: string): void {
    this.#reasons.set(`${server}|${column}`, reason);
  }

  setDataLine(server: string, mode: ServerMode, text: string): void {
    this.#dataLines.set(`${server}|${mode}`, text);
  }

  rows({ name, modes }: MatrixServerKind): string[] {
    return modes.map((mode) => {
      const cells = serverColumns.map((column) => this.#cells.get([name, mode, column].join('|')) ?? '');
      return `| ${[name, mode, ...cells, this.#dataLines.get(`${name}|${mode}`) ?? ''].join(' | ')} |`;
    });
  }

  reasons(): string[] {
    const lines = [...this.#reasons].map(([key, reason]) => {
      const [server = '', column = ''] = key.split('|');
      return `- **${server}**, ${column}: ${reason}`;
    });
    return lines.sort();
  }
}

export const heading: readonly string[] = [
  `| ${['server', 'mode', ...serverColumns, 'data lines'].join(' | ')} |`,
  `|${'---|'.repeat(serverColumns.length + 3)}`,
];

export function renderServersPage(
  table: ServersTable,
  kinds: readonly MatrixServerKind[],
  versions: ReadonlyMap<string, string>,
): string {
  return [
    '# Our client and the servers of other people',
    '',
    '<!-- Made by `npm run docs:interop` from `test/interop/servers-matrix`; `npm run test:interop` holds it against what it sees. -->',
    '',
    'Each cell is a test of `twinline/client` over real sockets against the named server on loopback, with files compared by SHA-256 on its',
    'disk. `yes`: works; `no`: the server does not have it, its answer stands below.',
    '',
    ...heading,
    ...kinds.flatMap((kind) => table.rows(kind)),
    '',
    '- **resume down** and **resume up** go on at byte 400,001 of 1,000,003, behind a look at the last 16 KiB before it.',
    '- **ABOR** ends a download and an upload in the middle; the session goes on.',
    '- **50 files** are 25 uploads and 25 downloads on one login.',
    '- **mirror** makes a tree there with two sessions, and from there another one here.',
    '- **control cut** resets the control line in the middle of a download: the loss is named, and a new session goes on.',
    '- **reuse required**: each data line must resume the TLS session of the control line.',
    '- **data lines** says how TLS began on the data line of a download: `resumed`, or `full` with a handshake of its own.',
    '',
    '## What the servers do not have',
    '',
    ...table.reasons(),
    '',
    '## Versions',
    '',
    '| server | version |',
    '|---|---|',
    ...[...versions].map(([name, version]) => `| ${name} | ${version} |`),
    '',
  ].join('\n');
}
