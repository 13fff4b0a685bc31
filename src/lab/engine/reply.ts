/** A reply as the lab reads it: apart from the codec of server and client, and with every byte kept. */

import { replyText } from '../../peer/index.ts';

export interface Reply {
  readonly code: number;
  /** Lines as they came, with their codes. */
  readonly lines: readonly string[];
  /** The first line, for sentences. */
  readonly text: string;
  /** Every byte. */
  readonly raw: Buffer;
}

export function readReply(raw: Buffer): Reply {
  const lines = replyText(raw).split('\n');
  const text = lines.length === 1 ? (lines[0] ?? '') : `${lines[0]} …`;
  return { code: Number.parseInt(lines[0]?.slice(0, 3) ?? '', 10) || 0, lines, text, raw };
}

/** The first digit, as RFC 959 section 4.2 gives it a meaning. */
export function classOf(reply: Reply): number {
  return Math.floor(reply.code / 100);
}
