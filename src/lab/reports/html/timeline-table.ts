/** A case in words: every event with its time, control lines on the left and data lines on the right. */

import type { LabEvent } from '../../engine/event-log.ts';
import type { CaseReport } from '../../engine/lab-report.ts';
import { markup, visibleLines } from '../escape.ts';
import type { EndNames } from './timeline-chart.ts';

/** Rows that are shown at the beginning and at the end of a longer case. */
const maxFirstRows = 160;
const maxLastRows = 80;

const endings: Readonly<Record<string, string>> = { 'close-notify': 'close_notify, FIN', fin: 'FIN', reset: 'RST' };

/** Arrows point away from who sent it: the lab stands on the left of every line. */
function wordsOf(event: LabEvent): { readonly kind: string; readonly text: string } {
  switch (event.kind) {
    case 'connected':
      return { kind: event.by, text: `${event.by === 'lab' ? '→' : '←'} connected: ${event.text}` };
    case 'text':
      return { kind: event.by, text: prefixed(event.text, event.by === 'lab' ? '→ ' : '← ') };
    case 'bytes': {
      const span = event.untilMs > event.atMs ? ` in ${Math.round(event.untilMs - event.atMs)} ms` : '';
      return {
        kind: event.by,
        text: `${event.by === 'lab' ? '⇒' : '⇐'} ${event.bytes.toLocaleString('en')} bytes${span}`,
      };
    }
    case 'ended':
      return { kind: event.by, text: `${event.by === 'lab' ? '→' : '←'} ${endings[event.how] ?? event.how}` };
    case 'tls':
      return { kind: 'tls', text: `TLS: ${event.text}` };
    case 'fault':
      return { kind: 'fault', text: `⚡ ${event.text}` };
    default:
      return { kind: event.kind, text: event.text };
  }
}

function prefixed(text: string, arrow: string): string {
  return text
    .split('\n')
    .map((line, index) => `${index === 0 ? arrow : '  '}${line}`)
    .join('\n');
}

function cellOf(event: LabEvent, showsLine: boolean): string {
  const { kind, text } = wordsOf(event);
  const name = showsLine && event.line !== undefined ? `<span class="soft">${markup(event.line)}</span> ` : '';
  const lines = visibleLines(text).map(markup).join('\n');
  const isData = event.line?.startsWith('data') === true;
  return `<span class="wire ${kind}${isData ? ' on-data' : ''}">${name}${lines}</span>`;
}

interface Columns {
  /** Lines of each kind; their names are shown where there are several. */
  readonly control: number;
  readonly data: number;
}

function rowOf(event: LabEvent, columns: Columns): string {
  const when = `<td class="when">${event.atMs.toFixed(1)}</td>`;
  const isData = event.line?.startsWith('data') === true;
  if (event.line === undefined || columns.data === 0) {
    return `<tr>${when}<td${columns.data === 0 ? '' : ' colspan="2"'}>${cellOf(event, columns.control > 1)}</td></tr>`;
  }
  const cell = `<td>${cellOf(event, (isData ? columns.data : columns.control) > 1)}</td>`;
  return `<tr>${when}${isData ? `<td></td>${cell}` : `${cell}<td></td>`}</tr>`;
}

function columnsOf(events: readonly LabEvent[]): Columns {
  const lines = [...new Set(events.flatMap(({ line }) => line ?? []))];
  const data = lines.filter((line) => line.startsWith('data')).length;
  return { control: lines.length - data, data };
}

export function timelineTable(
  { events, droppedEvents }: Pick<CaseReport, 'events' | 'droppedEvents'>,
  names: EndNames = { lab: 'lab', peer: 'under test' },
): string {
  if (events.length === 0) return '';
  const columns = columnsOf(events);
  const hidden = Math.max(0, events.length - maxFirstRows - maxLastRows);
  const rows = (part: readonly LabEvent[]): string => part.map((event) => rowOf(event, columns)).join('\n');
  const gap = `<tr><td></td><td${columns.data === 0 ? '' : ' colspan="2"'} class="soft">… ${hidden} more; the JSON report has them</td></tr>`;
  const shown =
    hidden === 0 ? rows(events) : `${rows(events.slice(0, maxFirstRows))}${gap}${rows(events.slice(-maxLastRows))}`;
  const dropped = droppedEvents === 0 ? '' : `<p class="soft">${droppedEvents} further events were not kept.</p>`;
  return (
    `<div class="scroll"><table class="wire-table${columns.data === 0 ? '' : ' both'}"><thead><tr><th scope="col" class="when">ms</th>` +
    `<th scope="col">Control (→ ${names.lab}, ← ${names.peer})</th>${columns.data === 0 ? '' : '<th scope="col">Data</th>'}</tr></thead>` +
    `<tbody>${shown}</tbody></table></div>${dropped}`
  );
}
