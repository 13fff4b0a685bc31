/** Arguments of several names: words between spaces, or between quotes where a name holds a space. */

/** The words; a quote within quotes is written twice. Undefined where a quote is not closed or stands within a word. */
export function parseQuotedWords(argument: string): readonly string[] | undefined {
  const words: string[] = [];
  let rest = argument.trim();
  while (rest !== '') {
    const [all, quoted, bare] = /^(?:"((?:[^"]|"")+)"|([^\s"]+))(?:\s+|$)/.exec(rest) ?? [];
    const word = quoted?.replaceAll('""', '"') ?? bare;
    if (all === undefined || word === undefined) return undefined;
    words.push(word);
    rest = rest.slice(all.length);
  }
  return words;
}
