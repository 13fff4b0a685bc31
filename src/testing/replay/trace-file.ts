/** Reads a trace of the client (`--trace FILE`, or the events of `onTrace` as JSON lines) for a replay. */

import { readFile } from 'node:fs/promises';
import type { TraceEvent } from '../../client/index.ts';

/** Version of the format that is read; see `docs/trace.schema.json`. */
const readVersion = 1;

/** The events of a trace in their order. Rejects where the file is no trace, or one of another version. */
export async function readTraceFile(path: string): Promise<TraceEvent[]> {
  const lines = (await readFile(path, 'utf8')).split('\n').filter((line) => line !== '');
  return lines.flatMap((line, index) => {
    const value = parseLine(line, `${path}:${index + 1}`);
    if (value.kind !== 'trace') return [value as unknown as TraceEvent];
    if (value.version === readVersion) return [];
    throw new Error(`${path}:${index + 1}: a trace of version ${String(value.version)}; only ${readVersion} is read.`);
  });
}

interface TraceValue {
  readonly kind: string;
  readonly version?: unknown;
}

function isTraceValue(value: unknown): value is TraceValue {
  return typeof value === 'object' && value !== null && 'kind' in value && typeof value.kind === 'string';
}

function parseLine(line: string, place: string): TraceValue {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw new Error(`${place}: no JSON. A trace is what --trace FILE writes; its last line may be cut.`, { cause });
  }
  if (isTraceValue(value)) return value;
  throw new Error(`${place}: no event of a trace.`);
}
