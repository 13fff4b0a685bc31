/** What the matrix has seen, as a table for the terminal and as the page `docs/interop.md`. */

import { type Column, columns, type InteropClient, type Mode, modes, oddNames } from './interop-client.ts';

/** `yes`, `no` (the client itself cannot), `FAIL`, or `` (not tried in this mode). */
export type Cell = 'yes' | 'no' | 'FAIL' | '';

/** How a client was seen to work: facts that follow from it alone. */
export interface Seen {
  readonly openers: Set<string>;
  readonly dataTls: Set<string>;
}

/** The results of one run. */
export class Matrix {
  readonly #cells = new Map<string, Cell>();
  readonly #seen = new Map<string, Seen>();

  set(client: InteropClient, mode: Mode, column: Column, cell: Cell): void {
    this.#cells.set(`${client.name}|${mode}|${column}`, cell);
  }

  cell(client: InteropClient, mode: Mode, column: Column): Cell {
    return this.#cells.get(`${client.name}|${mode}|${column}`) ?? '';
  }

  seen(client: InteropClient, mode: Mode): Seen {
    const key = `${client.name}|${mode}`;
    const known = this.#seen.get(key) ?? { openers: new Set<string>(), dataTls: new Set<string>() };
    this.#seen.set(key, known);
    return known;
  }

  /** One Markdown row for each mode that the client has. */
  rows(client: InteropClient): string[] {
    return client.modes.map((mode) => {
      const { openers, dataTls } = this.seen(client, mode);
      const cells = columns.map((column) => this.cell(client, mode, column));
      return `| ${[client.name, mode, ...cells, listed(openers), listed(dataTls)].join(' | ')} |`;
    });
  }
}

const listed = (facts: ReadonlySet<string>): string => [...facts].sort().join(', ');

const header = ['client', 'mode', ...columns, 'opens data with', 'data lines'];
const heading = [`| ${header.join(' | ')} |`, `|${'---|'.repeat(header.length)}`];

/** The whole table in columns of equal width, for a terminal. */
export function plainTable(matrix: Matrix, clients: readonly InteropClient[]): string {
  const rows = [`| ${header.join(' | ')} |`, ...clients.flatMap((client) => matrix.rows(client))].map((row) =>
    row.slice(2, -2).split(' | '),
  );
  const widths = header.map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  return rows.map((row) => row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ')).join('\n');
}

/** What each client cannot do by itself, one line each. */
function inability(client: InteropClient): string[] {
  const reasons = new Map<string, Set<string>>();
  const add = (reason: string | undefined, what: string): void => {
    if (reason !== undefined) reasons.set(reason, (reasons.get(reason) ?? new Set()).add(what));
  };
  for (const mode of client.modes) for (const column of columns) add(client.cannot(column, mode), column);
  for (const [what, reason] of Object.entries(client.cannotSay)) add(reason, `odd names, ${what}`);
  const absent = modes.filter((mode) => !client.modes.includes(mode));
  if (absent.length > 0) add(`${client.name} has no such mode`, absent.join(', '));
  return [...reasons].map(([reason, what]) => `- **${client.name}**, ${[...what].join(', ')}: ${reason}.`);
}

/** The page. */
export function renderPage(matrix: Matrix, clients: readonly InteropClient[]): string {
  const versions = clients.map((client) => `| ${client.name} | ${client.version() ?? 'absent'} | ${client.from} |`);
  return [
    '# Clients of other people',
    '',
    '<!-- Made by `npm run docs:interop` from `test/interop/matrix`; `npm run test:interop` holds it against what it sees. -->',
    '',
    'Each cell is a test over real sockets: the named program against this server on loopback, files compared by SHA-256 (0 B, 1 B,',
    '65,535 B and 1,000,003 B; 77,200,652 B in the column 77 MB), the mode of the connection and of its data lines checked on the side of',
    'the server. `yes`: works; `no`: the client itself cannot, the reason stands below; empty: not tried in this mode.',
    '',
    ...heading,
    ...clients.flatMap((client) => matrix.rows(client)),
    '',
    `Odd names: ${Object.entries(oddNames)
      .map(([what, name]) => `${what} (\`${name}\`)`)
      .join(', ')}.`,
    '',
    'Data lines: `MODE Z` is compressed, as lftp asks for where it is offered; `resumed` is one that resumes the TLS session of the',
    'control line, `full` one with a handshake of its own. A client of TLS 1.3 that does not resume gets TLS 1.2 on its data lines where it',
    'offers that: otherwise it would leave session tickets unread when it closes an upload, and its kernel would throw away the end of the',
    'file.',
    '',
    '## What the clients cannot do',
    '',
    ...clients.flatMap(inability),
    '',
    '## Versions',
    '',
    '| client | version | from |',
    '|---|---|---|',
    ...versions,
    '',
  ].join('\n');
}
