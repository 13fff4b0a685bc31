/** Reads a file of users in any of the formats: what can be taken, what is left out, and what is wrong, by line. */

import { hashPassword } from '../hashes/index.ts';
import { isVirtualPath } from '../account/rights.ts';
import type { ImportedUser, ImportProblem } from '../sqlite/import-users.ts';
import { Secret } from '../user-store.ts';
import { contentLines, readColonFile } from './colon-files.ts';
import { readCsv } from './csv-users.ts';
import { readJsonLines } from './json-users.ts';
import { type ImportFormat, type LineContent, problemLine, type SourceLine } from './source-line.ts';

export interface ReadUsersOptions {
  /** Name of the file, for messages. */
  readonly source: string;
  /** Found out by the first line when absent. */
  readonly format?: ImportFormat;
  /** Text of the shadow file that belongs to a passwd file. */
  readonly shadow?: string;
  readonly existing: ImportedUser['existing'];
  /** Home of every user, whatever the file says; `{name}` stands for the name. */
  readonly home?: string;
  /** Beginning that is cut off the homes of the file: the root of the server. */
  readonly stripHome?: string;
}

export interface ReadUsers {
  readonly format: ImportFormat | undefined;
  readonly users: readonly ImportedUser[];
  /** What is not taken over, without being wrong. */
  readonly notes: readonly ImportProblem[];
  readonly problems: readonly ImportProblem[];
}

/** By the first line that says something; undefined when it looks like none of them. */
export function detectFormat(text: string): ImportFormat | undefined {
  const first = contentLines(text)[0]?.text ?? '';
  if (first.trimStart().startsWith('{')) return 'json';
  if (/(?:^|,)\s*"?name"?\s*(?:,|$)/i.test(first) && first.includes(',')) return 'csv';
  const fields = first.split(':').length;
  if (fields === 2) return 'htpasswd';
  if (fields === 7) return 'passwd';
  if (fields === 9) return 'shadow';
  return fields > 9 ? 'pure-ftpd' : undefined;
}

function linesOf(format: ImportFormat, text: string, shadow: string | undefined): Promise<readonly SourceLine[]> {
  if (format === 'json') return readJsonLines(text);
  if (format === 'csv') return readCsv(text);
  return Promise.resolve(readColonFile(format, text, shadow));
}

type UserContent = Extract<LineContent, { kind: 'user' }>;

/** The user with the home that the options want, or what is wrong with it. */
function placed(user: UserContent, { home, stripHome }: ReadUsersOptions): LineContent {
  const { name, settings } = user;
  if (home !== undefined) {
    return { ...user, settings: { ...settings, home: home.replaceAll('{name}', () => name) } };
  }
  const root = stripHome?.replace(/\/+$/, '');
  if (root === undefined || settings.home === undefined) return user;
  if (settings.home !== root && !settings.home.startsWith(`${root}/`)) {
    const advice = 'name a higher folder with --strip-home, or a home for everybody with --home';
    return problemLine(`The home "${settings.home}" of "${name}" is not below ${stripHome}: ${advice}.`);
  }
  const inside = settings.home.slice(root.length);
  return { ...user, settings: { ...settings, home: isVirtualPath(inside) ? inside : '/' } };
}

/** Collects what the lines say; the same name twice is a mistake in the file. */
class Collector {
  readonly users: ImportedUser[] = [];
  readonly notes: ImportProblem[] = [];
  readonly problems: ImportProblem[] = [];
  readonly #options: ReadUsersOptions;
  readonly #lines = new Map<string, number>();

  constructor(options: ReadUsersOptions) {
    this.#options = options;
  }

  async take({ line, content }: SourceLine): Promise<void> {
    const source = `${this.#options.source}:${line}`;
    const here = content.kind === 'user' ? placed(content, this.#options) : content;
    if (here.kind === 'problem') this.problems.push({ source, message: here.message });
    else if (here.kind === 'left-out') this.notes.push({ source, message: `"${here.name}" is left out: ${here.why}.` });
    else await this.#takeUser(here, source, line);
  }

  async #takeUser({ name, secret, settings, notes }: UserContent, source: string, line: number): Promise<void> {
    const earlier = this.#lines.get(name);
    if (earlier !== undefined) {
      this.problems.push({ source, message: `"${name}" stands in line ${earlier} already: leave one of them out.` });
      return;
    }
    this.#lines.set(name, line);
    for (const note of notes) this.notes.push({ source, message: `"${name}": ${note}.` });
    const hash =
      secret === undefined || 'hash' in secret ? secret?.hash : await hashPassword(new Secret(secret.password));
    this.users.push({ name, hash, settings, existing: this.#options.existing, source });
  }
}

export async function readUsers(text: string, options: ReadUsersOptions): Promise<ReadUsers> {
  const plain = text.replace(/^\uFEFF/, '');
  const format = options.format ?? detectFormat(plain);
  if (format === undefined) {
    const message = 'This looks like no file of users that Twinline knows: name its format with --format.';
    return { format, users: [], notes: [], problems: [{ source: options.source, message }] };
  }
  const collector = new Collector(options);
  for (const line of await linesOf(format, plain, options.shadow)) await collector.take(line);
  const { users, notes, problems } = collector;
  return { format, users, notes, problems };
}
