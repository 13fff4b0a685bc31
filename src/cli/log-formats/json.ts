/** The log for programs: one JSON object a line, with level, ISO time, `event` and the event's own fields. */

import type { ServerEvent } from '../../server/index.ts';
import { type LogFormat, shownCommand } from './log-format.ts';

type Level = 'info' | 'warn' | 'error';

/** Creates the format. */
export function createJsonFormat(): LogFormat {
  const isoTime = createIsoTime();
  return (event) => {
    const record: Record<string, unknown> = { level: levelOf(event), time: isoTime(event.at), event: event.type };
    addFields(event, record);
    return [escapeForTerminals(JSON.stringify(record))];
  };
}

/** A busy server has many events in one millisecond, and to print a time takes as long as the rest of a short line. */
function createIsoTime(): (at: number) => string {
  let last: number | undefined;
  let text = '';
  return (at) => {
    if (at !== last) text = new Date(at).toISOString();
    last = at;
    return text;
  };
}

/** JSON leaves DEL and the C1 controls as they are; a terminal that shows the line may obey them. */
function escapeForTerminals(line: string): string {
  return line.replace(/[\u007f-\u009f]/g, (unit) => `\\u00${unit.charCodeAt(0).toString(16)}`);
}

/** Besides those that carry an error. */
const errors = new Set<ServerEvent['type']>(['settings-refused', 'worker-lost']);

const warnings = new Set<ServerEvent['type']>([
  'warning',
  'data-peer-refused',
  'data-line-failed',
  'connection-refused',
  'banned',
]);

function levelOf(event: ServerEvent): Level {
  if ('error' in event || errors.has(event.type)) return 'error';
  if (warnings.has(event.type)) return 'warn';
  if (event.type === 'session-closed') return event.cause === 'worker-lost' ? 'warn' : 'info';
  if (event.type === 'login') return event.accepted ? 'info' : 'warn';
  if (event.type === 'file-operation') return event.change.verdict === 'done' ? 'info' : 'warn';
  if (event.type === 'transfer') return event.transfer.verdict === 'complete' ? 'info' : 'warn';
  return 'info';
}

/** What the event has besides its type and time; what is undefined is left out of JSON. */
function addFields(event: ServerEvent, record: Record<string, unknown>): void {
  if (event.type === 'listening' || event.type === 'listener-closed') {
    Object.assign(record, { address: event.host, port: event.port, mode: event.mode });
    return;
  }
  // Several times as fast as Object.entries, or a copy that leaves some out; events are plain objects.
  for (const name in event) if (name !== 'type' && name !== 'at') record[name] = event[name as keyof ServerEvent];
  if (event.type === 'command') record['text'] = shownCommand(event.text);
  else if (event.type === 'transfer') Object.assign(record, { transfer: undefined }, event.transfer);
  else if (event.type === 'file-operation') Object.assign(record, { change: undefined }, event.change);
  else if (event.type === 'data-line-failed') Object.assign(record, { line: undefined }, event.line);
  else if ('error' in event) record['error'] = describeError(event.error);
}

function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return { message: String(error) };
  return { name: error.name, message: error.message, stack: error.stack };
}
