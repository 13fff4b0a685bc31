/** Covers passwords of the command line in process lists: the title of the process takes the place of its words there. */

const urlLogin = /^([A-Za-z][A-Za-z0-9+.-]*:\/\/[^/@:]*):[^/]*@/s;
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

/** The words as they may be shown. */
export function maskedWords(words: readonly string[]): readonly string[] {
  return words.map((word, index) => {
    const ofOptionBefore = secretOptions[words[index - 1] ?? ''];
    if (ofOptionBefore !== undefined) return ofOptionBefore(word);
    const [, name = '', value = ''] = /^(--[a-z-]+=|-[ux])(.+)$/s.exec(word) ?? [];
    const own = secretOptions[name.replace(/=$/, '')];
    if (own !== undefined) return `${name}${own(value)}`;
    return `${name}${(name === '' ? word : value).replace(urlLogin, `$1:${mask}@`)}`;
  });
}

/** Sets the title where a word holds a secret. Whoever looks in the moments before still sees it. */
export function coverSecrets(words: readonly string[]): void {
  const masked = maskedWords(words);
  if (masked.some((word, index) => word !== words[index])) process.title = ['twinline', ...masked].join(' ');
}
