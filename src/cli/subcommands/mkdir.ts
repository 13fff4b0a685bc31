/** `twinline mkdir`: makes folders. */

import { withHint } from '../advice.ts';
import { passwordNote, sessionOptions } from '../client-options/index.ts';
import { eachPath } from '../client-run/index.ts';
import { defineSubcommand } from '../define-subcommand.ts';
import { jsonOption } from '../display/index.ts';
import { UsageError } from '../usage-error.ts';

export const mkdir = defineSubcommand({
  name: 'mkdir',
  summary: 'Make folders.',
  arguments: [{ notation: '<urls...>', description: 'folders of one server' }],
  options: [
    { flags: '-p, --parents', description: 'Make what is missing above, and be content with folders that are there.' },
    jsonOption,
    ...sessionOptions,
  ],
  examples: [
    { line: 'twinline mkdir -p ftpes://files.example.org/2026/11/22 -u anna', says: 'with all that is missing' },
  ],
  notes: [passwordNote],
  run: (urls, options, output) =>
    // A pattern meets what is there, and a folder to be made is not.
    eachPath(urls, { ...options, glob: false }, output, async (client, path, { report, signal }) => {
      if (path === '') throw new UsageError('The URL names a server and no folder; write the folder behind it.');
      let made: readonly string[] = [path];
      if (options['parents'] === true) made = await client.makeDirectories(path, { signal });
      else {
        await client.makeDirectory(path, { signal }).catch((error: unknown) => {
          throw path.includes('/', 1) ? withHint(error, ['MKD'], 'If the folder above it is missing, add -p.') : error;
        });
      }
      for (const folder of made) report.action({ action: 'make-folder', side: 'remote', path: folder });
    }),
});
