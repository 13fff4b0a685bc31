/** How long things may take. */

import { type Deadlines, defaultDeadlines } from '../../client/index.ts';
import type { OptionRecord, OptionValues } from '../define-subcommand.ts';
import { UsageError } from '../usage-error.ts';
import { text } from './option-values.ts';

export const deadlineOptions: readonly OptionRecord[] = [
  {
    flags: '--connect-timeout <seconds>',
    description: 'Give up on a connection, a TLS handshake or a reply of the login after this time.',
    defaultText: '15, replies 30',
  },
  {
    flags: '--timeout <seconds>',
    description: 'Give up when no byte moves, no reply comes or no TLS handshake ends for this time.',
    defaultText: '60, replies 30, handshakes 15',
  },
  { flags: '--max-time <seconds>', description: 'Give up after this time, whatever happens.' },
];

/** What the two options bound. `--timeout` shortens the other deadlines too; longer than by default they never become by it. */
export function readDeadlines(options: OptionValues): Partial<Deadlines> {
  const connectMs = milliseconds(options, 'connectTimeout', '--connect-timeout');
  const idleMs = milliseconds(options, 'timeout', '--timeout');
  const defaults = defaultDeadlines;
  const bounded = (ownMs: number): number => Math.min(ownMs, idleMs ?? ownMs);
  return {
    connectMs: connectMs ?? bounded(defaults.connectMs),
    dataConnectMs: connectMs ?? bounded(defaults.dataConnectMs),
    tlsMs: bounded(connectMs ?? defaults.tlsMs),
    openReplyMs: bounded(connectMs ?? idleMs ?? defaults.openReplyMs),
    replyMs: idleMs ?? defaults.replyMs,
    silentPortMs: bounded(Math.min(defaults.silentPortMs, connectMs ?? defaults.silentPortMs)),
    stallMs: idleMs ?? defaults.stallMs,
    finalReplyMs: idleMs ?? defaults.finalReplyMs,
    abortMs: bounded(defaults.abortMs),
    quitMs: bounded(defaults.quitMs),
  };
}

/** The time for the whole command; undefined without an end. */
export function readMaxTimeMs(options: OptionValues): number | undefined {
  return milliseconds(options, 'maxTime', '--max-time');
}

/** An option in seconds, as milliseconds; undefined when it was not given. */
export function milliseconds(options: OptionValues, name: string, flag: string): number | undefined {
  const value = text(options, name);
  if (value === undefined) return undefined;
  const seconds = /^\d+(?:\.\d+)?$/.test(value) ? Number(value) : 0;
  if (seconds <= 0 || seconds > 2_000_000) throw new UsageError(`${flag} takes a number of seconds, not "${value}".`);
  return Math.ceil(seconds * 1000);
}
