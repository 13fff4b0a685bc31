/** A note as Markdown. */

import type { NoteEntry } from '../note-log.ts';
import { lineSentence, type NotePart, type NoteReport } from '../note-report.ts';
import { shownTime } from './note-terminal.ts';

export function noteMarkdown(report: NoteReport): string {
  const { question, setting, parts, answer, tool, startedAt, seed, durationMs, repeat } = report;
  const seconds = (durationMs / 1000).toFixed(1);
  return [
    `# ${plain(question)}`,
    ...setting.map(plain),
    ...parts.flatMap(partBlocks),
    '## Answer',
    `**${plain(answer)}**`,
    `${plain(tool)}, ${startedAt}, seed ${seed}, ${seconds} s. To repeat it: ${code(repeat)}`,
  ]
    .map((block) => `${block}\n`)
    .join('\n');
}

function partBlocks({ title, story, timeline, lines, questions, left, verdicts, clauses }: NotePart): string[] {
  const list = (heading: string, items: readonly string[]): string[] =>
    items.length === 0 ? [] : [`### ${heading}`, items.map((item) => `- ${item}`).join('\n')];
  const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
    [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
  const judged = verdicts.map(({ end, verdict, says, clause }) => [end, verdict, plain(says), clause]);
  const asked = questions.map((one) => [code(one.asked), code(one.answered), one.verdict, plain(one.says), one.clause]);
  return [
    `## ${plain(title)}`,
    ...story.map(plain),
    table(['Time', 'Server', 'Client'], timeline.map(timelineRow)),
    ...(asked.length === 0
      ? []
      : ['### What was asked', table(['Asked', 'Answered', 'Verdict', 'It says', 'Clause'], asked)]),
    ...list('How each line ended', lines.map(lineSentence)),
    ...list('What is left', left.map(plain)),
    ...list('Why', clauses.map(({ clause, quote, means }) => `${clause}: “${plain(quote)}” ${plain(means)}`)),
    ...(judged.length === 0 ? [] : ['### Verdicts', table(['End', 'Verdict', 'It says', 'Clause'], judged)]),
  ];
}

function timelineRow(entry: NoteEntry): string[] {
  const time = shownTime(entry);
  if (entry.column === 'server') return [time, code(entry.text), ''];
  if (entry.column === 'client') return [time, '', code(entry.text)];
  return entry.isFault === true ? [time, `**${plain(entry.text)}**`, `**⚡**`] : [time, `_${plain(entry.text)}_`, ''];
}

function plain(text: string): string {
  return text.replaceAll(/[\\`*_[\]<>|#]/g, String.raw`\$&`);
}

/** Code in a cell of a table: backticks around it that are longer than those in it, and bars that do not end the cell. */
function code(text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  const blank = longest > 0 ? ' ' : '';
  return `${fence}${blank}${text.replaceAll('|', String.raw`\|`)}${blank}${fence}`;
}
