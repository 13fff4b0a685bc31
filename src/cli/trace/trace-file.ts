/** Traces as JSON lines and key logs in the format of NSS, written as they come so that nothing is lost in a crash. */

import { appendFileSync, closeSync, fstatSync, openSync } from 'node:fs';
import type { TraceEvent, TraceListener } from '../../client/index.ts';
import { ConfigError, TwinlineError } from '../../errors/index.ts';
import { jsonLine } from '../json-line.ts';

/** Raised when a field changes its meaning or goes; new kinds and fields are no new version. */
export const traceVersion = 1;

/** The first line of a trace. */
export function traceHeader(programVersion: string, nowMs: number): string {
  const at = new Date(nowMs).toISOString();
  return `${JSON.stringify({ kind: 'trace', version: traceVersion, program: `twinline ${programVersion}`, at })}\n`;
}

/** One event as a line: what happened first, then its facts. */
export function traceLine({ kind, session, channel, phase, timeMs, at, ...facts }: TraceEvent): string {
  const stamp = { at: new Date(at).toISOString(), timeMs, session, channel, phase, kind };
  return jsonLine({ ...stamp, ...facts });
}

const begun = new Set<string>();

/** Begins a trace in a file, which only its owner may read; a second one of this process goes on in it. */
export function traceFileWriter(path: string, header: string, complain: (text: string) => void): TraceListener {
  openFor(path, begun.has(path) ? 'a' : 'w', 'trace');
  const write = appender(path, 'trace', complain);
  if (!begun.has(path)) write(header);
  begun.add(path);
  return (event) => write(traceLine(event));
}

/** Appends to a key log. Throws `ConfigError` for a file that others can read: its lines give the password away. */
export function keylogWriter(path: string, complain: (text: string) => void): (line: string) => void {
  const mode = openFor(path, 'a', 'key log');
  if ((mode & 0o077) !== 0) {
    throw new ConfigError(
      'ERR_TWINLINE_CONFIG',
      `The key log "${path}" can be read by others, and whoever reads it can read the password; chmod 600 it, or name another file.`,
    );
  }
  const write = appender(path, 'key log', complain);
  return (line) => write(`${line}\n`);
}

/** Makes the file or looks at it; gives the permission bits of a regular file. */
function openFor(path: string, flags: 'a' | 'w', what: string): number {
  try {
    const file = openSync(path, flags, 0o600);
    const facts = fstatSync(file);
    closeSync(file);
    return facts.isFile() ? facts.mode & 0o777 : 0;
  } catch (cause) {
    const message = `The ${what} "${path}" cannot be written; check the path and its mode.`;
    throw new TwinlineError('ERR_TWINLINE_LOCAL_FILE', message, { cause });
  }
}

/** A full disk must not end the transfer that is being looked at. */
function appender(path: string, what: string, complain: (text: string) => void): (text: string) => void {
  let isBroken = false;
  return (text) => {
    if (isBroken) return;
    try {
      appendFileSync(path, text, { mode: 0o600 });
    } catch (error) {
      isBroken = true;
      const reason = error instanceof Error ? error.message : String(error);
      complain(`twinline: The ${what} "${path}" is not written any more: ${reason}\n`);
    }
  };
}
