/** What process lists show: the title takes the place of the words of the command line, without passwords. */

/** A password may hold a slash that was not escaped: it goes to the last `@` where what follows the colon is no port. */
const urlLogin = /^((?:[A-Za-z][A-Za-z0-9+.-]*:\/\/)?[^/@:[]*):(?!\/\/)(?:[^/]*|(?!\d{1,5}(?:\/|$)).*)@/s;
const mask = '********';

/** `name:password` without the password. */
function maskUser(value: string): string {
  return value.replace(/:.*$/s, `:${mask}`);
}

function maskProxy(value: string): string {
  return value.replace(/^((?:[A-Za-z][A-Za-z0-9+.-]*:\/\/)?[^/@:]*):.*@/s, `$1:${mask}@`);
}

const secretOptions: Readonly<Record<string, (value: string) => string>> = {
  '-u': maskUser,
  '--user': maskUser,
  '--pass': () => mask,
  '-x': maskProxy,
  '--proxy': maskProxy,
};

/** Letters may stand together, and the last one of them takes the value: `-ku` is `-k -u`. */
function optionOf(word: string): string {
  return word.replace(/^-[A-Za-z0-9]+([ux])$/, '-$1');
}

/** The words as they may be shown. */
export function maskedWords(words: readonly string[]): readonly string[] {
  return words.map((word, index) => {
    const ofOptionBefore = secretOptions[optionOf(words[index - 1] ?? '')];
    if (ofOptionBefore !== undefined) return ofOptionBefore(word);
    const [, name = '', value = ''] = /^(--[a-z-]+=|-[A-Za-z0-9]*?[ux])(.+)$/s.exec(word) ?? [];
    const own = secretOptions[optionOf(name.replace(/=$/, ''))];
    if (own !== undefined) return `${name}${own(value)}`;
    return `${name}${(name === '' ? word : value).replace(urlLogin, `$1:${mask}@`)}`;
  });
}

/**
 * Sets the title where a word holds a secret; whoever looks in the moments before still sees it. A server always gets it:
 * the kernel keeps 15 characters for `top` and `ss`, and without it these are `MainThread`, as of every program on Node.
 */
export function setTitle(words: readonly string[]): void {
  const masked = maskedWords(words);
  if (words[0] === 'serve' || masked.some((word, index) => word !== words[index]))
    process.title = ['twinline', ...masked].join(' ');
}
