/** `twinline ls`: lists a folder, or shows one file. */

import { type Client, connect, type ListedEntry } from '../../client/index.ts';
import { ReplyError } from '../../errors/index.ts';
import { baseName } from '../../protocol/index.ts';
import { advised } from '../advice.ts';
import { passwordNote, readClientCall, sessionOptions } from '../client-options/index.ts';
import { defineSubcommand } from '../define-subcommand.ts';
import { entryJson, entryLine } from '../entry-lines.ts';
import { exitCodes } from '../exit-codes.ts';
import { withInterrupts } from '../interrupt.ts';
import type { Output } from '../output.ts';

export const ls = defineSubcommand({
  name: 'ls',
  summary: 'List a folder.',
  arguments: [
    { notation: '<url>', description: 'ftpes://host/folder/ (explicit TLS), ftps:// (implicit) or ftp:// (none)' },
  ],
  options: [{ flags: '--json', description: 'Print one JSON object a line.' }, ...sessionOptions],
  examples: [
    { line: 'twinline ls ftpes://files.example.org/in/ -u anna', says: 'kind and mode, bytes, time in UTC, name' },
    { line: 'twinline ls --json ftpes://files.example.org/ -u anna | jq .name', says: 'for programs' },
  ],
  notes: ['A time with "~" lacks its year, seconds or time zone on the server.', passwordNote],
  async run([url = ''], options, output) {
    const call = await readClientCall(url, options, output);
    const path = call.url.path.replace(/(?<=.)\/+$/, '');
    const write = options['json'] === true ? entryJson : entryLine;
    const work = withInterrupts(output, call.maxTimeMs, async (signal) => {
      await using client = await connect({ ...call.connect, signal });
      for await (const entry of entriesOf(client, path, signal)) await print(`${write(entry)}\n`, output);
    });
    await advised(call, work);
    return exitCodes.ok;
  },
});

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

async function print(line: string, output: Output): Promise<void> {
  if (output.stdout.write(line)) return;
  // Not `once` of node:events: it would take errors of the stream, such as a reader that has gone, from the whole process.
  await new Promise<void>((resolve) => output.stdout.once('drain', resolve));
}
