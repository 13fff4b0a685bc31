/** `twinline quote`: raw commands and the replies to them. */

import { LocalProtocolError } from '../../client/index.ts';
import { printable } from '../../protocol/index.ts';
import { passwordNote, readClientCall, sessionOptions } from '../client-options/index.ts';
import { runClient, withoutSlash } from '../client-run/index.ts';
import { defineSubcommand } from '../define-subcommand.ts';
import { errorsOnly, jsonOption } from '../display/index.ts';
import { exitCodes } from '../exit-codes.ts';
import { print } from '../listing/index.ts';
import { UsageError } from '../usage-error.ts';

export const quote = defineSubcommand({
  name: 'quote',
  summary: 'Send raw commands and print the replies.',
  arguments: [
    { notation: '<url>', description: 'the server, or a folder of it to be in' },
    { notation: '<commands...>', description: 'each as one word, in quotes where it holds blanks' },
  ],
  options: [jsonOption, ...sessionOptions],
  examples: [
    { line: "twinline quote ftpes://files.example.org/ 'SITE HELP' FEAT -u anna", says: 'two commands on one session' },
  ],
  notes: [
    'A reply from 400 on ends it with exit code 66. Commands that move data, log in or change protection are refused here, because ' +
      'the session itself must know of them: get, put, ls and -u are for these.',
    passwordNote,
  ],
  async run([url = '', ...commands], options, output) {
    const call = await readClientCall(url, options, output);
    const ending = commands.find((command) => /^(?:quit|rein)\b/i.test(command));
    if (ending !== undefined)
      throw new UsageError(`"${ending}" ends the session, which happens by itself; leave it out.`);
    let isRefused = false;
    const exitCode = await runClient(call, errorsOnly(options, output), output, async (client, { report, signal }) => {
      const folder = withoutSlash(call.url.path);
      if (folder !== '') await client.changeDirectory(folder, { signal });
      for (const command of commands) {
        const { code, lines, rawLines } = await client.raw(command, { signal }).catch((error: unknown) => {
          throw error instanceof LocalProtocolError ? new UsageError(error.message) : error;
        });
        if (options['json'] === true) report.value({ command, replyCode: code, lines: [...lines] });
        else await print(`${rawLines.map(printable).join('\n')}\n`, output);
        isRefused = code >= 400;
        if (isRefused) return;
      }
    });
    return isRefused ? exitCodes.refused : exitCode;
  },
});
