/** Comparisons and the formats that they can be written in. */

import type { Comparison } from './comparison.ts';
import { comparisonHtml } from './html.ts';
import { comparisonMarkdown } from './markdown.ts';

export { type Comparison, compareReports, type NamedReport } from './comparison.ts';
export { comparisonTerminal } from './terminal.ts';

export const comparisonFormats: Readonly<Record<string, (comparison: Comparison) => string>> = {
  markdown: comparisonMarkdown,
  html: comparisonHtml,
};
