/** A note as Markdown. */

import type { NoteEntry } from '../note-log.ts';
import { lineSentence, type NotePart, type NoteReport } from '../note-report.ts';
import { markdown, markdownCode } from '../../reports/escape.ts';
import { shownTime } from './note-terminal.ts';

export function noteMarkdown(report: NoteReport): string {
  const { question, setting, parts, answer, tool, startedAt, seed, durationMs, repeat } = report;
  const seconds = (durationMs / 1000).toFixed(1);
  return [
    `# ${markdown(question)}`,
    ...setting.map(markdown),
    ...parts.flatMap(partBlocks),
    '## Answer',
    `**${markdown(answer)}**`,
    `${markdown(tool)}, ${startedAt}, seed ${seed}, ${seconds} s. To repeat it: ${markdownCode(repeat)}`,
  ]
    .map((block) => `${block}\n`)
    .join('\n');
}

function partBlocks({
  title,
  story,
  timeline,
  lines,
  packets = [],
  questions,
  left,
  verdicts,
  clauses,
}: NotePart): string[] {
  const list = (heading: string, items: readonly string[]): string[] =>
    items.length === 0 ? [] : [`### ${heading}`, items.map((item) => `- ${item}`).join('\n')];
  const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
    [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
  const judged = verdicts.map(({ end, verdict, says, clause }) => [end, verdict, markdown(says), clause]);
  const asked = questions.map((one) => [
    markdownCode(one.asked),
    markdownCode(one.answered),
    one.verdict,
    markdown(one.says),
    one.clause,
  ]);
  return [
    `## ${markdown(title)}`,
    ...story.map(markdown),
    table(['Time', 'Server', 'Client'], timeline.map(timelineRow)),
    ...(asked.length === 0
      ? []
      : ['### What was asked', table(['Asked', 'Answered', 'Verdict', 'It says', 'Clause'], asked)]),
    ...list(
      'How each line ended',
      lines.map((line) => markdown(lineSentence(line))),
    ),
    ...list('Packets', packets.map(markdown)),
    ...list('What is left', left.map(markdown)),
    ...list(
      'Why',
      clauses.map(({ clause, quote, means }) => `${clause}: “${markdown(quote)}” ${markdown(means)}`),
    ),
    ...(judged.length === 0 ? [] : ['### Verdicts', table(['End', 'Verdict', 'It says', 'Clause'], judged)]),
  ];
}

function timelineRow(entry: NoteEntry): string[] {
  const time = shownTime(entry);
  if (entry.column === 'server') return [time, markdownCode(entry.text), ''];
  if (entry.column === 'client') return [time, '', markdownCode(entry.text)];
  return entry.isFault === true
    ? [time, `**${markdown(entry.text)}**`, `**⚡**`]
    : [time, `_${markdown(entry.text)}_`, ''];
}
