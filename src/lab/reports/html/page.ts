/** The frame of every page: one file, no script, and a policy that lets nothing be loaded. */

import { markup } from '../escape.ts';
import { style } from './style.ts';

/** `body` is markup. */
export function htmlPage(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="referrer" content="no-referrer">
<title>${markup(title)}</title>
<style>${style}</style>
</head>
<body>
${body}
</body>
</html>
`;
}

/** A verdict as a badge. */
export function verdictBadge(verdict: string): string {
  return `<span class="verdict v-${markup(verdict)}">${markup(verdict)}</span>`;
}
