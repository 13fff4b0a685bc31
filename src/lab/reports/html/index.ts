/** The report as one HTML file that needs nothing else: letters, filters, and each case with its timeline. */

import { gradesOf } from '../../engine/grades.ts';
import { areas } from '../../engine/lab-case.ts';
import type { LabReport } from '../../engine/lab-report.ts';
import { casesText, countsOf, headingOf, isTold, runNotes, subjectOf } from '../case-words.ts';
import { markup } from '../escape.ts';
import { anchorOf, caseSection } from './case-section.ts';
import { htmlPage, verdictBadge } from './page.ts';
import { chartKey } from './timeline-chart.ts';

function header(report: LabReport): string {
  const { side, target, tool, seed, startedAt, durationMs, cases } = report;
  const subject = subjectOf(report);
  const greeting = headingOf(report) === subject ? '' : `. It says: ${markup(subject)}`;
  const notes = runNotes(report).map((note) => `<p>${markup(note)}</p>`);
  return `<header><h1>${markup(headingOf(report))}</h1>
<p class="soft">A ${side}, judged by ${markup(tool)}: ${casesText(cases.length)} in ${(durationMs / 1000).toFixed(1)} s, begun ${markup(startedAt)}, seed ${seed}. Target <code>${markup(target)}</code>${greeting}</p>
${notes.length === 0 ? '' : `<div class="notes">${notes.join('')}</div>`}</header>`;
}

function letters({ cases }: LabReport): string {
  const items = gradesOf(cases).map(
    ({ area, letter, passed, judged }) =>
      `<li><b${letter === undefined ? '' : ` class="letter-${letter}"`}>${letter ?? '–'}</b>${area}<small>${judged === 0 ? 'nothing judged' : `${passed} of ${judged} passed`}</small></li>`,
  );
  return `<section aria-label="Letters"><ul class="letters">${items.join('')}</ul>
<p class="soft">Letters are a summary and no more: A nothing to say, B and C no MUST broken, D and F a MUST broken. Read the cases.</p></section>`;
}

function filters({ cases }: LabReport): string {
  const boxes = countsOf(cases).map(
    ({ verdict, count }) =>
      `<label><input type="checkbox" id="show-${verdict}" checked> ${verdictBadge(verdict)} ${count}</label>`,
  );
  return `<fieldset><legend>Show</legend>${boxes.join('')}</fieldset>`;
}

function toLookAt({ cases }: LabReport): string {
  const told = cases.filter(isTold);
  if (told.length === 0) return '<p><strong>Nothing is other than it should be.</strong></p>';
  const items = told.map(
    (one) =>
      `<li data-verdict="${one.verdict}">${verdictBadge(one.verdict)} <a href="#${anchorOf(one)}">${markup(one.row)}</a> ${markup(one.says)}</li>`,
  );
  return `<nav aria-label="Not as it should be"><h2>Not as it should be</h2><ul class="plain">${items.join('')}</ul></nav>`;
}

function sections({ cases }: LabReport): string {
  return areas
    .map((area) => {
      const own = cases.filter((one) => one.area === area);
      return own.length === 0 ? '' : `<section><h2>${area}</h2>\n${own.map(caseSection).join('\n')}</section>`;
    })
    .join('\n');
}

export function htmlReport(report: LabReport): string {
  const body = [
    header(report),
    letters(report),
    filters(report),
    `<main>${toLookAt(report)}`,
    `<details class="on-screen"><summary>What the marks of the timelines mean</summary>${chartKey()}</details>`,
    `${sections(report)}</main>`,
  ];
  return htmlPage(`${headingOf(report)}, judged`, body.join('\n'));
}
