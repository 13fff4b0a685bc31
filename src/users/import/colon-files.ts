/** Users in files of one line each with colons: htpasswd, passwd(5), shadow(5), and Pure-FTPd's pureftpd.passwd. */

import { type ImportSettings, type LineContent, problemLine, type SourceLine } from './source-line.ts';

const dayMs = 86_400_000;

/** Lines with their numbers, without comments and empty ones. */
export function contentLines(text: string): readonly { readonly line: number; readonly text: string }[] {
  return text
    .split(/\r?\n/)
    .map((one, index) => ({ line: index + 1, text: one }))
    .filter((one) => one.text.trim() !== '' && !one.text.startsWith('#'));
}

/** The user of a line, by what stands in the field of the password. */
function userOf(name: string, field: string, settings: ImportSettings, notes: readonly string[] = []): LineContent {
  const locked = /^!+/.test(field);
  const hash = field.replace(/^!+/, '');
  if (hash === '' || hash === '*' || hash === '!' || hash === '*LK*' || hash === 'NP') {
    const why = field === '' ? 'it has no password' : 'it is locked and has no password';
    return { kind: 'left-out', name, why };
  }
  return {
    kind: 'user',
    name,
    secret: { hash },
    settings: { ...settings, ...(locked ? { disabled: true } : {}) },
    notes,
  };
}

/** `/./` tells old servers where the home begins that the user sees; a slash at the end means nothing. */
function cleanHome(home: string): string {
  const plain = home.replace(/\/\.?(?=\/)/g, '').replace(/\/\.?$/, '');
  return plain === '' ? '/' : plain;
}

type LineReader = (fields: readonly string[]) => LineContent;

function needs(count: string, what: string): LineContent {
  return problemLine(
    `A line of ${what} has ${count} fields between colons; this one has not: choose another --format.`,
  );
}

const readHtpasswd: LineReader = ([name = '', ...rest]) =>
  rest.length === 0 ? needs('two', 'htpasswd') : userOf(name, rest[0] ?? '', {});

const readShadow: LineReader = (fields) => {
  const [name = '', field = '', , , , , , expires = ''] = fields;
  if (fields.length < 8) return needs('nine', 'shadow');
  const days = /^\d{1,6}$/.test(expires) ? Number(expires) : undefined;
  return userOf(name, field, days === undefined ? {} : { expiresMs: days * dayMs });
};

/** Reads passwd(5), with the passwords and days of shadow(5) where it is given. */
function passwdReader(shadow: string | undefined): LineReader {
  const shadows = new Map(
    contentLines(shadow ?? '').map(({ text }) => [text.slice(0, text.indexOf(':')), text.split(':')]),
  );
  return (fields) => {
    const [name = '', field = '', , , , home = ''] = fields;
    if (fields.length !== 7) return needs('seven', 'passwd');
    const settings = home === '' ? {} : { home: cleanHome(home) };
    if (field !== 'x') return userOf(name, field, settings);
    if (shadow === undefined) {
      return problemLine(`The password of "${name}" stands in the shadow file: name that file too, with --shadow.`);
    }
    const shadowLine = shadows.get(name);
    if (shadowLine === undefined) return { kind: 'left-out', name, why: 'it is not in the shadow file' };
    const content = readShadow(shadowLine);
    return content.kind === 'user' ? { ...content, settings: { ...settings, ...content.settings } } : content;
  };
}

/** Fields of pureftpd.passwd that have no place here, by number from 0. */
const pureFtpdExtras: readonly (readonly [number, string])[] = [
  [8, 'upload ratio'],
  [9, 'download ratio'],
  [13, 'authorised local addresses'],
  [14, 'refused local addresses'],
  [16, 'refused client addresses'],
  [17, 'hours'],
];

/** The limits that both servers have; a field is empty or zero for none. */
function pureFtpdLimits(fields: readonly string[]): ImportSettings {
  const count = (index: number): number | undefined => {
    const text = fields[index]?.trim() ?? '';
    return /^\d{1,15}$/.test(text) && Number(text) > 0 ? Number(text) : undefined;
  };
  const entries = Object.entries({
    rateUp: count(6),
    rateDown: count(7),
    maxSessions: count(10),
    quotaFiles: count(11),
    quotaBytes: count(12),
  });
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

const readPureFtpd: LineReader = (fields) => {
  const [name = '', field = '', , , , home = ''] = fields;
  if (fields.length < 6) return needs('six or more', 'pureftpd.passwd');
  const networks = (fields[15] ?? '').split(',').map((network) => network.trim());
  const dropped = pureFtpdExtras.filter(([index]) => {
    const extra = fields[index]?.trim() ?? '';
    return extra !== '' && extra !== '0';
  });
  const notes = dropped.map(([, what]) => `${what}: not taken over`);
  const allowedNetworks = networks.filter((network) => network !== '');
  return userOf(
    name,
    field,
    {
      ...(home === '' ? {} : { home: cleanHome(home) }),
      ...pureFtpdLimits(fields),
      ...(allowedNetworks.length === 0 ? {} : { allowedNetworks }),
    },
    notes,
  );
};

export type ColonFormat = 'htpasswd' | 'passwd' | 'shadow' | 'pure-ftpd';

/** Reads such a file; `shadow` is the text of the shadow file that belongs to a passwd file. */
export function readColonFile(format: ColonFormat, text: string, shadow: string | undefined): readonly SourceLine[] {
  const readers = {
    htpasswd: readHtpasswd,
    passwd: passwdReader(shadow),
    shadow: readShadow,
    'pure-ftpd': readPureFtpd,
  };
  return contentLines(text).map(({ line, text: one }) => ({ line, content: readers[format](one.split(':')) }));
}
