/** `twinline tree`: a folder with all below it, drawn. */

import { printable } from '../../protocol/index.ts';
import { passwordNote, readClientCall, sessionOptions, text } from '../client-options/index.ts';
import { runClient, withoutSlash } from '../client-run/index.ts';
import { defineSubcommand } from '../define-subcommand.ts';
import { errorsOnly, eventLine, formatCount, jsonOption } from '../display/index.ts';
import { entryEvent } from '../entry-lines.ts';
import { print, visitTree } from '../listing/index.ts';
import { UsageError } from '../usage-error.ts';

export const tree = defineSubcommand({
  name: 'tree',
  summary: 'Draw a folder and all below it.',
  arguments: [{ notation: '<url>', description: 'ftpes://host/folder/, ftps:// or ftp://' }],
  options: [
    { flags: '-L, --depth <levels>', description: 'Go down this many levels.', defaultText: 'all' },
    { flags: '-a, --all', description: 'Names with a dot in front, too. --json shows them always.' },
    { flags: '-d, --folders', description: 'Folders only.' },
    jsonOption,
    ...sessionOptions,
  ],
  examples: [{ line: 'twinline tree -L 2 ftpes://files.example.org/in/ -u anna', says: 'two levels of in' }],
  notes: [
    'Links are shown and not followed. A folder that cannot be listed is named, and the exit code says so.',
    passwordNote,
  ],
  async run([url = ''], options, output) {
    const depth = readLevels(text(options, 'depth'), '--depth');
    const call = await readClientCall(url, options, output);
    const top = withoutSlash(call.url.path);
    const isJson = options['json'] === true;
    const showsAll = options['all'] === true || isJson;
    const sums = { directory: 0, file: 0 };
    /** Of the folders on the way down: whether more follows below them. */
    const goesOn: boolean[] = [];
    return runClient(call, errorsOnly(options, output), output, async (client, run) => {
      if (!isJson) await print(`${printable(top === '' ? '.' : top)}\n`, output);
      const isListed = await visitTree(
        client,
        top,
        run,
        {
          ...(depth === undefined ? {} : { depth }),
          filter: ({ name, type }) =>
            (showsAll || !name.startsWith('.')) && (options['folders'] !== true || type === 'directory'),
        },
        {
          entry: ({ entry, path }, level, isLast) => {
            sums[entry.type === 'directory' ? 'directory' : 'file'] += 1;
            if (isJson) return print(eventLine(entryEvent(entry, path)), output);
            goesOn[level] = !isLast;
            const lines = goesOn.slice(1, level).map((more) => (more ? '│   ' : '    '));
            const link = entry.linkTarget === undefined ? '' : ` -> ${printable(entry.linkTarget)}`;
            const mark = entry.type === 'directory' ? '/' : '';
            return print(
              `${lines.join('')}${isLast ? '└── ' : '├── '}${printable(entry.name)}${mark}${link}\n`,
              output,
            );
          },
        },
      );
      if (!isJson && isListed)
        await print(`\n${formatCount(sums.directory, 'folder')}, ${formatCount(sums.file, 'file')}\n`, output);
    });
  },
});

/** A number of levels; undefined for all. */
export function readLevels(given: string | undefined, flag: string, least = 1): number | undefined {
  if (given === undefined) return undefined;
  const levels = /^\d{1,3}$/.test(given) ? Number(given) : -1;
  if (levels >= least) return levels;
  throw new UsageError(`${flag} takes a number of levels from ${least} on, not "${given}".`);
}
