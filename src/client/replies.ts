/** Judging final replies: what counts as done, and the errors for what does not. */

import { type ErrorCode, PeerProtocolError, ReplyError, type TwinlineError } from '../errors/index.ts';
import { displayCommand, type ParsedReply, replyClass } from '../protocol/index.ts';
import { replyText } from './control-loss.ts';

/** The error for a reply that says no, or that has no place behind this command. `command` may be shown. */
export function replyError(
  command: string,
  reply: ParsedReply,
  code: ErrorCode = 'ERR_TWINLINE_REFUSED',
): TwinlineError {
  if (reply.code < 400) {
    const message = `The server answered ${command} with "${replyText(reply)}", which has no place there.`;
    return new PeerProtocolError('ERR_TWINLINE_UNEXPECTED_REPLY', message);
  }
  return new ReplyError(code, `${verdictOf(command, reply)}: "${replyText(reply)}".`, {
    replyCode: reply.code,
    replyLines: reply.lines,
    command,
  });
}

/** 425 and 426 refuse nothing: they say what became of the data connection (RFC 959 section 4.2.2). */
function verdictOf(command: string, { code }: ParsedReply): string {
  if (code === 425) return `The server has no data connection for ${command}`;
  if (code === 426) return `The server gave up the data connection of ${command}`;
  return `The server refused ${command}`;
}

/** Returns the reply when it is a 2xx; throws the error that it stands for otherwise. */
export function requireCompletion(verb: string, argument: string | undefined, reply: ParsedReply): ParsedReply {
  if (replyClass(reply.code) === 'completion') return reply;
  throw replyError(displayCommand(verb, argument), reply);
}

/** The text of a reply in one line, without codes. */
export function joinedText(reply: ParsedReply): string {
  return reply.lines.join(' ');
}

/** The path of a 257 reply: between quotes, doubled quotes inside it halved (RFC 959 appendix II); undefined without. */
export function quotedPath(reply: ParsedReply): string | undefined {
  const match = /"((?:[^"]|"")*)"/.exec(joinedText(reply));
  return match?.[1]?.replaceAll('""', '"');
}

/** The reply without a secret that the server repeats in it: neither a trace nor an error may show one. */
export function withoutSecret(reply: ParsedReply, secret: string | undefined): ParsedReply {
  if (secret === undefined || secret === '') return reply;
  const mask = (line: string): string => line.replaceAll(secret, '********');
  return { ...reply, lines: reply.lines.map(mask), rawLines: reply.rawLines.map(mask) };
}
