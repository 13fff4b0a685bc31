/** `twinline rm`: removes files, and folders with all that is in them. */

import type { Client } from '../../client/index.ts';
import { printable, resolvePath } from '../../protocol/index.ts';
import { withHint } from '../advice.ts';
import { passwordNote, sessionOptions } from '../client-options/index.ts';
import { type ClientRun, eachPath, noGlobOption } from '../client-run/index.ts';
import { confirm } from '../confirm.ts';
import { defineSubcommand } from '../define-subcommand.ts';
import { jsonOption } from '../display/index.ts';
import { UsageError } from '../usage-error.ts';

export const rm = defineSubcommand({
  name: 'rm',
  summary: 'Remove files and folders.',
  arguments: [{ notation: '<urls...>', description: 'files and folders of one server; * ? [a-z] in names, quoted' }],
  options: [
    { flags: '-r, --recursive', description: 'Folders with all that is in them, never what a link leads to.' },
    { flags: '-f, --force', description: 'Ask nothing, and be content where nothing is there.' },
    { flags: '-y, --yes', description: 'Ask nothing.' },
    noGlobOption,
    jsonOption,
    ...sessionOptions,
  ],
  examples: [
    { line: 'twinline rm ftpes://files.example.org/in/old.pdf -u anna', says: 'one file' },
    { line: "twinline rm 'ftpes://files.example.org/tmp/*.log' -u anna", says: 'all that match' },
    { line: 'twinline rm -r ftpes://files.example.org/tmp -u anna', says: 'asks first, on a terminal' },
  ],
  notes: ['The root and the folder of the login are never removed.', passwordNote],
  run: (urls, options, output) =>
    eachPath(urls, options, output, async (client, path, run) => {
      requireBelow(client, path);
      const isForced = options['force'] === true;
      if (isForced && !(await client.exists(path, { signal: run.signal }))) return;
      if (options['recursive'] !== true) {
        await client.remove(path, { signal: run.signal }).catch((error: unknown) => {
          throw withHint(error, ['DELE'], 'If it is a folder, add -r.');
        });
        run.report.action({ action: 'remove-file', side: 'remote', path });
        return;
      }
      const question = `Remove "${printable(path)}" on ${printable(run.call.connect.host)} with all that is in it?`;
      const isAsked = !isForced && options['yes'] !== true;
      if (isAsked && !(await confirm(question, output))) {
        run.report.action({ action: 'skip', side: 'remote', path, why: 'the answer was no' });
        return;
      }
      await removeTree(client, path, run);
    }),
});

/** Neither the root nor the folder of the login, however they are written. */
function requireBelow(client: Client, path: string): void {
  const home = client.loginDirectory ?? '/';
  const whole = resolvePath(home, path);
  if (whole !== '/' && whole !== resolvePath('/', home)) return;
  const what = whole === '/' ? 'the root' : 'the folder of the login';
  throw new UsageError(
    `"${printable(whole)}" is ${what}, which is never removed; name what is in it, for example with /*.`,
  );
}

async function removeTree(client: Client, path: string, { report, signal }: ClientRun): Promise<void> {
  await client.removeTree(path, {
    signal,
    onEntry: ({ path: gone, type }) =>
      report.action({ action: type === 'directory' ? 'remove-folder' : 'remove-file', side: 'remote', path: gone }),
    onRefused: (error) => report.error(error),
  });
}
