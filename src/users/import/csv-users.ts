/** Users in CSV (RFC 4180) with a header that names the columns as the keys of the JSON form. */

import { userOfObject } from './json-users.ts';
import { type LineContent, problemLine, type SourceLine } from './source-line.ts';

interface Row {
  readonly line: number;
  readonly cells: readonly string[];
}

/** A cell and what ends it: a comma, the end of the line, or the end of the text. */
const cellAndEnd = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y;

/** Rows with the line on which each begins; the number of a line where a quote is not closed, or stands in the middle. */
export function parseCsv(text: string): readonly Row[] | number {
  const rows: Row[] = [];
  let cells: string[] = [];
  let line = 1;
  let start = 1;
  cellAndEnd.lastIndex = 0;
  for (;;) {
    const match = cellAndEnd.exec(text);
    if (match === null) return line;
    const [whole, quoted, plain = '', end] = match;
    cells.push(quoted?.replaceAll('""', '"') ?? plain);
    line += whole.split('\n').length - 1;
    if (end === ',') continue;
    if (cells.some((one) => one.trim() !== '')) rows.push({ line: start, cells });
    if (end === '') return rows;
    cells = [];
    start = line;
  }
}

const booleans: Readonly<Record<string, boolean>> = {
  yes: true,
  no: false,
  true: true,
  false: false,
  '1': true,
  '0': false,
};

type Reader = (text: string) => unknown;

const asText: Reader = (text) => text;
/** What is no such word stays a text, and is refused as one. */
const asBoolean: Reader = (text) => booleans[text.trim().toLowerCase()] ?? text;
const asNumber: Reader = (text) => (/^\d{1,16}$/.test(text.trim()) ? Number(text) : text);
const asList: Reader = (text) => text.split(';').map((one) => one.trim());

/** The columns by name; several values of one cell stand between semicolons. */
const columns: Readonly<Record<string, Reader>> = {
  name: asText,
  hash: asText,
  password: asText,
  home: asText,
  readOnly: asBoolean,
  admin: asBoolean,
  disabled: asBoolean,
  expires: asText,
  allowedNetworks: asList,
  onControlLoss: asText,
  missingCloseNotify: asText,
  rights: asList,
  mounts: asList,
  quotaBytes: asNumber,
  quotaFiles: asNumber,
  rateUp: asNumber,
  rateDown: asNumber,
  maxSessions: asNumber,
  idleTimeout: asNumber,
};

/** `read-only`, `Read_Only` and `readonly` are `readOnly`. */
function columnOf(header: string): string | undefined {
  const plain = (text: string): string => text.toLowerCase().replace(/[-_ ]/g, '');
  return Object.keys(columns).find((name) => plain(name) === plain(header));
}

function contentOf(names: readonly string[], cells: readonly string[]): Promise<LineContent> | LineContent {
  if (cells.length !== names.length) {
    return problemLine(`This row has ${cells.length} cells, and the header names ${names.length} columns.`);
  }
  const entries = names.map((name, index) => [name, cells[index] ?? ''] as const).filter(([, cell]) => cell !== '');
  return userOfObject(Object.fromEntries(entries.map(([name, cell]) => [name, columns[name]?.(cell)])));
}

export async function readCsv(text: string): Promise<readonly SourceLine[]> {
  const rows = parseCsv(text);
  if (typeof rows === 'number') {
    return [{ line: rows, content: problemLine('A quote is not closed, or stands inside a cell without quotes.') }];
  }
  const [header, ...body] = rows;
  const names = header?.cells.map(columnOf) ?? [];
  const unknown = header?.cells.find((_, index) => names[index] === undefined);
  if (header === undefined || unknown !== undefined) {
    const message = `The column "${unknown ?? ''}" is not known; there are ${Object.keys(columns).join(', ')}.`;
    return [{ line: header?.line ?? 1, content: problemLine(message) }];
  }
  const lines: SourceLine[] = [];
  for (const { line, cells } of body) lines.push({ line, content: await contentOf(names as string[], cells) });
  return lines;
}
