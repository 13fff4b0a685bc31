/** What a session knows of the end of its control line, and the errors that follow from it. */

import { ConnectionLostError, TwinlineError } from '../errors/index.ts';
import type { LineEnding } from '../net/index.ts';
import { printable } from '../protocol/index.ts';
import type { ParsedReply } from '../protocol/index.ts';

/** Why there is no control line any more. */
export interface ControlLoss {
  readonly ending: LineEnding;
  /** The socket's error, or the error of ours for which the session was given up. */
  readonly cause?: Error;
  /** The 421 with which the server said goodbye. */
  readonly reply?: ParsedReply;
}

/** A reply on one line, for messages. */
export function replyText(reply: ParsedReply): string {
  return printable(reply.rawLines.join(' / '));
}

const words: Readonly<Record<LineEnding, string>> = {
  'close-notify': 'the server closed the control connection',
  fin: 'the server closed the control connection',
  reset: 'the control connection was reset',
  timeout: 'the control connection timed out',
  local: 'the session was closed here',
  error: 'the control connection failed',
};

/** Says in words how the control line ended. */
function describeLoss(loss: ControlLoss): string {
  if (loss.reply !== undefined) return `the server ended the session with "${replyText(loss.reply)}"`;
  const reason = loss.ending === 'error' && loss.cause !== undefined ? ` (${loss.cause.message})` : '';
  return `${words[loss.ending]}${reason}`;
}

/** What was going on when the line was lost. */
export interface LossSituation {
  readonly phase: string;
  readonly bytesMoved?: number;
  readonly resumable?: boolean;
}

/** The error for an operation that lost its control line; an error of ours that ended the session is passed on as it is. */
export function controlLostError(loss: ControlLoss, situation: LossSituation): TwinlineError {
  if (loss.cause instanceof TwinlineError) return loss.cause;
  const moved = situation.bytesMoved === undefined ? '' : `, ${situation.bytesMoved} bytes had been transferred`;
  const text = describeLoss(loss);
  const message = `${text.charAt(0).toUpperCase()}${text.slice(1)} (${situation.phase}${moved}).`;
  return new ConnectionLostError('ERR_TWINLINE_CONTROL_LOST', message, {
    channel: 'control',
    ...situation,
    cause: loss.cause,
  });
}
