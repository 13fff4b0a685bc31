/** The chart of the kept results as SVG text: for each workload one bar a server, as long as it is good. */

import { inShort, type KeptResult } from './report.ts';
import type { Row } from './run.ts';
import { bestPeer, inFigures, isOurs, timesAsGood } from './targets.ts';

const nameWidth = 130;
const barsWidth = 450;
const figureWidth = 220;
const width = nameWidth + barsWidth + figureWidth;
const rowHeight = 18;
const headHeight = 30;
const topHeight = 50;
/** In times the best peer; a longer bar is cut and has a point at its end. */
const longest = 3;

/** Follows the reader's choice of light or dark, also where the picture is embedded in a page. */
const style = `
  text { font: 12px system-ui, sans-serif; fill: #1f2328 }
  .head { font-weight: 600 } .faint { fill: #59636e } .line { stroke: #59636e }
  .ours { fill: #0969da } .peer { fill: #afb8c1 }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc } .faint { fill: #9198a1 } .line { stroke: #9198a1 }
    .ours { fill: #4493f8 } .peer { fill: #59636e }
  }`;

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

const text = (x: number, y: number, words: string, kind = ''): string =>
  `<text x="${x}" y="${y}"${kind && ` class="${kind}"`}>${escaped(words)}</text>`;

/** A bar with a straight end, or with a point where it is cut. */
function bar(y: number, times: number, kind: string): string {
  const length = Math.round((barsWidth * Math.min(times, longest)) / longest);
  const [left, right, top, bottom] = [nameWidth, nameWidth + length, y, y + rowHeight - 5];
  const end = times > longest ? `L${right - 8} ${top}L${right} ${(top + bottom) / 2}L${right - 8} ${bottom}` : '';
  const corners = end === '' ? `L${right} ${top}L${right} ${bottom}` : end;
  return `<path class="${kind}" d="M${left} ${top}${corners}L${left} ${bottom}Z"/>`;
}

/** As much as stands beside a name within the picture. */
const cut = (words: string): string => (words.length <= 88 ? words : `${words.slice(0, words.lastIndexOf(' ', 86))} …`);

interface Group {
  readonly svg: string;
  readonly height: number;
}

/** Nothing where the first column has no figure of a peer to hold the others against. */
function groupOf(result: KeptResult, top: number): Group | undefined {
  const [column] = result.columns;
  const best = column && bestPeer(result.rows, column);
  if (column === undefined || best === undefined) return undefined;
  const rowAt = (row: Row, index: number): string[] => {
    const median = row.spreads[column.name]?.median;
    if (median === undefined) return [];
    const y = top + headHeight + index * rowHeight;
    const times = timesAsGood(median, best.median, column);
    const figure = `${inFigures(median)} ${column.unit}, ${times.toFixed(2)} ×`;
    return [
      text(0, y + 11, row.name, isOurs(row.name) ? 'head' : ''),
      bar(y, times, isOurs(row.name) ? 'ours' : 'peer'),
      text(nameWidth + barsWidth + 8, y + 11, figure, 'faint'),
    ];
  };
  const rows = result.rows.filter((row) => row.spreads[column.name] !== undefined);
  const bottom = top + headHeight + rows.length * rowHeight;
  const one = nameWidth + barsWidth / longest;
  const svg = [
    `<text y="${top + 20}"><tspan class="head">${escaped(`${result.name}: ${column.name}`)}</tspan>` +
      `<tspan class="faint" dx="8">${escaped(cut(inShort(result.about)))}</tspan></text>`,
    ...rows.flatMap(rowAt),
    `<path class="line" stroke-dasharray="2 3" d="M${one} ${top + headHeight - 3}V${bottom}"/>`,
  ].join('\n');
  return { svg, height: bottom - top };
}

/** The whole picture. */
export function chartOf(results: readonly KeptResult[]): string {
  const groups: string[] = [];
  let top = topHeight;
  for (const result of results) {
    const group = groupOf(result, top);
    if (group === undefined) continue;
    groups.push(group.svg);
    top += group.height;
  }
  const title = "Twinline's server beside others";
  const about =
    'Longer is better, with times and memory too. Dotted: the best of the other servers, 1 ×. A bar with a point goes ' +
    `beyond ${longest} ×.`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${top + 8}" viewBox="-8 0 ${width} ${top + 8}" role="img">
<title>${title}, one group of bars for each workload</title>
<style>${style}
</style>
${text(0, 16, title, 'head')}
${text(0, 36, about, 'faint')}
${groups.join('\n')}
</svg>
`;
}
