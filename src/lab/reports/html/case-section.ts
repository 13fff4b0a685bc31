/** One case of the page: a line that opens into its story and its timeline. */

import type { CaseReport } from '../../engine/lab-report.ts';
import { verdictOf } from '../../engine/verdict.ts';
import { isTold, lineText, profileWords } from '../case-words.ts';
import { markup } from '../escape.ts';
import { verdictBadge } from './page.ts';
import { timelineChart } from './timeline-chart.ts';
import { timelineTable } from './timeline-table.ts';

/** Where links to the case lead. */
export function anchorOf({ id }: { readonly id: string }): string {
  return `case-${id.replaceAll(/[^\w.-]+/g, '-')}`;
}

function story(report: CaseReport): string {
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['Required', `${markup(report.requirement)} <span class="soft">(${report.level}, ${markup(report.clause)})</span>`],
    ['Seen', markup(report.says)],
    ['Facts', report.facts === undefined ? undefined : `<code>${markup(report.facts)}</code>`],
    ['Profile', profile(report)],
    ['Change', report.verdict === 'INFRA' || report.verdict === 'SKIP' ? undefined : markup(report.advice)],
    ['Took', `${report.durationMs.toLocaleString('en')} ms`],
  ];
  const items = rows.flatMap(([name, text]) => (text === undefined ? [] : [`<dt>${name}</dt><dd>${text}</dd>`]));
  return `<dl class="story">${items.join('')}</dl>`;
}

function profile(report: CaseReport): string | undefined {
  const words = profileWords(report);
  if (words === undefined) return undefined;
  return report.profile === undefined ? markup(words) : `<span class="differs">${markup(words)}</span>`;
}

/** Everything that the case could have seen, and what it makes of it. */
function outcomes({ outcomes: known, outcome, level }: CaseReport): string {
  const rows = Object.entries(known).map(([key, { grade, says }]) => {
    const chosen = key === outcome;
    const mark = chosen ? ' class="chosen"' : '';
    return `<tr${mark}><td>${verdictBadge(verdictOf(grade, level))}</td><td>${markup(says)}${chosen ? ' <strong>(seen)</strong>' : ''}</td></tr>`;
  });
  return `<h3>What it would have meant</h3><div class="scroll"><table><tbody>${rows.join('')}</tbody></table></div>`;
}

function endsAndProbes({ lines, probes }: CaseReport): string {
  const ends = lines.map(
    (line) => `<li>${line.isClean ? '' : '<span class="differs">✗</span> '}${markup(lineText(line))}</li>`,
  );
  const found = probes.map(
    ({ probe, ok, says }) =>
      `<li>${ok ? '✓' : '<span class="differs">✗ not so:</span>'} ${markup(probe)}: ${markup(says)}</li>`,
  );
  return [
    ends.length === 0 ? '' : `<h3>How the lines ended</h3><ul>${ends.join('')}</ul>`,
    found.length === 0 ? '' : `<h3>What was left</h3><ul>${found.join('')}</ul>`,
  ].join('');
}

/** Open where there is something to look at. */
export function caseSection(report: CaseReport): string {
  const { verdict, row, id, says } = report;
  const differs =
    report.profile === undefined
      ? ''
      : ` <span class="differs">${markup(report.profile.kind.replaceAll('-', ' '))}</span>`;
  const hasEvents = report.events.length > 0;
  return `<details class="case" id="${anchorOf(report)}" data-verdict="${markup(verdict)}"${isTold(report) ? ' open' : ''}>
<summary>${verdictBadge(verdict)} <span class="soft">${markup(row)}</span> <code>${markup(id)}</code><span class="says">${markup(says)}${differs}</span></summary>
<div>${story(report)}${endsAndProbes(report)}${hasEvents ? '<h3>What happened</h3>' : ''}${timelineChart(report)}${timelineTable(report)}${outcomes(report)}
<h3>See it again</h3><code class="repeat">${markup(report.repeat)}</code></div>
</details>`;
}
