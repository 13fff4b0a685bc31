/** The command that takes a cut transfer up again, ready to be pasted. */

import { realpath, stat } from 'node:fs/promises';
import { partPathOf } from '../client/index.ts';
import { printable } from '../protocol/index.ts';
import type { ClientCall } from './client-options/index.ts';
import type { OptionValues } from './define-subcommand.ts';
import { quoteForShell } from './shell/shell-words.ts';
import { shellWord } from './shell-word.ts';

/** `words` stand before the URL. Passwords are left out: what is not in the environment is asked for. */
export function commandToGoOn(name: string, words: readonly string[], call: ClientCall, options: OptionValues): string {
  // In the shell the path is enough, and the session is there.
  if (call.pool !== undefined) return [name, '--resume', ...[...words, call.urlText].map(quoteForShell)].join(' ');
  const url = call.urlText.replace(/:\*+@/, '@');
  return ['twinline', name, '--resume', ...[...words, url, ...sessionWords(options)].map(shellWord)].join(' ');
}

/** What lies in the part of a download that failed, and the command that goes on with it; undefined where there is none. */
export async function howToGoOnWithPart(
  target: string,
  call: ClientCall,
  options: OptionValues,
): Promise<string | undefined> {
  if (target === '-') return undefined;
  // A link stays, and the part lies beside what it leads to.
  const partPath = partPathOf(await realpath(target).catch(() => target));
  const part = await stat(partPath).catch(() => undefined);
  if (part === undefined || part.size === 0) return undefined;
  const bytes = part.size.toLocaleString('en-US');
  const command = commandToGoOn('get', ['-o', target], call, options);
  return `${bytes} ${part.size === 1 ? 'byte is' : 'bytes are'} in ${printable(partPath)}; go on with: ${command}`;
}

/** What the command line said of login and trust, without which the same server would not be reached again. */
function sessionWords({ user, cacert, insecure }: OptionValues): readonly string[] {
  return [
    ...(typeof user === 'string' ? ['-u', user.replace(/:.*$/s, '')] : []),
    ...(typeof cacert === 'string' ? ['--cacert', cacert] : []),
    ...(insecure === true ? ['-k'] : []),
  ];
}
