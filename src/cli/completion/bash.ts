/** Completion for bash, without the package bash-completion. */

import { quotedWord } from '../shell-word.ts';
import type { CompletedCommand, Completion } from './completion-model.ts';

function offer(completion: Completion): string {
  switch (completion.kind) {
    case 'words':
      return `_twinline_words ${quotedWord(completion.words.join(' '))}`;
    case 'path':
      return '_twinline_paths';
    case 'url':
      return '_twinline_urls';
    default:
      return ':';
  }
}

function optionCases({ options }: CompletedCommand): string[] {
  return options.flatMap(({ names, value }) =>
    value === undefined ? [] : [`        ${names.join('|')}) ${offer(value)}; return ;;`],
  );
}

function argumentCases(command: CompletedCommand): string[] {
  const { arguments: places, repeatsLast } = command;
  return places.map((place, index) => {
    const pattern = repeatsLast && index === places.length - 1 ? '*' : String(index);
    return `        ${pattern}) ${offer(place)} ;;`;
  });
}

function commandCase(command: CompletedCommand): string {
  const valued = command.options.filter(({ value }) => value !== undefined).flatMap(({ names }) => names);
  return [
    `    ${command.name})`,
    ...section('"$previous"', optionCases(command)),
    `      if [[ $current == -* ]]; then`,
    `        _twinline_words ${quotedWord(command.options.flatMap(({ names }) => names).join(' '))}`,
    '        return',
    '      fi',
    `      _twinline_position ${quotedWord(` ${valued.join(' ')} `)}`,
    ...section('$position', argumentCases(command)),
    '      ;;',
  ].join('\n');
}

function section(subject: string, cases: readonly string[]): string[] {
  return cases.length === 0 ? [] : [`      case ${subject} in`, ...cases, '      esac'];
}

/** A script to source. */
export function bashCompletion(commands: readonly CompletedCommand[]): string {
  return `# Completion of twinline for bash: source <(twinline completion bash)

_twinline_words() {
  COMPREPLY=($(compgen -W "$1" -- "$current"))
}

_twinline_paths() {
  compopt -o filenames 2>/dev/null
  local IFS=$'\\n'
  COMPREPLY=($(compgen -f -- "$current"))
}

# bash takes a URL apart at its colons; what stands before the last of them is there already.
_twinline_urls() {
  local urls="ftpes:// ftps:// ftp:// $(twinline bookmark list --names 2>/dev/null | sed 's/^/@/')"
  _twinline_words "$urls"
  compopt -o nospace 2>/dev/null
  if [[ $current != *:* && $current != @* ]]; then _twinline_more_paths; fi
}

_twinline_more_paths() {
  local IFS=$'\\n'
  COMPREPLY+=($(compgen -f -- "$current"))
}

# How many words that are no options stand before the cursor; $1 has the options that take the next word.
_twinline_position() {
  local index
  position=0
  for ((index = 2; index < COMP_CWORD; index++)); do
    case "\${COMP_WORDS[index]}" in
      -*) if [[ $1 == *" \${COMP_WORDS[index]} "* ]]; then ((index += 1)); fi ;;
      *) ((position += 1)) ;;
    esac
  done
}

_twinline() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]} position
  COMPREPLY=()
  if [[ $current == = ]]; then current=; elif [[ $previous == = ]]; then previous=\${COMP_WORDS[COMP_CWORD - 2]}; fi
  if ((COMP_CWORD == 1)); then
    _twinline_words ${quotedWord(`${commands.map(({ name }) => name).join(' ')} help --help --version`)}
    return
  fi
  case "\${COMP_WORDS[1]}" in
    help) _twinline_words ${quotedWord(commands.map(({ name }) => name).join(' '))} ;;
${commands.map(commandCase).join('\n')}
  esac
}

complete -F _twinline twinline
`;
}
