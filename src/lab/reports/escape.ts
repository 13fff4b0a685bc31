/** Text of peers in HTML, XML and Markdown: whatever a server or a client says stays text, and shows what it is. */

import { printable } from '../../protocol/index.ts';

/** Characters that reorder or hide what stands around them, and those that XML cannot hold. */
const deceiving = /[\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff]/g;

/** One line: control characters, lone surrogates and marks of direction are written as escapes. */
export function visible(text: string): string {
  return printable(text).replace(deceiving, (character) => {
    const unit = character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
    return `\\u${unit}`;
  });
}

/** The same of several lines. */
export function visibleLines(text: string): readonly string[] {
  return text.split('\n').map(visible);
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** For elements and quoted attributes of HTML and XML. */
export function markup(text: string): string {
  return visible(text).replace(/[&<>"']/g, (character) => entities[character] ?? '');
}

/**
 * For Markdown, in running text and cells of tables. Every character that could begin markup, a link, a mention or an image is
 * written as an entity or behind a backslash.
 */
export function markdown(text: string): string {
  return visible(text)
    .replace(/[&<>]/g, (character) => entities[character] ?? '')
    .replace(/[\\`*_{}[\]()#+!|~$]/g, '\\$&')
    .replaceAll('@', '&#64;')
    .replaceAll('://', '&#58;//')
    .replace(/\bwww\./gi, (word) => word.replace('.', '&#46;'))
    .replace(/^(\s*)([-=])/, '$1\\$2')
    .replace(/^(\s*\d+)([.)])/, '$1\\$2');
}

/** Code in Markdown, fit for cells of tables. */
export function markdownCode(text: string): string {
  return `<code>${markdown(text)}</code>`;
}
