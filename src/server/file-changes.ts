/** The audit of what commands change, and of transfers that were refused: one record for each, before its reply. */

import { StorageError } from '../errors/index.ts';
import { printable, type Reply } from '../protocol/index.ts';
import type { FileChange, FileChangeRecord } from './audit.ts';
import type { CommandRecord } from './commands/define-command.ts';
import type { Session } from './session.ts';

/** A change under way, with the command that makes it. */
export interface StartedChange extends FileChange {
  readonly verb: string;
  /** By `performance.now()`. */
  readonly startedAt: number;
}

/** The change that a command stands for by its record alone; the command may tell it better with `noteChange`. */
export function changeOf(record: CommandRecord, session: Session, argument: string): StartedChange | undefined {
  if (record.changes === undefined || session.state.login !== 'in') return undefined;
  const path = session.path(argument);
  return { operation: record.changes, path, verb: session.verb, startedAt: performance.now() };
}

/** For commands: says what the one that is being answered changes, and by which word where its verb has several. */
export function noteChange(session: Session, change: FileChange, word?: string): void {
  const verb = word === undefined ? (session.change?.verb ?? session.verb) : `${session.verb} ${word}`;
  session.change = { startedAt: performance.now(), ...session.change, ...change, verb };
}

/** Writes the record of the session's change, if it has one, now that the answer is known. */
export function reportChange(session: Session, answer: Reply | undefined, error?: unknown): void {
  const { change } = session;
  session.change = undefined;
  if (change === undefined) return;
  const { startedAt, ...told } = change;
  const cause = causeOf(answer, error);
  const record: FileChangeRecord = {
    ...told,
    verdict: cause === 'done' ? 'done' : 'refused',
    cause,
    detail: printable(answer?.lines.join(' ') ?? ''),
    durationMs: Math.round(performance.now() - startedAt),
  };
  session.emit({ type: 'file-operation', change: record, ...session.identity });
}

function causeOf(answer: Reply | undefined, error: unknown): FileChangeRecord['cause'] {
  if (error instanceof StorageError) return error.kind;
  if (error !== undefined) return 'internal-error';
  return answer === undefined || answer.code < 400 ? 'done' : 'refused';
}
