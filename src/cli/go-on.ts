/** The command that takes a cut transfer up again, ready to be pasted. */

import type { ClientCall } from './client-options/index.ts';
import type { OptionValues } from './define-subcommand.ts';
import { shellWord } from './shell-word.ts';

/** `words` stand before the URL. Passwords are left out: what is not in the environment is asked for. */
export function commandToGoOn(name: string, words: readonly string[], call: ClientCall, options: OptionValues): string {
  const url = call.urlText.replace(/:\*+@/, '@');
  return ['twinline', name, '--resume', ...[...words, url, ...sessionWords(options)].map(shellWord)].join(' ');
}

/** What the command line said of login and trust, without which the same server would not be reached again. */
function sessionWords({ user, cacert, insecure }: OptionValues): readonly string[] {
  return [
    ...(typeof user === 'string' ? ['-u', user.replace(/:.*$/s, '')] : []),
    ...(typeof cacert === 'string' ? ['--cacert', cacert] : []),
    ...(insecure === true ? ['-k'] : []),
  ];
}
