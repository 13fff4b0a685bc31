/** The log for programs: one JSON object a line, with level, ISO time, `event` and the event's own fields. */

import { pino } from 'pino';
import type { ServerEvent } from '../../server/index.ts';
import { type LogFormat, shownCommand } from './log-format.ts';

type Level = 'info' | 'warn' | 'error';

/** Creates the format. */
export function createJsonFormat(): LogFormat {
  let lines: string[] = [];
  const logger = pino(
    {
      base: null,
      timestamp: false,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: (line) => void lines.push(escapeForTerminals(line.trimEnd())) },
  );
  return (event) => {
    lines = [];
    logger[levelOf(event)]({ time: new Date(event.at).toISOString(), event: event.type, ...fieldsOf(event) });
    return lines;
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

function fieldsOf(event: ServerEvent): object {
  const { type: _type, at: _at, ...fields } = event;
  if (event.type === 'listening' || event.type === 'listener-closed') {
    return { address: event.host, port: event.port, mode: event.mode };
  }
  if (event.type === 'command') return { ...fields, text: shownCommand(event.text) };
  if (event.type === 'transfer') return { ...fields, transfer: undefined, ...event.transfer };
  if (event.type === 'file-operation') return { ...fields, change: undefined, ...event.change };
  if (event.type === 'data-line-failed') return { ...fields, line: undefined, ...event.line };
  if ('error' in event) return { ...fields, error: describeError(event.error) };
  return fields;
}

function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return { message: String(error) };
  return { name: error.name, message: error.message, stack: error.stack };
}
