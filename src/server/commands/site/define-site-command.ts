/** A word behind SITE is one record, as a command is. */

import type { Reply } from '../../../protocol/index.ts';
import type { FileOperation } from '../../audit.ts';
import type { Session } from '../../session.ts';

export interface SiteRecord {
  /** The word, in upper case. */
  readonly word: string;
  readonly argument: 'required' | 'none';
  /** What the user must be allowed to do. */
  readonly permission?: 'write';
  /** What it changes, for the audit; its argument is the path unless it says better with `noteChange`. */
  readonly changes?: FileOperation;
  /** False where this session cannot use it. */
  available?(session: Session): boolean;
  /** True: FEAT names it, for the clients that look for it there. */
  readonly inFeatures?: true;
  /** One line for SITE HELP: the syntax. */
  readonly help: string;
  run(session: Session, argument: string): Reply | Promise<Reply>;
}

export function defineSiteCommand(record: SiteRecord): SiteRecord {
  return record;
}
