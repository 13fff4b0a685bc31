/** Reports of notes as files. */

import type { NoteReport } from '../note-report.ts';
import { noteHtml } from './note-html.ts';
import { noteMarkdown } from './note-markdown.ts';

export const noteFormats: Readonly<Record<string, (report: NoteReport) => string>> = {
  markdown: noteMarkdown,
  json: (report) => `${JSON.stringify(report, undefined, 2)}\n`,
  html: noteHtml,
};
