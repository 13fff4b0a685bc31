/** The matrix as one HTML file. */

import { areas as areaNames } from '../../engine/lab-case.ts';
import { markup } from '../escape.ts';
import { htmlPage, verdictBadge } from '../html/page.ts';
import type { ComparedCase, Comparison } from './comparison.ts';

function subjectList({ subjects }: Comparison): string {
  const items = subjects.map(
    ({ name, subject, tool, startedAt }) =>
      `<li><strong>${markup(name)}</strong>: ${markup(subject)} <span class="soft">(${markup(tool)}, ${markup(startedAt)})</span></li>`,
  );
  return `<ul>${items.join('')}</ul>`;
}

function headRow(first: string, { subjects }: Comparison): string {
  const cells = subjects.map(({ name }) => `<th scope="col">${markup(name)}</th>`);
  return `<thead><tr><th scope="col">${first}</th>${cells.join('')}</tr></thead>`;
}

function letterTable(comparison: Comparison): string {
  const rows = comparison.areas.map(({ area, grades }) => {
    const cells = grades.map(({ letter, passed, judged }) => {
      const shown = letter === undefined ? '–' : `<b class="letter-${letter}">${letter}</b>`;
      return `<td>${shown} <small class="soft">${passed} of ${judged}</small></td>`;
    });
    return `<tr><th scope="row">${area}</th>${cells.join('')}</tr>`;
  });
  return `<div class="scroll"><table>${headRow('Area', comparison)}<tbody>${rows.join('')}</tbody></table></div>`;
}

function caseRow({ id, row, level, clause, requirement, cells, differs }: ComparedCase): string {
  const shown = cells.map((cell) => {
    if (cell === undefined) return '<td class="soft">–</td>';
    const facts = cell.facts === undefined ? '' : ` (${cell.facts})`;
    const says = differs ? `<br><small>${markup(cell.says)}</small>` : '';
    return `<td title="${markup(`${cell.says}${facts}`)}">${verdictBadge(cell.verdict)}${says}</td>`;
  });
  return (
    `<tr${differs ? '' : ' class="same-everywhere"'}><th scope="row"><span class="soft">${markup(row)}</span> <code>${markup(id)}</code>` +
    `<br><small>${markup(requirement)} <span class="soft">(${markup(level)}, ${markup(clause)})</span></small></th>${shown.join('')}</tr>`
  );
}

function areaTable(area: string, comparison: Comparison): string {
  const own = comparison.cases.filter((one) => one.area === area);
  if (own.length === 0) return '';
  return `<section><h2>${area}</h2><div class="scroll"><table class="matrix">${headRow('Case', comparison)}<tbody>${own.map(caseRow).join('\n')}</tbody></table></div></section>`;
}

export function comparisonHtml(comparison: Comparison): string {
  const { side, subjects, leftOut } = comparison;
  const title = `${subjects.length} ${side}s side by side`;
  const note = leftOut === 0 ? '' : `<p class="soft">${leftOut} cases on which all agree are left out.</p>`;
  const body = [
    `<header><h1>${title}</h1>${subjectList(comparison)}${note}</header>`,
    letterTable(comparison),
    '<fieldset><legend>Show</legend><label><input type="checkbox" id="only-differences"> only where they differ</label></fieldset>',
    `<main>${areaNames.map((area) => areaTable(area, comparison)).join('\n')}</main>`,
  ];
  return htmlPage(title, body.join('\n'));
}
