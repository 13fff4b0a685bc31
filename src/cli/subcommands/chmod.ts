/** `twinline chmod`: permission bits, where the server has them. */

import type { Client, Entry } from '../../client/index.ts';
import { NotSupportedError, remoteParent } from '../../client/index.ts';
import { baseName, printable } from '../../protocol/index.ts';
import { passwordNote, sessionOptions } from '../client-options/index.ts';
import { eachPath, noGlobOption } from '../client-run/index.ts';
import { defineSubcommand } from '../define-subcommand.ts';
import { jsonOption } from '../display/index.ts';
import { parseModeChange } from '../mode-change.ts';

export const chmod = defineSubcommand({
  name: 'chmod',
  summary: 'Change permission bits.',
  arguments: [
    { notation: '<mode>', description: 'octal as 644, or changes as u+w,go-rwx' },
    { notation: '<urls...>', description: 'files and folders of one server; * ? [a-z] in names, quoted' },
  ],
  options: [noGlobOption, jsonOption, ...sessionOptions],
  examples: [
    { line: 'twinline chmod 640 ftpes://files.example.org/in/report.pdf -u anna', says: 'rw-r-----' },
    { line: "twinline chmod go-w 'ftpes://files.example.org/in/*' -u anna", says: 'takes a right from what is there' },
  ],
  notes: [
    'It is SITE CHMOD, which servers on Unix know. Changes need a server that tells the mode that is there. A mode that begins ' +
      'with a minus is written behind "--": twinline chmod -u anna -- -w URL.',
    passwordNote,
  ],
  run: ([modeText = '', ...urls], options, output) => {
    const change = parseModeChange(modeText);
    return eachPath(urls, options, output, async (client, path, { report, signal }) => {
      const present = change.needsPresent ? await entryOf(client, path, signal) : undefined;
      const mode = change.apply(present?.mode ?? 0, present?.type === 'directory');
      await client.changeMode(path, mode, { signal });
      report.action({ action: 'set-mode', side: 'remote', path, mode });
    });
  },
});

/** The entry with its mode: as MLST tells it, where it must be asked to (RFC 3659 section 7.8), or a listing of the folder. */
async function entryOf(client: Client, path: string, signal: AbortSignal): Promise<Entry> {
  const facts = (await client.features({ signal })).value('MLST') ?? '';
  if (/(?:^|;)unix\.mode(?:;|$)/i.test(facts)) await client.raw('OPTS MLST type;size;modify;unix.mode;', { signal });
  const entry = await client.stat(path, { signal });
  if (entry.mode !== undefined) return entry;
  for await (const listed of client.list(remoteParent(path), { signal })) {
    if (listed.name === baseName(path) && listed.mode !== undefined) return listed;
  }
  const message = `The server does not tell the mode of "${printable(path)}", so it cannot be changed in part; give an octal one such as 644.`;
  throw new NotSupportedError(message, { needs: ['MLST UNIX.mode'] });
}
