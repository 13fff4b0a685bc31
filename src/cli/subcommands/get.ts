/** `twinline get`: downloads one file. */

import { realpath, stat } from 'node:fs/promises';
import { type Client, connect, partPathOf, type TransferResult } from '../../client/index.ts';
import { releaseChunks } from '../../net/index.ts';
import { baseName, isCleanText, printable } from '../../protocol/index.ts';
import { advised } from '../advice.ts';
import {
  type ClientCall,
  passwordNote,
  readClientCall,
  readTransferSettings,
  sessionOptions,
  text,
  transferOptions,
  type TransferSettings,
} from '../client-options/index.ts';
import { defineSubcommand, type OptionValues } from '../define-subcommand.ts';
import { exitCodes } from '../exit-codes.ts';
import { commandToGoOn } from '../go-on.ts';
import { withInterrupts } from '../interrupt.ts';
import type { Output } from '../output.ts';
import { ProgressDisplay } from '../progress.ts';
import { UsageError } from '../usage-error.ts';

export const get = defineSubcommand({
  name: 'get',
  summary: 'Download a file.',
  arguments: [
    { notation: '<url>', description: 'ftpes://host/file (explicit TLS), ftps:// (implicit) or ftp:// (none)' },
  ],
  options: [
    {
      flags: '-o, --output <file>',
      description: 'Write to this file; "-" is standard output.',
      defaultText: 'the last name of the URL',
    },
    ...transferOptions,
    ...sessionOptions,
  ],
  examples: [
    { line: 'twinline get ftpes://files.example.org/report.pdf -u anna', says: 'to report.pdf in this folder' },
    { line: 'twinline get ftpes://files.example.org/disk.iso -u anna --resume', says: 'goes on with disk.iso.part' },
    { line: 'twinline get ftp://localhost:2121/notes.txt -o -', says: 'without TLS, to standard output' },
  ],
  notes: [
    'What arrives goes to FILE.part and gets its name when it is whole, so a name without .part is always a whole file; ' +
      'a file that has the name already is replaced then. Where FILE.part would be too long a name, a hidden .part takes its place.',
    passwordNote,
  ],
  async run([url = ''], options, output) {
    const settings = readTransferSettings(options);
    const call = await readClientCall(url, options, output);
    const target = localTarget(call, text(options, 'output'));
    const display = new ProgressDisplay(
      target === '-' ? call.url.path : target,
      !call.verbose && target !== '-',
      output,
    );
    try {
      const download = async (signal: AbortSignal): Promise<TransferResult> => {
        await using client = await connect({ ...call.connect, signal });
        if (target === '-') return await toStream(client, call, settings, output, signal);
        return await client.downloadFile(call.url.path, target, {
          ...settings,
          signal,
          onProgress: (progress) => display.update(progress),
          onRetry: (notice) => display.retrying(notice),
        });
      };
      const work = withInterrupts(output, call.maxTimeMs, download, () => display.close());
      const result = await advised(call, work);
      display.finish(result);
      return exitCodes.ok;
    } catch (error) {
      display.stop();
      await sayHowToGoOn(target, call, options, output);
      throw error;
    }
  },
});

function localTarget(call: ClientCall, given: string | undefined): string {
  const { path } = call.url;
  if (given === '') throw new UsageError('--output is empty: leave it out, or name a file; "-" is standard output.');
  if (path === '' || path.endsWith('/')) {
    throw new UsageError(
      `The URL "${call.urlText}" names a ${call.urlText.includes('/') ? 'folder' : 'server and no file'}; write the file behind it, or list it: twinline ls URL.`,
    );
  }
  if (given !== undefined) return given;
  const name = baseName(path);
  if (name !== '.' && name !== '..' && isCleanText(name)) return name;
  throw new UsageError(`The URL "${call.urlText}" gives no name for the local file; write --output FILE.`);
}

function toStream(
  client: Client,
  call: ClientCall,
  { rateLimit }: TransferSettings,
  output: Output,
  signal: AbortSignal,
): Promise<TransferResult> {
  const sink = {
    write: (chunks: readonly Buffer[]) =>
      new Promise<void>((resolve, reject) => {
        const bytes = Buffer.concat(chunks);
        releaseChunks(chunks);
        output.stdout.write(bytes, (error) => {
          releaseChunks([bytes]);
          if (error) reject(error);
          else resolve();
        });
      }),
  };
  return client.download(call.url.path, sink, { signal, ...(rateLimit === undefined ? {} : { rateLimit }) });
}

async function sayHowToGoOn(target: string, call: ClientCall, options: OptionValues, output: Output): Promise<void> {
  // A link stays, and the part lies beside what it leads to.
  const partPath = partPathOf(await realpath(target).catch(() => target));
  const part = await stat(partPath).catch(() => undefined);
  if (target === '-' || part === undefined || part.size === 0) return;
  const bytes = part.size.toLocaleString('en-US');
  const command = commandToGoOn('get', ['-o', target], call, options);
  output.stderr.write(
    `${bytes} ${part.size === 1 ? 'byte is' : 'bytes are'} in ${printable(partPath)}; go on with: ${command}\n`,
  );
}
