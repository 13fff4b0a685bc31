/** `twinline completion`: prints what a shell needs to complete the command. */

import { bashCompletion } from '../completion/bash.ts';
import { type CompletedCommand, completedCommand } from '../completion/completion-model.ts';
import { fishCompletion } from '../completion/fish.ts';
import { zshCompletion } from '../completion/zsh.ts';
import { defineSubcommand } from '../define-subcommand.ts';
import { exitCodes } from '../exit-codes.ts';
import { UsageError } from '../usage-error.ts';
import { loadSubcommands } from './index.ts';

const shells: Readonly<Record<string, (commands: readonly CompletedCommand[]) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

export const completion = defineSubcommand({
  name: 'completion',
  summary: 'Print the completion script of a shell.',
  arguments: [{ notation: '<shell>', description: 'bash, zsh or fish', choices: Object.keys(shells) }],
  options: [],
  examples: [
    { line: 'source <(twinline completion bash)', says: 'in ~/.bashrc' },
    { line: 'source <(twinline completion zsh)', says: 'in ~/.zshrc, behind compinit' },
    { line: 'twinline completion fish > ~/.config/fish/completions/twinline.fish', says: 'once' },
  ],
  notes: ['Commands, options, their values, files, and the names of bookmarks are completed.'],
  async run([shell = ''], _options, output) {
    const render = Object.hasOwn(shells, shell) ? shells[shell] : undefined;
    if (render === undefined) throw new UsageError(`There is no completion for "${shell}": use bash, zsh or fish.`);
    const records = await loadSubcommands();
    output.stdout.write(render(records.map(completedCommand)));
    return exitCodes.ok;
  },
});
