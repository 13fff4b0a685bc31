/** What a trace tells of the server, session by session: replies, TLS, data lines and endings, in their order. */

import type { TraceEvent } from '../../client/index.ts';

/** One thing that the server, or the network, did. */
export type RecordedStep =
  | { readonly kind: 'reply'; readonly code: number; readonly lines: readonly string[] }
  | { readonly kind: 'tls'; readonly channel: 'control' | 'data' }
  /** The data port could not be reached. */
  | { readonly kind: 'unreachable' }
  | { readonly kind: 'ended'; readonly channel: 'control' | 'data'; readonly ending: string };

/** A command and all that came before the next one. */
export interface RecordedExchange {
  /** In upper case; empty for what came before the first command. */
  readonly verb: string;
  readonly steps: readonly RecordedStep[];
  readonly transfer: RecordedTransfer | undefined;
}

export interface RecordedTransfer {
  readonly direction: 'download' | 'upload';
  /** Bytes that were moved. */
  readonly bytes: number;
  /** The bytes themselves, where the trace has them. */
  readonly content: Buffer | undefined;
}

export interface RecordedSession {
  readonly security: 'explicit' | 'implicit' | 'plain';
  /** Of the control line; undefined where no handshake was done. */
  readonly protocol: string | undefined;
  readonly exchanges: readonly RecordedExchange[];
}

interface Draft {
  readonly verb: string;
  readonly steps: RecordedStep[];
  readonly content: Buffer[];
  transfer: RecordedTransfer | undefined;
}

/** The sessions of a trace that reached the server, in the order in which they began. */
export function recordedSessions(events: readonly TraceEvent[]): RecordedSession[] {
  const numbers = [...new Set(events.map(({ session }) => session))].filter((session) => session > 0);
  return numbers.flatMap((number) => {
    const own = events.filter(({ session }) => session === number);
    return own.some(({ kind, channel }) => kind === 'connected' && channel === 'control') ? [recordedSession(own)] : [];
  });
}

function recordedSession(events: readonly TraceEvent[]): RecordedSession {
  const exchanges: Draft[] = [newDraft('')];
  for (const event of events) {
    if (event.kind === 'command') exchanges.push(newDraft(event.text.split(' ', 1)[0]?.toUpperCase() ?? ''));
    else addEvent(exchanges, event);
  }
  const begin = events.find((event) => event.kind === 'session');
  const tls = events.find((event) => event.kind === 'tls' && event.channel === 'control');
  return {
    security: begin?.kind === 'session' ? begin.security : 'explicit',
    protocol: tls?.kind === 'tls' ? tls.facts.protocol : undefined,
    exchanges,
  };
}

const newDraft = (verb: string): Draft => ({ verb, steps: [], content: [], transfer: undefined });

function addEvent(exchanges: readonly Draft[], event: TraceEvent): void {
  const last = exchanges.at(-1);
  if (last === undefined) return;
  if (event.kind === 'reply') last.steps.push({ kind: 'reply', code: event.code, lines: event.lines });
  else if (event.kind === 'tls') last.steps.push({ kind: 'tls', channel: event.channel });
  else if (event.kind === 'unreachable' && event.channel === 'data') last.steps.push({ kind: 'unreachable' });
  else if (event.kind === 'ended') last.steps.push({ kind: 'ended', channel: event.channel, ending: event.ending });
  else if (event.kind === 'data') last.content.push(Buffer.from(event.base64, 'base64'));
  else if (event.kind === 'transfer') {
    // ABOR and others may come between the command of a transfer and its end.
    const begun = exchanges.findLast(({ verb }) => verb === event.verb);
    const content = begun === undefined || begun.content.length === 0 ? undefined : Buffer.concat(begun.content);
    if (begun !== undefined) begun.transfer = { direction: event.direction, bytes: event.bytes, content };
  }
}
