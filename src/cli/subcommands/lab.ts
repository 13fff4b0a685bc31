/** `twinline lab`: judges servers and clients. */

import { defineSubcommand, type OptionValues } from '../define-subcommand.ts';
import { compareFiles } from '../lab/compare.ts';
import { labOptions } from '../lab/lab-options.ts';
import { listCases } from '../lab/list-cases.ts';
import { runNote } from '../lab/note/run-note.ts';
import { checkOptionsOf } from '../lab/options-of-actions.ts';
import { testClient } from '../lab/test-client.ts';
import { testServer } from '../lab/test-server.ts';
import type { Output } from '../output.ts';
import { UsageError } from '../usage-error.ts';

type Action = (words: readonly string[], options: OptionValues, output: Output) => Promise<number> | number;

const actions: Readonly<Record<string, Action>> = {
  server: ([url, ...rest], options, output) => {
    if (url === undefined) throw new UsageError('Name the server: twinline lab server ftpes://host/ -u USER.');
    if (rest.length > 0) throw new UsageError('lab server takes one URL.');
    return testServer(url, options, output);
  },
  client: testClient,
  note: runNote,
  compare: compareFiles,
  list: (_words, options, output) => listCases(options, output),
};

const names = Object.keys(actions);
const nameList = `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;

export const lab = defineSubcommand({
  name: 'lab',
  summary: 'Judge an FTPS server or client, clause by clause.',
  arguments: [
    { notation: '<action>', description: nameList, choices: names },
    {
      notation: '[words...]',
      description:
        'the URL of the server, control-loss or epsv for notes, reports to compare, or behind -- the command of the client',
    },
  ],
  options: labOptions,
  examples: [
    { line: 'twinline lab server ftpes://files.example.org -u anna', says: 'what a server does right and wrong' },
    { line: 'twinline lab client --preset curl', says: 'the same for curl' },
    {
      line: "twinline lab client -- wget -O '{local}' '{url}'",
      says: 'for any command; {host} {port} {user} {password} {remote} {local} {cacert} are filled in too',
    },
    { line: 'twinline lab note control-loss', says: 'a transfer that loses its control line, told from both ends' },
    { line: 'twinline lab note epsv --server ftpes://files.example.org -u anna', says: 'what a server makes of EPSV' },
    {
      line: 'twinline lab compare vsftpd.json proftpd.json --report html=both.html',
      says: 'reports side by side, as --report json=FILE has written them',
    },
    { line: 'twinline lab list', says: 'every case with its clause' },
  ],
  notes: [
    'Only servers that you name are talked to. Test your own, or ask their owners. Cases that flood, fill or leave ' +
      'something behind run with --intrusive only; what a run puts on the server it removes at its end.',
    'The exit code is 0 when all is well, 1 when a MUST is broken, 2 when only less than that is, 3 when the outcome differs ' +
      'from a profile, 64 for mistakes on the command line, 70 when something could not be judged, and 74 when a report ' +
      'cannot be written. What stands under these numbers below is for the other commands.',
  ],
  async run([name = '', ...words], options, output) {
    const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
    if (action === undefined) throw new UsageError(`"${name}" is no action: use ${nameList}.`);
    checkOptionsOf(name, options);
    return action(words, options, output);
  },
});
