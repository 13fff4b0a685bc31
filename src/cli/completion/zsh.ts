/** Completion for zsh. */

import { quotedWord } from '../shell-word.ts';
import type { CompletedCommand, CompletedOption, Completion } from './completion-model.ts';

/** In a specification of _arguments, colons and brackets have a meaning. */
function escaped(text: string): string {
  return text.replaceAll(/[\\:[\]]/g, String.raw`\$&`);
}

function action(completion: Completion): string {
  switch (completion.kind) {
    case 'words':
      return `(${completion.words.join(' ')})`;
    case 'path':
      return '_files';
    case 'url':
      return '_twinline_urls';
    default:
      return ' ';
  }
}

function optionSpec({ names, description, value }: CompletedOption): string {
  const explanation = `[${escaped(description)}]${value === undefined ? '' : `:value:${action(value)}`}`;
  if (names.length === 1) return quotedWord(`*${names[0]}${explanation}`);
  return `{${names.map((name) => quotedWord(`*${name}`)).join(',')}}${quotedWord(explanation)}`;
}

function argumentSpec(completion: Completion, repeats: boolean): string {
  return quotedWord(`${repeats ? '*:' : ':'}argument:${action(completion)}`);
}

function commandCase({ name, options, arguments: places, repeatsLast }: CompletedCommand): string {
  const specs = [
    ...options.map(optionSpec),
    ...places.map((place, index) => argumentSpec(place, repeatsLast && index === places.length - 1)),
  ];
  return [
    `    ${name})`,
    '      _arguments -s \\',
    specs.map((spec) => `        ${spec}`).join(' \\\n'),
    '      ;;',
  ].join('\n');
}

/** A script to source, or a file \`_twinline\` in the fpath. */
export function zshCompletion(commands: readonly CompletedCommand[]): string {
  const described = commands.map(
    ({ name, summary }) => `    ${quotedWord(`${name}:${summary.replaceAll(':', '\\:')}`)}`,
  );
  return `#compdef twinline
# Completion of twinline for zsh: source <(twinline completion zsh), or keep it as _twinline in a folder of fpath.

_twinline_urls() {
  local -a bookmarks
  bookmarks=(\${(f)"$(twinline bookmark list --names 2>/dev/null)"})
  compadd -S '' -- ftpes:// ftps:// ftp:// \${bookmarks/#/@}
  _files
}

_twinline() {
  local -a commands
  commands=(
${described.join('\n')}
  )
  if ((CURRENT == 2)); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  ((CURRENT -= 1))
  case $command in
${commands.map(commandCase).join('\n')}
  esac
}

if [[ $funcstack[1] == _twinline ]]; then _twinline "$@"; else compdef _twinline twinline; fi
`;
}
