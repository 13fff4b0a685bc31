/** A case as a picture: one lane for each line, time from left to right, what each side sent, the fault, and how lines ended. */

import type { LabEvent } from '../../engine/event-log.ts';
import type { CaseReport } from '../../engine/lab-report.ts';
import { markup } from '../escape.ts';
import { type TimeScale, timeScale } from './time-scale.ts';

/** Lines that are drawn; the table names them all. */
const maxLanes = 12;
/** Marks that are drawn: more than these lie on top of one another. */
const maxMarks = 600;
const laneHeight = 38;
const headHeight = 18;

/** A length of SVG; the marks keep clear of the rims. */
function x(scale: TimeScale, atMs: number): string {
  return `${(1.5 + scale.at(atMs) * 97).toFixed(2)}%`;
}

/** The lines of a case, in the order in which they appear. */
export function linesOf(events: readonly LabEvent[]): readonly string[] {
  return [...new Set(events.flatMap(({ line }) => (line === undefined ? [] : [line])))];
}

/** What the mark is about, for those who point at it. */
function tip(event: LabEvent): string {
  const what = 'text' in event ? event.text : event.kind === 'bytes' ? `${event.bytes} bytes` : event.how;
  const who = 'by' in event ? `${event.by}: ` : '';
  return `<title>${markup(`${event.atMs} ms, ${who}${what}`.slice(0, 200))}</title>`;
}

const endShapes: Readonly<Record<string, string>> = {
  'close-notify': '<circle r="5" class="mark-end filled"/>',
  fin: '<path d="M0-8V8" class="mark-end"/>',
  reset: '<path d="M-5-5L5 5M-5 5L5-5" class="mark-end reset"/>',
};

/** Drawn around the point where the time meets the track. */
function shapeOf(event: LabEvent): string {
  const side = 'by' in event && event.by === 'lab' ? -1 : 1;
  switch (event.kind) {
    case 'connected':
      return '<circle r="4" class="mark-end"/>';
    case 'text':
      return `<path d="M-3 ${side * 9}L3 ${side * 9}L0 ${side * 3}Z" class="from-${event.by}"/>`;
    case 'tls':
      return '<path d="M0-6L6 0L0 6L-6 0Z" class="mark-tls"/>';
    case 'ended':
      return endShapes[event.how] ?? '<path d="M0-8V8" class="mark-end"/>';
    default:
      return '';
  }
}

function mark(event: LabEvent, scale: TimeScale, y: number): string {
  if (event.kind !== 'bytes') {
    const shape = shapeOf(event);
    return shape === ''
      ? ''
      : `<svg x="${x(scale, event.atMs)}" y="${y}" overflow="visible"><g>${tip(event)}${shape}</g></svg>`;
  }
  const width = ((scale.at(event.untilMs) - scale.at(event.atMs)) * 97).toFixed(2);
  const top = event.by === 'lab' ? y - 8 : y + 3;
  return `<rect x="${x(scale, event.atMs)}" y="${top}" width="${width}%" height="5" class="from-${event.by}">${tip(event)}</rect>`;
}

function lane(line: string, number: number, own: readonly LabEvent[], scale: TimeScale): string {
  const y = headHeight + number * laneHeight + 24;
  const first = own[0]?.atMs ?? 0;
  const last = own.findLast(({ kind }) => kind === 'ended')?.atMs ?? scale.endMs;
  return [
    `<text x="1.5%" y="${y - 13}">${markup(line)}</text>`,
    `<line x1="${x(scale, first)}" x2="${x(scale, last)}" y1="${y}" y2="${y}" class="track"/>`,
    ...own.map((event) => mark(event, scale, y)),
  ].join('');
}

/** The share of the width that the word of a fault takes. */
const wordShare = 0.11;

/** The words of faults that stand too near to others are left to the tip of their mark. */
function roomForWords(scale: TimeScale): (atMs: number) => boolean {
  const taken: number[] = [];
  return (atMs) => {
    const at = scale.at(atMs);
    const begin = at > 0.7 ? at - wordShare : at;
    if (taken.some((other) => Math.abs(other - begin) < wordShare)) return false;
    taken.push(begin);
    return true;
  };
}

