/** Completion for fish. */

import type { CompletedCommand, CompletedOption, Completion } from './completion-model.ts';

function quoted(text: string): string {
  return `'${text.replaceAll(/['\\]/g, String.raw`\$&`)}'`;
}

function offer(completion: Completion): string {
  switch (completion.kind) {
    case 'words':
      return `-f -a ${quoted(completion.words.join(' '))}`;
    case 'path':
      return '-F';
    case 'url':
      return "-a '(__twinline_urls)'";
    default:
      return '-f';
  }
}

function nameFlag(name: string): string {
  return name.startsWith('--') ? `-l ${quoted(name.slice(2))}` : `-s ${quoted(name.slice(1))}`;
}

function optionLine(command: string, { names, description, value }: CompletedOption): string {
  const parts = [
    `complete -c twinline -n ${quoted(`__fish_seen_subcommand_from ${command}`)}`,
    ...names.map(nameFlag),
    ...(value === undefined ? [] : ['-r', offer(value)]),
    `-d ${quoted(description)}`,
  ];
  return parts.join(' ');
}

function argumentLine(command: string, completion: Completion, index: number, isLast: boolean): string {
  const places = isLast ? `test (__twinline_position) -ge ${index}` : `test (__twinline_position) -eq ${index}`;
  const condition = `__fish_seen_subcommand_from ${command}; and ${places}`;
  return `complete -c twinline -n ${quoted(condition)} ${offer(completion)}`;
}

function commandLines(command: CompletedCommand): string[] {
  const { name, summary, options, arguments: places, repeatsLast } = command;
  return [
    `complete -c twinline -n __fish_use_subcommand -f -a ${name} -d ${quoted(summary)}`,
    ...options.map((option) => optionLine(name, option)),
    ...places.map((place, index) => argumentLine(name, place, index, repeatsLast && index === places.length - 1)),
  ];
}

/** A script for `~/.config/fish/completions/twinline.fish`. */
export function fishCompletion(commands: readonly CompletedCommand[]): string {
  return `# Completion of twinline for fish: twinline completion fish > ~/.config/fish/completions/twinline.fish

function __twinline_urls
  printf '%s\\n' ftpes:// ftps:// ftp://
  twinline bookmark list --names 2>/dev/null | string replace -r '^' '@'
end

# How many words that are no options stand between the subcommand and the cursor.
function __twinline_position
  set -l words (commandline -opc)
  count (string match -v -- '-*' $words[3..-1])
end

complete -c twinline -n __fish_use_subcommand -s h -l help -d 'Show the help.'
complete -c twinline -n __fish_use_subcommand -s V -l version -d 'Show the version.'
${commands.flatMap(commandLines).join('\n')}
`;
}
