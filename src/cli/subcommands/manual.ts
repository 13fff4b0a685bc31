/** `twinline manual`: prints a manual page. */

import { suggestion } from '../nearest.ts';
import { defineSubcommand } from '../define-subcommand.ts';
import { exitCodes } from '../exit-codes.ts';
import { mainManualPage, manualPage } from '../manual/manual-page.ts';
import { packageVersion } from '../package-version.ts';
import { UsageError } from '../usage-error.ts';
import { subcommands } from './index.ts';

export const manual = defineSubcommand({
  name: 'manual',
  summary: 'Print the manual page of a command.',
  arguments: [{ notation: '[command]', description: 'the command; without it the page of twinline itself' }],
  options: [],
  examples: [
    { line: 'twinline manual get | man -l -', says: 'reads it' },
    { line: 'twinline manual get > /usr/local/share/man/man1/twinline-get.1', says: 'keeps it for "man twinline-get"' },
  ],
  notes: ['The package brings the pages: behind "npm install -g twinline", "man twinline" finds them.'],
  async run([name], _options, output) {
    const version = await packageVersion();
    if (name === undefined) {
      output.stdout.write(mainManualPage(version, subcommands));
      return exitCodes.ok;
    }
    const entry = subcommands.find((known) => known.name === name);
    if (entry === undefined) {
      const names = subcommands.map((known) => known.name);
      throw new UsageError(`There is no command "${name}"${suggestion(name, names) || '.'}`);
    }
    output.stdout.write(manualPage(version, await entry.load()));
    return exitCodes.ok;
  },
});
