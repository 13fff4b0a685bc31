/** What `-vv` adds to the dialogue: facts of TLS, the time of each step, endings, and what the standards say. */

import type { TraceEvent, TraceListener, TraceStep } from '../../client/index.ts';
import { printable } from '../../protocol/index.ts';
import { clauseHintFinder } from './clause-hints.ts';
import { certificateLines, dialogueLines } from './dialogue.ts';

const stepNames: Readonly<Record<TraceStep, string>> = {
  dns: 'name lookup',
  connect: 'control connection',
  tls: 'TLS handshake',
  login: 'greeting to end of login',
  'data-connect': 'data connection',
  'first-byte': 'command to first byte',
  transfer: 'first byte to last',
  'final-reply': 'last byte to final reply',
};

/** Prints dialogue and details with `write`, which gets whole lines. */
export function detailPrinter(write: (text: string) => void): TraceListener {
  const hintFor = clauseHintFinder();
  return (event) => {
    const lines = [...dialogueLines(event), ...detailsOf(event).map((line) => `* ${printable(line)}`)];
    const hint = hintFor(event);
    if (hint !== undefined) lines.push(`* Hint: ${hint.says} (${hint.clause})`);
    for (const line of lines) write(`${line}\n`);
  };
}

function detailsOf(event: TraceEvent): string[] {
  switch (event.kind) {
    case 'tls':
      return tlsDetails(event);
    case 'ticket':
      return [`TLS session to resume came on the ${event.channel} line (${event.bytes} bytes)`];
    case 'reply':
      return [`Timing: reply after ${milliseconds(event.waitMs)}`];
    case 'step': {
      const line = event.step === 'tls' ? ` on the ${event.channel} line` : '';
      return [`Timing: ${stepNames[event.step]}${line} ${milliseconds(event.durationMs)}`];
    }
    case 'unreachable':
      return [`No ${event.channel} connection to ${event.host} port ${event.port}: ${event.code}`];
    case 'listing':
      return [listingLine(event)];
    case 'transfer':
      return [`${event.verb}: ${event.bytes} bytes moved on the data line`];
    case 'ended':
      return [endingLine(event)];
    default:
      return [];
  }
}

function tlsDetails({ channel, group, alpn, facts, chain }: TraceEvent & { kind: 'tls' }): string[] {
  const kind = facts.resumed ? 'a resumed session' : 'a full handshake';
  return [
    `TLS on the ${channel} line: ${kind}, key exchange ${group ?? 'not told'}, ALPN ${alpn ?? 'none'}`,
    ...chain.flatMap((issuer) => ['Issuer of it:', ...certificateLines(issuer)]),
  ];
}

function listingLine({ verb, dialect, entries, raw }: TraceEvent & { kind: 'listing' }): string {
  const unread = raw === 0 ? '' : `, ${raw} lines not understood`;
  return `${verb}: ${entries} entries, dialect ${dialect ?? 'not recognised'}${unread}`;
}

function endingLine({ channel, ending, alert, error }: TraceEvent & { kind: 'ended' }): string {
  const told = alert === undefined ? '' : `, TLS alert ${alert}`;
  const reason = error === undefined ? '' : `: ${error}`;
  return `The ${channel} line has ended (${ending}${told})${reason}`;
}

function milliseconds(ms: number): string {
  return `${ms.toFixed(ms < 10 ? 2 : 0)} ms`;
}
