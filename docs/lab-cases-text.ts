/** Text of the records of the lab in pages: cells of tables, and where links to a case lead. */

/** A cell of a table may hold neither a bar nor a line end nor a tag. */
export function cellText(text: string): string {
  return text
    .replaceAll(/(?<!\\)\|/g, '\\|')
    .replaceAll('<', '&lt;')
    .replaceAll('*', '\\*')
    .replaceAll('\n', ' ');
}

export function anchorOfCase({ id, side }: { readonly id: string; readonly side: string }): string {
  return `${side}-${id.replaceAll(/[^\w.-]+/g, '-')}`;
}
