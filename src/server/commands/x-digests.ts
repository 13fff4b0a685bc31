/** XCRC, XMD5, XSHA1, XSHA256, XSHA512: digests as clients asked for them before there was HASH; in wide use, in no RFC. */

import { StorageError } from '../../errors/index.ts';
import type { Reply } from '../../protocol/index.ts';
import type { HashAlgorithm } from '../hashing/algorithms.ts';
import { reply } from '../replies.ts';
import type { Session } from '../session.ts';
import { type CommandRecord, defineCommand } from './define-command.ts';
import { digestOf } from './digest-of.ts';
import { kept } from './requirement.ts';

/** A file and a range, as `name`, `name start`, `name start end`, the name with or without quotes around it. */
export interface NameAndRange {
  readonly name: string;
  readonly start?: number;
  readonly end?: number;
}

/** Takes an argument apart that is not as a whole the name of a file; undefined where it holds neither quotes nor numbers. */
export function parseNameAndRange(argument: string): NameAndRange | undefined {
  const [, quoted, bare, start, end] =
    /^(?:"((?:[^"]|"")+)"|([^"].*?))(?: +(\d{1,15}))?(?: +(\d{1,15}))?$/s.exec(argument) ?? [];
  const name = quoted === undefined ? bare : quoted.replaceAll('""', '"');
  if (name === undefined || name === argument) return undefined;
  return {
    name,
    ...(start === undefined ? {} : { start: Number(start) }),
    ...(end === undefined ? {} : { end: Number(end) }),
  };
}

/** A file may have a name that ends in numbers: the whole argument as a name goes first. */
async function understand(session: Session, argument: string): Promise<NameAndRange> {
  try {
    await session.storage.stat(session.path(argument));
    return { name: argument };
  } catch (error) {
    const parsed = parseNameAndRange(argument);
    if (parsed !== undefined && error instanceof StorageError) return parsed;
    throw error;
  }
}

function defineDigest(verbs: readonly [string, ...string[]], algorithm: HashAlgorithm): CommandRecord {
  const [verb] = verbs;
  return defineCommand({
    verbs,
    argument: 'required',
    features: () => verbs,
    help: `${verb} file [start [end]]`,
    clause: 'in use, no RFC',
    requirements: [kept('practice', 'Tells a digest of a file, or of a range of its bytes: 250 and the digest alone.')],
    run: async (session, argument): Promise<Reply> => {
      const asked = await understand(session, argument);
      return digestOf(session, { verb, algorithm, ...asked }, ({ hex }) => reply(250, hex.toUpperCase()));
    },
  });
}

export const xDigests: readonly CommandRecord[] = [
  defineDigest(['XCRC'], 'CRC32'),
  defineDigest(['XMD5'], 'MD5'),
  defineDigest(['XSHA1', 'XSHA'], 'SHA-1'),
  defineDigest(['XSHA256'], 'SHA-256'),
  defineDigest(['XSHA512'], 'SHA-512'),
];
