/** `twinline cat`: files to standard output. */

import { passwordNote, readTransferSettings, sessionOptions } from '../client-options/index.ts';
import { filesMatching, noGlobOption, readCalls, runClient, stdoutSink } from '../client-run/index.ts';
import { defineSubcommand } from '../define-subcommand.ts';
import { errorsOnly } from '../display/index.ts';

export const cat = defineSubcommand({
  name: 'cat',
  summary: 'Print files to standard output.',
  arguments: [
    { notation: '<urls...>', description: 'files of one server, one behind the other; * ? [a-z] in names, quoted' },
  ],
  options: [
    {
      flags: '--limit-rate <bytes>',
      description: 'Move no more bytes per second than this; 10K, 2M and 1G are understood.',
    },
    noGlobOption,
    ...sessionOptions,
  ],
  examples: [
    { line: 'twinline cat ftpes://files.example.org/notes.txt -u anna | less', says: 'a file as it is there' },
    { line: "twinline cat 'ftpes://files.example.org/logs/*.log' -u anna", says: 'all that match, by name' },
  ],
  notes: [
    'Bytes go out as they come. When a file turns out to be cut, an error says so and nothing behind it is printed.',
    passwordNote,
  ],
  async run(urls, options, output) {
    const { rateLimit } = readTransferSettings(options);
    const { call, paths } = await readCalls(urls, options, output);
    return runClient(call, errorsOnly({}, output), output, async (client, { report, signal }) => {
      const found =
        options['glob'] === false
          ? paths.map((path) => ({ path }))
          : await filesMatching(client, paths, report, signal);
      for (const { path } of found) {
        await client.download(path, stdoutSink(output), { signal, ...(rateLimit === undefined ? {} : { rateLimit }) });
      }
    });
  },
});
