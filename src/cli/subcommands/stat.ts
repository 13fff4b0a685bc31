/** `twinline stat`: all that the server tells of files and folders. */

import type { ListedEntry } from '../../client/index.ts';
import { printable } from '../../protocol/index.ts';
import { passwordNote, sessionOptions } from '../client-options/index.ts';
import { eachPath, noGlobOption } from '../client-run/index.ts';
import { defineSubcommand } from '../define-subcommand.ts';
import { eventLine, formatBytes, formatCount, jsonOption } from '../display/index.ts';
import { entryEvent, modeLetters } from '../entry-lines.ts';
import { print } from '../listing/index.ts';

export const stat = defineSubcommand({
  name: 'stat',
  summary: 'Show all facts of files and folders.',
  arguments: [{ notation: '<urls...>', description: 'files and folders of one server; * ? [a-z] in names, quoted' }],
  options: [noGlobOption, jsonOption, ...sessionOptions],
  examples: [
    { line: 'twinline stat ftpes://files.example.org/in/report.pdf -u anna', says: 'kind, size, times, mode, owner' },
  ],
  notes: ['What the server does not tell is left out.', passwordNote],
  run(urls, options, output) {
    let isFirst = true;
    return eachPath(urls, options, output, async (client, path, { report, signal }) => {
      const entry = await client.stat(path === '' ? '.' : path, { signal });
      report.countEntry();
      const shown = path === '' ? '.' : path;
      if (options['json'] === true)
        await print(eventLine(entryEvent({ ...entry, name: bareName(entry.name) }, shown)), output);
      else await print(`${isFirst ? '' : '\n'}${factLines(entry, shown).join('\n')}\n`, output);
      isFirst = false;
    });
  },
});

/** Some servers give the whole path in its place. */
function bareName(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1) || name;
}

function factLines(entry: ListedEntry, path: string): string[] {
  const { size, modifiedMs, createdMs, mode } = entry;
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['Path', path],
    ['Kind', entry.type],
    ['Size', size === undefined ? undefined : `${formatCount(size, 'byte')} (${formatBytes(size)})`],
    ['Modified', timeText(modifiedMs)],
    ['Created', timeText(createdMs)],
    ['Mode', mode === undefined ? undefined : `${mode.toString(8).padStart(4, '0')} (${modeLetters(mode)})`],
    ['Owner', entry.owner],
    ['Group', entry.group],
    ['Leads to', entry.linkTarget],
    ['Unique', entry.unique],
    ['Rights', entry.perm],
  ];
  return facts.flatMap(([name, value]) =>
    value === undefined ? [] : [`${`${name}:`.padEnd(10)} ${printable(value)}`],
  );
}

function timeText(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
