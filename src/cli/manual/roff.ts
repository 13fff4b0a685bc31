/** Text in the language of manual pages (man(7)), escaped so that it comes out as it was written. */

/** A text inside a line: backslashes, hyphens, which must be copied as they are, and what is not ASCII. */
export function roffText(text: string): string {
  const escaped = text.replaceAll('\\', '\\e').replaceAll('-', '\\-');
  return escaped.replaceAll(/[^\n -~]/gu, (letter) => {
    const code = letter.codePointAt(0)?.toString(16).toUpperCase() ?? '';
    return `\\[u${code.padStart(4, '0')}]`;
  });
}

/** A line of text: one that begins with a dot or a quote would be taken for a request. */
export function roffLine(text: string): string {
  const escaped = roffText(text.replaceAll('\n', ' '));
  return /^[.']/.test(escaped) ? `\\&${escaped}` : escaped;
}

/** An argument of a request, quoted. */
export function roffArgument(text: string): string {
  return `"${roffText(text).replaceAll('"', '\\(dq')}"`;
}

/** A heading and what stands under it. */
export function roffSection(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`.SH ${roffArgument(title)}`, ...lines];
}

/** A term in bold with its meaning, indented. */
export function roffTerm(term: string, meaning: string): string[] {
  return ['.TP', `.B ${roffArgument(term)}`, roffLine(meaning)];
}