function uprights(events: readonly LabEvent[], scale: TimeScale, height: number): string {
  const hasRoom = roomForWords(scale);
  return events
    .filter(({ kind }) => kind === 'fault' || kind === 'process')
    .map((event) => {
      const place = x(scale, event.atMs);
      // The word stands on the side where there is room.
      const isLate = scale.at(event.atMs) > 0.7;
      const word = `<text x="${place}" y="12" dx="${isLate ? -5 : 5}" text-anchor="${isLate ? 'end' : 'start'}" class="fault-text">fault, ${Math.round(event.atMs)} ms</text>`;
      const upright = `<line x1="${place}" x2="${place}" y1="0" y2="${height - 16}" class="mark-${event.kind}">${tip(event)}</line>`;
      return event.kind === 'fault' && hasRoom(event.atMs) ? upright + word : upright;
    })
    .join('');
}

function cuts(scale: TimeScale, height: number): string {
  return scale.waits
    .map(({ fromMs, toMs }) => {
      const middle = x(scale, (fromMs + toMs) / 2);
      return (
        `<rect x="${x(scale, fromMs)}" y="0" width="${((scale.at(toMs) - scale.at(fromMs)) * 97).toFixed(2)}%" height="${height}" class="cut"/>` +
        `<text x="${middle}" y="${height - 5}" text-anchor="middle">⋯ ${((toMs - fromMs) / 1000).toFixed(1)} s ⋯</text>`
      );
    })
    .join('');
}

/** Nothing for a case that did nothing. */
export function timelineChart({ events, durationMs }: Pick<CaseReport, 'events' | 'durationMs'>): string {
  const lines = linesOf(events).slice(0, maxLanes);
  if (lines.length === 0) return '';
  const drawn = events.slice(0, maxMarks);
  const scale = timeScale(drawn, durationMs);
  const height = headHeight + lines.length * laneHeight + 20;
  const says = `${lines.length} lines over ${Math.round(scale.endMs)} ms; the table below has the same in words`;
  const lanes = lines.map((line, number) =>
    lane(
      line,
      number,
      drawn.filter((event) => event.line === line),
      scale,
    ),
  );
  return (
    `<svg class="chart" role="img" aria-label="${markup(says)}" height="${height}">` +
    `${cuts(scale, height)}${lanes.join('')}${uprights(drawn, scale, height)}` +
    `<text x="1.5%" y="${height - 5}">0</text>` +
    `<text x="98.5%" y="${height - 5}" text-anchor="end">${Math.round(scale.endMs)} ms</text></svg>`
  );
}

/** What the two ends of a timeline are called. */
export interface EndNames {
  readonly lab: string;
  readonly peer: string;
}

const labEnds: EndNames = { lab: 'lab', peer: 'one under test' };

const keysOf = ({ lab, peer }: EndNames): readonly (readonly [string, string])[] => [
  ['<circle r="4" class="mark-end"/>', 'connected'],
  ['<path d="M-3-6L3-6L0 0Z" class="from-lab"/>', `sent by the ${lab}`],
  ['<path d="M-3 6L3 6L0 0Z" class="from-peer"/>', `sent by the ${peer}`],
  ['<rect x="-7" y="-3" width="14" height="5" class="from-peer"/>', 'bytes'],
  ['<path d="M0-6L6 0L0 6L-6 0Z" class="mark-tls"/>', 'TLS stands'],
  ['<circle r="5" class="mark-end filled"/>', 'close_notify'],
  ['<path d="M0-8V8" class="mark-end"/>', 'FIN'],
  ['<path d="M-5-5L5 5M-5 5L5-5" class="mark-end reset"/>', 'RST'],
  ['<path d="M0-8V8" class="mark-fault"/>', 'what the lab did on purpose'],
  ['<path d="M0-8V8" class="mark-process"/>', 'the program began or ended'],
];

/** What the marks mean, once a page. */
export function chartKey(names: EndNames = labEnds): string {
  const items = keysOf(names).map(
    ([shape, says]) =>
      `<li><svg width="20" height="18" viewBox="-10 -9 20 18" aria-hidden="true">${shape}</svg> ${markup(says)}</li>`,
  );
  return `<ul class="key">${items.join('')}</ul>`;
}
