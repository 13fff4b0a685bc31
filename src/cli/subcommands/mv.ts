/** `twinline mv`: renames a file or folder, or moves it into another folder. */

import { type Client, joinRemote } from '../../client/index.ts';
import { baseName } from '../../protocol/index.ts';
import { passwordNote, sessionOptions } from '../client-options/index.ts';
import { readCalls, runClient, withoutSlash } from '../client-run/index.ts';
import { defineSubcommand } from '../define-subcommand.ts';
import { errorsOnly, jsonOption } from '../display/index.ts';
import { UsageError } from '../usage-error.ts';

export const mv = defineSubcommand({
  name: 'mv',
  summary: 'Rename or move files and folders.',
  arguments: [
    {
      notation: '<urls...>',
      description:
        'what to move, and behind it the new name; or a folder, with a slash at its end or there already; all of one server',
    },
  ],
  options: [jsonOption, ...sessionOptions],
  examples: [
    {
      line: 'twinline mv ftpes://files.example.org/a.csv ftpes://files.example.org/b.csv -u anna',
      says: 'another name',
    },
    {
      line: 'twinline mv ftpes://files.example.org/a.csv ftpes://files.example.org/done/ -u anna',
      says: 'into a folder',
    },
  ],
  notes: ['Whether a file that has the new name already is replaced is up to the server.', passwordNote],
  async run(urls, options, output) {
    if (urls.length < 2) throw new UsageError('mv needs what to move and the new name: twinline mv URL URL.');
    const { call, paths } = await readCalls(urls, options, output);
    const sources = paths.slice(0, -1).map(withoutSlash);
    const target = paths.at(-1) ?? '';
    if (sources.includes('')) throw new UsageError('The folder of the login cannot be moved; name what is in it.');
    return runClient(call, errorsOnly(options, output), output, async (client, { report, signal }) => {
      const isInto =
        sources.length > 1 || target === '' || target.endsWith('/') || (await isFolder(client, target, signal));
      for (const from of sources) {
        const to = isInto ? joinRemote(withoutSlash(target), baseName(from)) : target;
        try {
          await client.rename(from, to, { signal });
          report.action({ action: 'rename', side: 'remote', path: from, to });
        } catch (error) {
          report.error(error, from);
          if (!client.isConnected) return;
        }
      }
    });
  },
});

async function isFolder(client: Client, path: string, signal: AbortSignal): Promise<boolean> {
  const entry = await client.stat(path, { signal }).catch(() => undefined);
  return entry?.type === 'directory';
}
