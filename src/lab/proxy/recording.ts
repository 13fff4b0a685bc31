/** A recording: JSON lines, the first of which says what was recorded; read back for reports. */

import type { ProxyEvent } from './proxy-event.ts';

/** Raised when a reader of older recordings could misunderstand a new one. */
const recordingVersion = 1;

export interface RecordingHeader {
  readonly recording: typeof recordingVersion;
  /** ISO 8601; the times of events count from here. */
  readonly startedAt: string;
  /** Where clients came to, and where they were led. */
  readonly listen: string;
  readonly server: string;
  readonly blind: boolean;
  readonly seed: number;
  /** The rules that were there from the beginning. */
  readonly faults: readonly string[];
}

export interface Recording {
  readonly header: RecordingHeader;
  readonly events: readonly ProxyEvent[];
}

/** One line, for the header and for every event. */
export function recordingLine(value: RecordingHeader | ProxyEvent): string {
  return `${JSON.stringify(value)}\n`;
}

/** A file that is no recording; the message says what is wrong, as the end of a sentence. */
export class RecordingError extends Error {}

/** Reads a whole recording; a last line that was cut off is left out. Throws {@link RecordingError}. */
export function parseRecording(text: string): Recording {
  const [first = '', ...rest] = text.split('\n');
  const header = parseObject(first, 1) as Partial<RecordingHeader>;
  if (header.recording !== recordingVersion) {
    throw new RecordingError(
      `its first line does not say "recording":${recordingVersion}, as that of twinline proxy --record does`,
    );
  }
  // What stands behind the last line feed was not finished.
  const events = rest.slice(0, -1).map((line, index) => parseEvent(line, index + 2));
  return { header: header as RecordingHeader, events };
}

function parseObject(line: string, number: number): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Said below.
  }
  throw new RecordingError(`line ${number} is no JSON object`);
}

const kinds: readonly ProxyEvent['kind'][] = [
  'connected',
  'text',
  'changed',
  'bytes',
  'tls',
  'ended',
  'fault',
  'closed',
  'note',
];

function parseEvent(line: string, number: number): ProxyEvent {
  const event = parseObject(line, number);
  const isEvent =
    kinds.includes(event['kind'] as ProxyEvent['kind']) &&
    typeof event['atMs'] === 'number' &&
    typeof event['session'] === 'number' &&
    (event['line'] === undefined || typeof event['line'] === 'string');
  if (!isEvent) throw new RecordingError(`line ${number} is no event of a proxy`);
  return event as unknown as ProxyEvent;
}
