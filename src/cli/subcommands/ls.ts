/** `twinline ls`: lists a folder, or shows one file. */

import type { Client, ListedEntry } from '../../client/index.ts';
import { ReplyError } from '../../errors/index.ts';
import { baseName, hasGlob, printable } from '../../protocol/index.ts';
import { passwordNote, readClientCall, sessionOptions, text } from '../client-options/index.ts';
import { type ClientRun, expandGlob, noGlobOption, runClient, withoutSlash } from '../client-run/index.ts';
import { defineSubcommand, type OptionValues } from '../define-subcommand.ts';
import { errorsOnly, eventLine, jsonOption } from '../display/index.ts';
import { entryEvent, entryLine } from '../entry-lines.ts';
import { EntryCounter, print, visitTree } from '../listing/index.ts';
import { UsageError } from '../usage-error.ts';

export const ls = defineSubcommand({
  name: 'ls',
  summary: 'List a folder.',
  arguments: [
    {
      notation: '<url>',
      description:
        'ftpes://host/folder/ (explicit TLS), ftps:// (implicit) or ftp:// (none); * ? [a-z] in names, quoted',
    },
  ],
  options: [
    { flags: '-l, --long', description: 'Kind and mode, bytes, time in UTC, name.', defaultText: 'so' },
    { flags: '-1, --names', description: 'Names alone, one a line.' },
    {
      flags: '-0, --null',
      description: 'Names alone, as the server writes them, with a NUL behind each: for programs.',
    },
    { flags: '-a, --all', description: 'Names with a dot in front, too. --json and -0 show them always.' },
    { flags: '-R, --recursive', description: 'All folders below, with the path of each entry.' },
    {
      flags: '--sort <name|size|time|none>',
      description: 'Smallest name, largest file or newest first; the whole listing is waited for then.',
      defaultText: 'none, the order of the server; name with -R',
    },
    { flags: '-r, --reverse', description: 'The other way round.' },
    noGlobOption,
    jsonOption,
    ...sessionOptions,
  ],
  examples: [
    { line: 'twinline ls ftpes://files.example.org/in/ -u anna', says: 'kind and mode, bytes, time in UTC, name' },
    { line: 'twinline ls --sort time ftpes://files.example.org/in/ -u anna', says: 'the newest first' },
    {
      line: 'twinline ls --json ftpes://files.example.org/ -u anna | jq -r \'select(.kind == "entry").name\'',
      says: 'for programs',
    },
  ],
  notes: [
    'A time with "~" lacks its year, seconds or time zone on the server. Control characters in names are shown as \\xNN.',
    'A listing that was cut ends with an error and its exit code; the lines before it are then not all.',
    passwordNote,
  ],
  async run([url = ''], options, output) {
    const order = readOrder(options);
    const call = await readClientCall(url, options, output);
    const path = withoutSlash(call.url.path);
    return runClient(call, errorsOnly(options, output), output, async (client, run) => {
      const write = writerOf(options, run);
      if (options['recursive'] === true) {
        const filter = filterOf(options);
        await visitTree(
          client,
          path,
          run,
          { filter },
          {
            entry: ({ entry, path: place }) => write(entry, belowTop(path, place)),
          },
        );
      } else {
        await listOne(client, path, run, { options, order, write });
      }
    });
  },
});

type Order = (a: ListedEntry, b: ListedEntry) => number;
type Write = (entry: ListedEntry, place?: string) => Promise<void>;

const orders: Readonly<Record<string, Order | undefined>> = {
  name: (a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0),
  size: (a, b) => (b.size ?? 0) - (a.size ?? 0),
  time: (a, b) => (b.modifiedMs ?? 0) - (a.modifiedMs ?? 0),
  none: () => 0,
};

/** Undefined for the order of the server. */
function readOrder(options: OptionValues): Order | undefined {
  const name = text(options, 'sort') ?? 'none';
  const order = orders[name];
  if (order === undefined) throw new UsageError(`--sort takes name, size, time or none, not "${name}".`);
  const isReverse = options['reverse'] === true;
  if (options['recursive'] === true && (name !== 'none' || isReverse)) {
    throw new UsageError('-R goes by name; leave --sort and -r out.');
  }
  if (isReverse && name === 'none') throw new UsageError('-r turns a sorted listing round: write --sort name as well.');
  if (name === 'none') return undefined;
  return isReverse ? (a, b) => order(b, a) : order;
}

function filterOf(options: OptionValues): (entry: ListedEntry) => boolean {
  const showsAll = options['all'] === true || options['json'] === true || options['null'] === true;
  return ({ name, raw }) => showsAll || raw !== undefined || !name.startsWith('.');
}

function writerOf(options: OptionValues, { output }: ClientRun): Write {
  if (options['json'] === true) return (entry, place) => print(eventLine(entryEvent(entry, place)), output);
  if (options['null'] === true) return (entry, place) => print(`${place ?? entry.name}\0`, output);
  if (options['names'] === true) return (entry, place) => print(`${printable(place ?? entry.name)}\n`, output);
  return (entry, place) => print(`${entryLine(place === undefined ? entry : { ...entry, name: place })}\n`, output);
}

function belowTop(top: string, path: string): string {
  return top === '' ? path : path.slice(top.length).replace(/^\//, '');
}

async function listOne(
  client: Client,
  path: string,
  { report, signal, output }: ClientRun,
  {
    options,
    order,
    write,
  }: { readonly options: OptionValues; readonly order: Order | undefined; readonly write: Write },
): Promise<void> {
  const isShown = filterOf(options);
  const isPattern = options['glob'] !== false && hasGlob(path);
  const entries = isPattern ? matching(client, path, signal) : entriesOf(client, path, signal);
  const kept: ListedEntry[] = [];
  const counter = new EntryCounter(output);
  try {
    for await (const entry of entries) {
      if (!isPattern && !isShown(entry)) continue;
      report.countEntry();
      if (order === undefined) await write(entry);
      else {
        kept.push(entry);
        counter.add(1);
      }
    }
  } finally {
    counter.clear();
  }
  for (const entry of order === undefined ? [] : kept.sort(order)) await write(entry);
}

/** What a pattern meets, each under its path. */
async function* matching(client: Client, pattern: string, signal: AbortSignal): AsyncGenerator<ListedEntry> {
  for (const { path, entry } of await expandGlob(client, pattern, signal)) {
    const facts = entry ?? (await client.stat(path, { signal }));
    yield { ...facts, name: path };
  }
}

/** The entries of the folder; where the server takes no folder of that name, the one entry of the file. */
async function* entriesOf(client: Client, path: string, signal: AbortSignal): AsyncGenerator<ListedEntry> {
  try {
    yield* client.list(path === '' ? undefined : path, { signal });
  } catch (error) {
    const mayBeFile =
      error instanceof ReplyError && (error.replyCode === 501 || error.replyCode === 550) && path !== '';
    const entry = mayBeFile ? await client.stat(path, { signal }).catch(() => undefined) : undefined;
    if (entry === undefined || entry.type === 'directory') throw error;
    yield { ...entry, name: baseName(path) };
  }
}
