/** `twinline put`: uploads one file. */

import { basename } from 'node:path';
import { type Client, connect, type TransferResult } from '../../client/index.ts';
import {
  passwordNote,
  readClientCall,
  readTransferSettings,
  sessionOptions,
  text,
  transferOptions,
  type TransferSettings,
} from '../client-options.ts';
import { defineSubcommand } from '../define-subcommand.ts';
import { exitCodes } from '../exit-codes.ts';
import { withInterrupts } from '../interrupt.ts';
import { ProgressDisplay } from '../progress.ts';
import { UsageError } from '../usage-error.ts';

export const put = defineSubcommand({
  name: 'put',
  summary: 'Upload a file.',
  arguments: [
    { notation: '<file>', description: 'the file; "-" is standard input; left out behind -T' },
    { notation: '[url]', description: 'ftpes://host/file (explicit TLS), ftps:// (implicit) or ftp:// (none)' },
  ],
  options: [
    { flags: '-T, --upload-file <file>', description: 'The file to upload.' },
    ...transferOptions,
    ...sessionOptions,
  ],
  examples: [
    {
      line: 'twinline put report.pdf ftpes://files.example.org/in/ -u anna',
      says: 'as in/report.pdf: behind a slash the name is kept',
    },
    {
      line: 'twinline put -T disk.iso ftpes://files.example.org/disk.iso -u anna --resume',
      says: 'goes on behind what is there',
    },
    { line: 'tar c . | twinline put - ftpes://files.example.org/all.tar -u anna', says: 'from standard input' },
  ],
  notes: [passwordNote],
  async run(words, options, output) {
    const settings = readTransferSettings(options);
    const [file, urlText] = fileAndUrl(words, text(options, 'uploadFile'));
    const call = await readClientCall(urlText, options, output);
    const path = remotePath(call.url.path, file, call.urlText);
    const display = new ProgressDisplay(file === '-' ? path : file, !call.verbose, output);
    try {
      const result = await withInterrupts(output, call.maxTimeMs, async (signal) => {
        await using client = await connect({ ...call.connect, signal });
        if (file === '-') return await fromStandardInput(client, path, settings, display, signal);
        return await client.uploadFile(file, path, {
          ...settings,
          signal,
          onProgress: (progress) => display.update(progress),
          onRetry: (notice) => display.retrying(notice),
        });
      });
      display.finish(result);
      return exitCodes.ok;
    } finally {
      display.stop();
    }
  },
});

function fileAndUrl(words: readonly string[], given: string | undefined): readonly [file: string, url: string] {
  const all = given === undefined ? words : [given, ...words];
  const [file, url] = all;
  if (file === undefined || url === undefined || all.length > 2 || file === '') {
    throw new UsageError('put needs one file and one URL: twinline put FILE URL, or twinline put -T FILE URL.');
  }
  return [file, url];
}

/** A URL that ends in a slash, or has no path at all, keeps the local name. */
function remotePath(path: string, file: string, urlText: string): string {
  if (path !== '' && !path.endsWith('/')) return path;
  if (file === '-')
    throw new UsageError(`The URL "${urlText}" ends in a folder; standard input needs a name behind it.`);
  return path + basename(file);
}

function fromStandardInput(
  client: Client,
  path: string,
  { rateLimit }: TransferSettings,
  display: ProgressDisplay,
  signal: AbortSignal,
): Promise<TransferResult> {
  return client.upload(path, process.stdin, {
    signal,
    onProgress: (progress) => display.update(progress),
    ...(rateLimit === undefined ? {} : { rateLimit }),
  });
}
