/** The digest of a file, or of a part of it, as the answer to a command: what HASH and the X commands have in common. */

import { printable, type Reply } from '../../protocol/index.ts';
import type { HashAlgorithm } from '../hashing/algorithms.ts';
import { hashFile } from '../hashing/hash-file.ts';
import { replies, reply } from '../replies.ts';
import type { Session } from '../session.ts';
import { runLongTask } from '../tasks/long-task.ts';

export interface DigestRequest {
  readonly verb: string;
  /** The file as the client named it. */
  readonly name: string;
  readonly algorithm: HashAlgorithm;
  /** First byte; 0 where it is absent. */
  readonly start?: number;
  /** The byte behind the last; the size of the file where it is absent. */
  readonly end?: number;
}

export interface DigestResult {
  /** Hexadecimal, small letters. */
  readonly hex: string;
  readonly start: number;
  readonly end: number;
}

/** Runs as a task of the session: NOOP and STAT are answered meanwhile, ABOR and the end of the session stop it. */
export function digestOf(
  session: Session,
  request: DigestRequest,
  answer: (result: DigestResult) => Reply,
): Promise<Reply> {
  const path = session.path(request.name);
  return runLongTask(session, { verb: request.verb, path }, async (task) => {
    const storagePath = path;
    const entry = await session.storage.stat(storagePath);
    if (entry.type === 'directory') return reply(553, `${printable(path)}: Not a regular file`);
    const file = await session.storage.openRead(storagePath);
    try {
      const { start = 0, end = file.size } = request;
      if (start > end) return replies.badSyntax('The range begins behind its end');
      if (end > file.size) return replies.badSyntax(`The range ends behind the end of the file, ${file.size} bytes`);
      const user = session.account?.name ?? '';
      const hex = await hashFile(file, { algorithm: request.algorithm, start, end, user }, task);
      return answer({ hex: hex ?? '', start, end });
    } finally {
      await file.close();
    }
  });
}
