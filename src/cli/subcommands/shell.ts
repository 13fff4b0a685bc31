/** `twinline shell`: many commands on one login, typed or from a script. */

import { createInterface } from 'node:readline';
import { advised } from '../advice.ts';
import { passwordNote, readClientCall, sessionOptions } from '../client-options/index.ts';
import { defineSubcommand } from '../define-subcommand.ts';
import { runScript, runTerminal } from '../shell/run-shell.ts';
import { ShellState } from '../shell/shell-state.ts';

export const shell = defineSubcommand({
  name: 'shell',
  summary: 'Work on a server, command by command.',
  arguments: [
    { notation: '<url>', description: 'ftpes://host/folder/ (explicit TLS), ftps:// (implicit) or ftp:// (none)' },
  ],
  options: [
    { flags: '-c, --command <commands>', description: 'Run these, parted by ";", and leave', repeatable: true },
    { flags: '-e, --stop-on-error', description: 'Leave at the first command that fails.' },
    ...sessionOptions,
  ],
  examples: [
    { line: 'twinline shell ftpes://files.example.org/ -u anna', says: '"help" lists the commands, Tab completes' },
    { line: "twinline shell ftpes://files.example.org/in/ -u anna -e -c 'get *.csv; rm *.csv'", says: 'as a script' },
    { line: 'twinline shell ftpes://files.example.org/ -u anna < script.txt', says: 'a command in each line' },
  ],
  notes: [
    'The commands are those of twinline (get, put, ls, mirror, …) with paths of the server in place of URLs, and cd, pwd, lcd, ' +
      'lpwd, "!" for commands of this machine, and exit. mirror fetches a folder, mirror -R sends one. A session that is lost is ' +
      'opened again. Ctrl-C aborts the command that runs. The exit code of a script is that of the last command that failed.',
    'Lines that were typed are kept in $XDG_STATE_HOME/twinline/history (~/.local/state), for their owner alone.',
    passwordNote,
  ],
  async run([url = ''], options, output) {
    const call = await readClientCall(url, options, output);
    await using state = new ShellState(call, output);
    await advised(call, state.begin());
    const stopsAtFailure = options['stopOnError'] === true;
    const given = options['command'];
    if (Array.isArray(given)) return await runScript(state, given as readonly string[], { stopsAtFailure });
    if (process.stdin.isTTY && output.interactive) return await runTerminal(state, process.stdin);
    const lines = createInterface({ input: process.stdin, crlfDelay: Infinity });
    return await runScript(state, lines, { stopsAtFailure });
  },
});
