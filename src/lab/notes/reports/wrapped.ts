/** Breaks text into lines of a width, at blanks where there are some. */

/** Lines behind the first begin with `indent`. Never empty. */
export function wrapped(text: string, width: number, indent = ''): string[] {
  const lines: string[] = [];
  let rest = text;
  while (rest.length > width) {
    const blank = rest.lastIndexOf(' ', width);
    const cut = blank > indent.length + width / 3 ? blank : width;
    lines.push(rest.slice(0, cut).trimEnd());
    rest = `${indent}${rest.slice(cut).trimStart()}`;
  }
  return [...lines, rest];
}
