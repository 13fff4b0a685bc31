/** Digests of files there: HASH with the algorithm of OPTS HASH (draft-bryan-ftpext-hash), XSHA256 and its like elsewhere. */

import { LocalProtocolError, NotSupportedError, PeerProtocolError } from '../../errors/index.ts';
import type { FeatureList, ParsedReply } from '../../protocol/index.ts';
import { replyText } from '../control-loss.ts';
import { askLong } from '../long-answer.ts';
import { joinedText, requireCompletion } from '../replies.ts';
import type { Session } from '../session.ts';
import { size } from './facts.ts';

/** A server reads some 300 MB a second: ten minutes are for files of 100 GB and more. */
const defaultHashMs = 600_000;

export interface HashOptions {
  /** A name of the HASH draft: `SHA-256`, `SHA-512`, `SHA-1`, `MD5`, `CRC32`. Default: the first of these that is there. */
  readonly algorithm?: string;
  /** First byte; default 0. A range goes by the X commands alone: HASH has none that servers agree on. */
  readonly from?: number;
  /** The byte behind the last; default the end of the file. */
  readonly to?: number;
  /** How long the server may take; default ten minutes. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

export interface FileHash {
  /** As the HASH draft names it. */
  readonly algorithm: string;
  /** Hexadecimal, small letters. */
  readonly digest: string;
}

/** Best first; CRC32 finds accidents only. The X commands that give the same digest stand behind each. */
const known = [
  { algorithm: 'SHA-256', hexLength: 64, verbs: ['XSHA256'] },
  { algorithm: 'SHA-512', hexLength: 128, verbs: ['XSHA512'] },
  { algorithm: 'SHA-1', hexLength: 40, verbs: ['XSHA1', 'XSHA'] },
  { algorithm: 'MD5', hexLength: 32, verbs: ['XMD5'] },
  { algorithm: 'CRC32', hexLength: 8, verbs: ['XCRC'] },
] as const;

/** One way to have a digest made. */
interface Way {
  readonly algorithm: string;
  /** `HASH`, or the X command. */
  readonly verb: string;
}

/** The algorithms that a server offers with a command for them, best first. */
function waysOf(features: FeatureList): Way[] {
  const value = features.value('HASH');
  const named = (value ?? '').split(';').map((name) => name.trim().replace(/\*$/, '').toUpperCase());
  const byHash = new Set(named.filter((name) => name !== ''));
  const ways: Way[] = known.flatMap(({ algorithm, verbs }) => [
    ...(byHash.has(algorithm) ? [{ algorithm, verb: 'HASH' }] : []),
    ...verbs.filter((verb) => features.has(verb)).map((verb) => ({ algorithm, verb })),
  ]);
  const others = [...byHash].filter((name) => known.every(({ algorithm }) => algorithm !== name));
  return [...ways, ...others.map((algorithm) => ({ algorithm, verb: 'HASH' }))];
}

/** The algorithms that `hash` can use here, best first; empty where the server has none. */
export async function hashAlgorithms(session: Session, signal?: AbortSignal): Promise<string[]> {
  const ways = waysOf(await session.features(signal));
  return [...new Set(ways.map(({ algorithm }) => algorithm))];
}

/**
 * The digest of a file, or of a range of it. Throws `NotSupportedError` where the server has no command for it,
 * `ReplyError` where it refuses the file, `PeerProtocolError` where its answer holds no digest of that kind.
 */
export async function hash(session: Session, path: string, options: HashOptions = {}): Promise<FileHash> {
  const { from, to, signal, timeoutMs = defaultHashMs } = options;
  const wanted = options.algorithm?.toUpperCase();
  const isRange = from !== undefined || to !== undefined;
  const way = waysOf(await session.features(signal)).find(
    ({ algorithm, verb }) => (wanted === undefined || algorithm === wanted) && !(isRange && verb === 'HASH'),
  );
  if (way === undefined) throw notSupported(wanted, isRange);
  if (way.verb === 'HASH') await session.setHashAlgorithm(way.algorithm, signal);
  const argument = isRange ? rangeOf(path, from ?? 0, to ?? (await size(session, path, signal))) : path;
  const reply = await askLong(session, way.verb, argument, { timeoutMs, signal });
  return digestIn(way, requireCompletion(way.verb, argument, reply));
}

function notSupported(algorithm: string | undefined, isRange: boolean): NotSupportedError {
  const offered = known.filter((entry) => algorithm === undefined || entry.algorithm === algorithm);
  const what = isRange ? 'digests of a part of a file' : 'digests of files';
  const message = `The server offers no ${what}${algorithm === undefined ? '' : ` by ${algorithm}`}.`;
  const needs = [...(isRange ? [] : ['HASH']), ...offered.flatMap(({ verbs }) => verbs)];
  return new NotSupportedError(message, { needs });
}

/** With quotes only where they are needed to tell the name from the numbers: some servers take them for a part of it. */
function rangeOf(path: string, from: number, to: number): string {
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to) || from < 0 || to < from) {
    throw new LocalProtocolError('ERR_TWINLINE_ARGUMENT', `${from} to ${to} is no range of bytes.`);
  }
  const name = /[ "]/.test(path) ? `"${path.replaceAll('"', '""')}"` : path;
  return `${name} ${from} ${to}`;
}

/** `213 SHA-256 0-49 <digest> name` of HASH, whatever stands around the digest in the answers of the X commands. */
function digestIn({ algorithm, verb }: Way, reply: ParsedReply): FileHash {
  const length = known.find((entry) => entry.algorithm === algorithm)?.hexLength;
  const words = joinedText(reply).split(/[\s"]+/);
  // The name comes last, and may look like a digest itself.
  const isAnswered = verb !== 'HASH' || words[0]?.toUpperCase() === algorithm;
  const digest = words
    .slice(verb === 'HASH' ? 1 : 0)
    .find((word) => /^[\da-f]+$/i.test(word) && (length === undefined ? word.length >= 8 : word.length === length));
  if (digest !== undefined && isAnswered) return { algorithm, digest: digest.toLowerCase() };
  const message = `The server answered ${verb} with "${replyText(reply)}", which holds no digest by ${algorithm}.`;
  throw new PeerProtocolError('ERR_TWINLINE_UNEXPECTED_REPLY', message);
}
