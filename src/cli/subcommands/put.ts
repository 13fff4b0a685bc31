/** `twinline put`: uploads one file. */

import { basename } from 'node:path';
import { type Client, connect, type TransferResult } from '../../client/index.ts';
import { advised } from '../advice.ts';
import {
  passwordNote,
  readClientCall,
  readTransferSettings,
  sessionOptions,
  text,
  transferOptions,
  type TransferSettings,
} from '../client-options/index.ts';
import { defineSubcommand } from '../define-subcommand.ts';
import { exitCodeOf, exitCodes } from '../exit-codes.ts';
import { commandToGoOn } from '../go-on.ts';
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
    let hasBegun = false;
    try {
      const upload = async (signal: AbortSignal): Promise<TransferResult> => {
        await using client = await connect({ ...call.connect, signal });
        if (file === '-') return await fromStandardInput(client, path, settings, display, signal);
        return await client.uploadFile(file, path, {
          ...settings,
          signal,
          onProgress: (progress) => {
            hasBegun ||= progress.bytes > 0;
            display.update(progress);
          },
          onRetry: (notice) => display.retrying(notice),
        });
      };
      const work = withInterrupts(output, call.maxTimeMs, upload, () => display.close());
      const result = await advised(call, work);
      display.finish(result);
      return exitCodes.ok;
    } catch (error) {
      display.stop();
      if (hasBegun && resumableExits.has(exitCodeOf(error))) {
        const command = commandToGoOn('put', [file], call, options);
        output.stderr.write(`What the server has of ${file} need not be sent again; go on with: ${command}\n`);
      }
      throw error;
    }
  },
});

/** Exits behind which the server may have a beginning of the file. */
const resumableExits: ReadonlySet<number> = new Set([exitCodes.incomplete, exitCodes.timeout, exitCodes.interrupted]);

function fileAndUrl(words: readonly string[], given: string | undefined): readonly [file: string, url: string] {
  const all = given === undefined ? words : [given, ...words];
  const [file, url] = all;
  if (file !== undefined && /^ftp(?:s|es)?:\/\//i.test(file)) {
    throw new UsageError('The file comes first and the URL behind it: twinline put FILE URL.');
  }
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
