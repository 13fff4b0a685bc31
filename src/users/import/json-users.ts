/** Users as JSON objects, one a line, with the names of `twinline user list --json` and `hash` or `password` beside them. */

import { ConfigError } from '../../errors/index.ts';
import { parseAccount } from '../account-settings.ts';
import { type ImportSettings, type LineContent, problemLine, type SourceLine } from './source-line.ts';
import { contentLines } from './colon-files.ts';

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function wrong(message: string): ConfigError {
  return new ConfigError('ERR_TWINLINE_CONFIG', message);
}

function textOf(value: unknown, key: string): string | undefined {
  if (value === undefined || value === null || typeof value === 'string') return value ?? undefined;
  throw wrong(`"${key}" must be a text.`);
}

/** `disabled`, `expires` and `allowedNetworks`, which the account of a session does not have. */
function loginSettings(value: Readonly<Record<string, unknown>>): ImportSettings {
  const { disabled, expires, allowedNetworks } = value;
  if (disabled !== undefined && typeof disabled !== 'boolean') throw wrong('"disabled" must be true or false.');
  const isList = Array.isArray(allowedNetworks) && allowedNetworks.every((network) => typeof network === 'string');
  if (allowedNetworks !== undefined && !isList) throw wrong('"allowedNetworks" must be an array of texts.');
  const date = textOf(expires, 'expires');
  const expiresMs = date === undefined ? undefined : expiryOf(date);
  return {
    ...(disabled === undefined ? {} : { disabled }),
    ...(isList ? { allowedNetworks } : {}),
    ...(expiresMs === undefined ? {} : { expiresMs }),
  };
}

/** A date counts to its end, UTC. */
function expiryOf(text: string): number {
  const time = Date.parse(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T23:59:59.999Z` : text);
  if (Number.isNaN(time)) throw wrong('"expires" must be a date such as 2027-03-31.');
  return time;
}

/** Of the account only what was said: what was not said stays as it is. */
async function accountSettings(name: string, value: Readonly<Record<string, unknown>>): Promise<ImportSettings> {
  const account = await parseAccount(name, value, `"${name}"`);
  const said = new Set(Object.keys(value).map((key) => (key === 'idleTimeout' ? 'idleTimeoutMs' : key)));
  return Object.fromEntries(Object.entries(account).filter(([key]) => key !== 'name' && said.has(key)));
}

/** The user that an object describes. */
export async function userOfObject(value: unknown): Promise<LineContent> {
  if (!isRecord(value)) return problemLine('Each line must hold one JSON object.');
  const { name, hash, password, disabled, expires, expiresMs, allowedNetworks, ...account } = value;
  if (typeof name !== 'string') return problemLine('The object needs a "name".');
  try {
    const secrets = { hash: textOf(hash, 'hash'), password: textOf(password, 'password') };
    const given = [secrets.hash, secrets.password].filter((text) => text !== undefined && text !== '');
    if (given.length > 1) throw wrong(`"${name}" has a hash and a password: leave one of them out.`);
    // `expiresMs` is what `list --json` says beside `expires`.
    const login = loginSettings({ disabled, expires, allowedNetworks });
    const until = login.expiresMs === undefined && typeof expiresMs === 'number' ? { expiresMs } : {};
    const settings = { ...(await accountSettings(name, account)), ...login, ...until };
    const secret = secrets.hash
      ? { hash: secrets.hash }
      : secrets.password
        ? { password: secrets.password }
        : undefined;
    return { kind: 'user', name, secret, settings, notes: [] };
  } catch (error) {
    if (error instanceof ConfigError) return problemLine(error.message);
    throw error;
  }
}

export async function readJsonLines(text: string): Promise<readonly SourceLine[]> {
  const lines: SourceLine[] = [];
  for (const { line, text: one } of contentLines(text)) {
    let value: unknown;
    try {
      value = JSON.parse(one);
    } catch {
      // The error of JSON.parse repeats the text, in which a password may stand.
      lines.push({ line, content: problemLine('This is not JSON: each line must hold one whole object.') });
      continue;
    }
    lines.push({ line, content: await userOfObject(value) });
  }
  return lines;
}
