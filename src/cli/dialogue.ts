/** Prints what happens in a session as people know it: `>` what we say, `<` what the server says, `*` what we find. */

import type { CertificateFacts, TraceEvent, TraceListener } from '../client/index.ts';
import { printable } from '../protocol/index.ts';
import type { Output } from './output.ts';

/** The lines of one event, without line ends. */
export function dialogueLines(event: TraceEvent): string[] {
  if (event.kind === 'command') return [`> ${event.text}`];
  if (event.kind === 'reply') return event.lines.map((line) => `< ${line}`);
  const lines = event.kind === 'tls' ? tlsLines(event) : [event.text];
  return lines.map((line) => `* ${printable(line)}`);
}

function tlsLines({ channel, facts, certificate, problem, accepted }: TraceEvent & { kind: 'tls' }): string[] {
  const lines = [
    ...(facts.resumed ? ['TLS re-using session'] : []),
    `TLS connection on the ${channel} line using ${facts.protocol}, ${facts.cipher}`,
  ];
  if (certificate !== undefined) lines.push('Server certificate:', ...certificateLines(certificate));
  if (channel === 'control') lines.push(`       certificate verify result: ${verifyResult(problem, accepted)}`);
  else if (!accepted) lines.push('       not the certificate of the control line');
  return lines;
}

function certificateLines(certificate: CertificateFacts): string[] {
  return [
    `       subject: ${certificate.subject}`,
    `       start date: ${isoDate(certificate.validFrom)}`,
    `       expire date: ${isoDate(certificate.validTo)}`,
    `       issuer: ${certificate.issuer}`,
    `       SHA-256 fingerprint: ${certificate.fingerprint256}`,
  ];
}

function verifyResult(problem: string | undefined, accepted: boolean): string {
  if (problem === undefined) return 'trusted';
  return accepted ? `${problem}, continuing anyway` : problem;
}

/** `2012-11-08 00:13:54 GMT` from the way in which TLS libraries write dates. */
function isoDate(text: string): string {
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? text : `${date.toISOString().slice(0, 19).replace('T', ' ')} GMT`;
}

/** Prints every event to stderr. */
export function dialoguePrinter(output: Output): TraceListener {
  return (event) => {
    for (const line of dialogueLines(event)) output.stderr.write(`${line}\n`);
  };
}
