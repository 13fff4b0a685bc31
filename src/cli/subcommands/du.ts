/** `twinline du`: the bytes of folders. */

import { remoteParent } from '../../client/index.ts';
import { printable } from '../../protocol/index.ts';
import { passwordNote, readClientCall, sessionOptions, text } from '../client-options/index.ts';
import { runClient, withoutSlash } from '../client-run/index.ts';
import { defineSubcommand } from '../define-subcommand.ts';
import { errorsOnly, formatBytes, jsonOption } from '../display/index.ts';
import { EntryCounter, print, visitTree } from '../listing/index.ts';
import { readLevels } from './tree.ts';

interface Sum {
  bytes: number;
  files: number;
  folders: number;
}

export const du = defineSubcommand({
  name: 'du',
  summary: 'Add up the bytes of folders.',
  arguments: [{ notation: '<url>', description: 'ftpes://host/folder/, ftps:// or ftp://' }],
  options: [
    { flags: '-h, --human', description: 'Sizes as 1.3 MB, in powers of 1000.' },
    {
      flags: '-d, --max-depth <levels>',
      description: 'Print the folders of this many levels; 0 is the sum alone.',
      defaultText: 'all',
    },
    jsonOption,
    ...sessionOptions,
  ],
  examples: [
    { line: 'twinline du -h -d 1 ftpes://files.example.org/ -u anna', says: 'the folders at the top, and the sum' },
  ],
  notes: [
    'Bytes are those of the listings; what a server does not tell counts as 0. A folder that cannot be listed is named, and ' +
      'the exit code says that the sum lacks it.',
    passwordNote,
  ],
  async run([url = ''], options, output) {
    const depth = readLevels(text(options, 'maxDepth'), '--max-depth', 0) ?? Number.POSITIVE_INFINITY;
    const call = await readClientCall(url, options, output);
    const top = withoutSlash(call.url.path);
    return runClient(call, errorsOnly(options, output), output, async (client, run) => {
      const sums = new Map<string, Sum>([[top, { bytes: 0, files: 0, folders: 0 }]]);
      const counter = new EntryCounter(output);
      const tell = async (path: string, level: number): Promise<void> => {
        const sum = sums.get(path) ?? { bytes: 0, files: 0, folders: 0 };
        sums.delete(path);
        const parent = sums.get(level === 0 ? '' : (remoteParent(path) ?? ''));
        if (level > 0 && parent !== undefined) {
          parent.bytes += sum.bytes;
          parent.files += sum.files;
          parent.folders += sum.folders + 1;
        }
        if (level > depth) return;
        counter.clear();
        if (options['json'] === true) run.report.value({ path: path === '' ? '.' : path, ...sum });
        else
          await print(
            `${options['human'] === true ? formatBytes(sum.bytes) : sum.bytes}\t${printable(path === '' ? '.' : path)}\n`,
            output,
          );
      };
      const isListed = await visitTree(
        client,
        top,
        run,
        {
          onListed: (entries) => counter.add(entries),
          // Files are added up as they come, so that memory holds folders only.
          filter: (entry, folder) => {
            const sum = sums.get(folder);
            if (entry.type === 'directory' || sum === undefined) return true;
            sum.bytes += entry.size ?? 0;
            sum.files += 1;
            return false;
          },
        },
        {
          entry: ({ path }) => void sums.set(path, { bytes: 0, files: 0, folders: 0 }),
          left: (path, level) => tell(path, level),
        },
      );
      counter.clear();
      if (isListed) await tell(top, 0);
    });
  },
});
