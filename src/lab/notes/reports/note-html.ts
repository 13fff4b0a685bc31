/** A note as one page of HTML that needs nothing else: light and dark, wide and narrow, and on paper. */

import type { NoteEntry } from '../note-log.ts';
import { lineSentence, type NotePart, type NoteReport } from '../note-report.ts';
import { markup } from '../../reports/escape.ts';
import { shownTime } from './note-terminal.ts';

const style = `
:root { color-scheme: light dark; --line: #8884; --fault: #c62828; --soft: #8881; --pass: #2e7d32; --fail: #c62828; --other: #9a6700; }
@media (prefers-color-scheme: dark) { :root { --fault: #ff8a80; --pass: #81c784; --fail: #ff8a80; --other: #e3b341; } }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 90rem; margin: 0 auto; padding: 1rem; overflow-wrap: anywhere; }
.answer { font-weight: 600; border-inline-start: .25rem solid; padding-inline-start: .75rem; }
.rows { display: grid; grid-template-columns: max-content 1fr 1fr; font: .8rem/1.45 ui-monospace, monospace; border-block: 1px solid var(--line); }
.rows > * { padding: .1rem .5rem; white-space: pre-wrap; }
.rows .head { font-weight: 700; border-block-end: 1px solid var(--line); }
.time { grid-column: 1; opacity: .75; text-align: end; white-space: nowrap; }
.server { grid-column: 2; }
.client { grid-column: 3; border-inline-start: 1px solid var(--line); }
.lab { grid-column: 2 / 4; font-style: italic; background: var(--soft); }
.fault { font-style: normal; font-weight: 700; color: var(--fault); border-block: 2px solid var(--fault); }
table { border-collapse: collapse; width: 100%; } td, th { text-align: start; vertical-align: top; padding: .3rem .5rem; border-block-end: 1px solid var(--line); }
.PASS { color: var(--pass); font-weight: 700; } .FAIL { color: var(--fail); font-weight: 700; } .other { color: var(--other); font-weight: 700; }
blockquote { margin-inline: 1rem; border-inline-start: .2rem solid var(--line); padding-inline-start: .75rem; }
.tables { overflow-x: auto; }
@media screen and (max-width: 60rem) { .rows { grid-template-columns: max-content 1fr; } .server, .client, .lab { grid-column: 2; border-inline-start: 0; } .client::before { content: 'client '; opacity: .7; } .server::before { content: 'server '; opacity: .7; } .rows .head { display: none; } }
@media print { body { max-width: none; font-size: 9pt; } .fault { print-color-adjust: exact; } }
`;

export function noteHtml(report: NoteReport): string {
  const { question, setting, parts, answer, tool, startedAt, seed, durationMs, repeat } = report;
  const body = [
    `<h1>${markup(question)}</h1>`,
    ...setting.map(paragraph),
    `<p class="answer">${markup(answer)}</p>`,
    ...parts.map(partHtml),
    `<footer><p>${markup(`${tool}, ${startedAt}, seed ${seed}, ${(durationMs / 1000).toFixed(1)} s.`)} To repeat it: <code>${markup(repeat)}</code></p></footer>`,
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${markup(question)}</title>
<style>${style}</style>
</head>
<body>
${body.join('\n')}
</body>
</html>
`;
}

function partHtml({
  title,
  story,
  timeline,
  questions,
  lines,
  packets = [],
  left,
  verdicts,
  clauses,
}: NotePart): string {
  const asked = questions.map((one) => [
    code(one.asked),
    code(one.answered),
    verdictHtml(one.verdict),
    markup(one.says),
    markup(one.clause),
  ]);
  const judged = verdicts.map((one) => [
    markup(one.end),
    verdictHtml(one.verdict),
    markup(one.says),
    markup(one.clause),
  ]);
  const why = clauses.map(
    ({ clause, quote, means }) =>
      `<p><b>${markup(clause)}</b></p><blockquote>${markup(quote)}</blockquote>${paragraph(means)}`,
  );
  return [
    `<section><h2>${markup(title)}</h2>`,
    ...story.map(paragraph),
    `<div class="rows"><span class="head">Time</span><span class="head">Server</span><span class="head">Client</span>`,
    ...timeline.map(rowHtml),
    '</div>',
    table('What was asked', ['Asked', 'Answered', 'Verdict', 'It says', 'Clause'], asked),
    list('How each line ended', lines.map(lineSentence)),
    list('Packets', packets),
    list('What is left', left),
    table('Verdicts', ['End', 'Verdict', 'It says', 'Clause'], judged),
    why.length === 0 ? '' : `<h3>Why</h3>${why.join('')}`,
    '</section>',
  ].join('\n');
}

function rowHtml(entry: NoteEntry): string {
  const fault = entry.isFault === true ? ' fault' : '';
  return `<span class="time">${shownTime(entry)}</span><span class="${entry.column}${fault}">${markup(entry.text)}</span>`;
}

function table(heading: string, head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const cells = rows.map((row) => `<tr>${row.map((cell) => `<td>${cell}</td>`).join('')}</tr>`).join('\n');
  const names = head.map((name) => `<th scope="col">${name}</th>`).join('');
  return `<h3>${heading}</h3><div class="tables"><table><thead><tr>${names}</tr></thead><tbody>${cells}</tbody></table></div>`;
}

function list(heading: string, items: readonly string[]): string {
  if (items.length === 0) return '';
  return `<h3>${heading}</h3><ul>${items.map((item) => `<li>${markup(item)}</li>`).join('')}</ul>`;
}

function verdictHtml(verdict: string): string {
  return `<span class="${verdict === 'PASS' || verdict === 'FAIL' ? verdict : 'other'}">${markup(verdict)}</span>`;
}

function paragraph(text: string): string {
  return `<p>${markup(text)}</p>`;
}

function code(text: string): string {
  return `<code>${markup(text)}</code>`;
}
