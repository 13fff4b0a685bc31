/** A recording of the proxy as one HTML page: each session with its timeline, both lines, faults and endings. */

import type { LabEvent } from '../../engine/event-log.ts';
import type { ProxyEvent } from '../../proxy/proxy-event.ts';
import type { Recording } from '../../proxy/recording.ts';
import { markup } from '../escape.ts';
import { htmlPage } from '../html/page.ts';
import { chartKey, timelineChart } from '../html/timeline-chart.ts';
import { timelineTable } from '../html/timeline-table.ts';

/** Sessions that are drawn; the recording has all. */
const maxSessionsDrawn = 50;

/** In the place of the lab stands the client, in that of the one under test the server. */
const ends = { lab: 'client', peer: 'server' } as const;

function labEvent(event: ProxyEvent, beganMs: number): LabEvent {
  const base = {
    atMs: Math.round((event.atMs - beganMs) * 10) / 10,
    ...(event.line === undefined ? {} : { line: event.line }),
  };
  const by = 'by' in event && event.by === 'client' ? 'lab' : 'peer';
  switch (event.kind) {
    case 'connected':
    case 'text':
      return { ...base, kind: event.kind, by, text: event.text };
    case 'bytes':
      return { ...base, kind: 'bytes', by, bytes: event.bytes, untilMs: event.untilMs - beganMs };
    case 'ended':
      return { ...base, kind: 'ended', by, how: event.how };
    case 'changed':
      return { ...base, kind: 'note', text: `the proxy said in the name of the ${event.by}: ${event.text}` };
    case 'tls':
      return { ...base, kind: 'tls', text: `with the ${event.by}: ${event.text}` };
    case 'fault':
      return { ...base, kind: 'fault', text: event.text };
    default:
      return { ...base, kind: 'note', text: event.text };
  }
}

function sessionSection(session: number, all: readonly ProxyEvent[]): string {
  const beganMs = all[0]?.atMs ?? 0;
  const events = all.map((event) => labEvent(event, beganMs));
  const durationMs = Math.max(0, ...events.map((event) => ('untilMs' in event ? event.untilMs : event.atMs)));
  const timeline = { events, durationMs, droppedEvents: 0 };
  const faults = all.filter(({ kind }) => kind === 'fault').length;
  const says = faults === 0 ? 'no fault' : `${faults} ${faults === 1 ? 'fault' : 'faults'}`;
  return `<details class="case" open><summary>Session ${session}<span class="says">${says}, ${Math.round(durationMs)} ms</span></summary>
<div>${timelineChart(timeline)}${timelineTable(timeline, ends)}</div></details>`;
}

export function recordingHtml({ header, events }: Recording): string {
  const numbers = [...new Set(events.map(({ session }) => session))];
  const drawn = numbers.slice(0, maxSessionsDrawn);
  const rules = header.faults.map((rule) => `<li><code>${markup(rule)}</code></li>`).join('');
  const body = [
    `<header><h1>Between a client and ${markup(header.server)}</h1>`,
    `<p class="soft">Recorded from ${markup(header.startedAt)} on, by a ${header.blind ? 'blind ' : ''}proxy on ${markup(header.listen)}, seed ${header.seed}: ${numbers.length} ${numbers.length === 1 ? 'session' : 'sessions'}${drawn.length < numbers.length ? `, the first ${drawn.length} of which are drawn` : ''}.</p>`,
    rules === '' ? '' : `<p>Faults from the beginning:</p><ul>${rules}</ul>`,
    '</header><main>',
    `<details class="on-screen"><summary>What the marks mean</summary>${chartKey(ends)}</details>`,
    ...drawn.map((session) =>
      sessionSection(
        session,
        events.filter((event) => event.session === session),
      ),
    ),
    '</main>',
  ];
  return htmlPage(`Recorded: ${header.server}`, body.join('\n'));
}
