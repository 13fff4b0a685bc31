/** A command is one record: the gates read it and stay closed where a field is absent. */

import type { Reply } from '../../protocol/index.ts';
import type { FileOperation } from '../audit.ts';
import type { Session } from '../session.ts';
import type { Requirement } from './requirement.ts';

/** A handler answers with a reply, or with nothing where it has sent its replies itself. */
export type CommandAnswer = Reply | undefined | Promise<Reply | undefined>;

/** What OPTS does for a command (RFC 2389 section 4). */
export interface CommandOption {
  /** The word behind OPTS, in upper case. */
  readonly name: string;
  /** One line for HELP: the syntax. */
  readonly help: string;
  run(session: Session, value: string): Reply;
}

export interface CommandRecord {
  /** The verb, and its aliases. */
  readonly verbs: readonly string[];
  /** Whether an argument is needed, allowed, or refused (501). */
  readonly argument: 'required' | 'optional' | 'none';
  /** True: allowed before login. */
  readonly beforeLogin?: true;
  /** True: allowed in clear where the server requires TLS. */
  readonly inClear?: true;
  /** True: moves data over a data connection, and so passes the gate of data protection. */
  readonly movesData?: true;
  /** True: answered while a transfer runs; any other command waits for its end. */
  readonly duringTransfer?: true;
  /** True: a pending RNFR survives this command. */
  readonly keepsRename?: true;
  /** What the user must be allowed to do. */
  readonly permission?: 'write';
  /** What it changes, for the audit; its argument is the path unless it says better with `noteChange`. */
  readonly changes?: FileOperation;
  /** False where this session cannot use the command: 502, and neither FEAT nor HELP names it. */
  available?(session: Session): boolean;
  /** Lines of FEAT (RFC 2389), for this session. */
  features?(session: Session): readonly string[];
  /** What OPTS can set for this command; allowed wherever OPTS is. */
  readonly option?: CommandOption;
  /** One line for HELP: the syntax. */
  readonly help: string;
  /** Where the command is defined. */
  readonly clause: string;
  /** What that, and other documents, ask of the command: rows of docs/rfc-compliance.md (`npm run docs`). */
  readonly requirements: readonly Requirement[];
  run(session: Session, argument: string): CommandAnswer;
}

/** All commands of a server, in the order of HELP and FEAT. */
export interface CommandTable {
  readonly all: readonly CommandRecord[];
  /** The record of a verb in upper case. */
  find(verb: string): CommandRecord | undefined;
  /** Whether FTP knows the verb, implemented here or not: 502 where it is not, 500 where it is unknown. */
  knows(verb: string): boolean;
}

export function defineCommand(record: CommandRecord): CommandRecord {
  return record;
}
