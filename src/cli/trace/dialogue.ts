/** Prints what happens in a session as people know it: `>` what we say, `<` what the server says, `*` what we find. */

import type { CertificateFacts, TraceEvent } from '../../client/index.ts';
import { printable } from '../../protocol/index.ts';

/** The lines of one event, without line ends; none for what is detail. */
export function dialogueLines(event: TraceEvent): string[] {
  if (event.kind === 'command') return [`> ${event.text}`];
  if (event.kind === 'reply') return event.lines.map((line) => `< ${line}`);
  return noteLines(event).map((line) => `* ${printable(line)}`);
}

function noteLines(event: TraceEvent): string[] {
  if (event.kind === 'info') return [event.text];
  if (event.kind === 'tls') return tlsLines(event);
  if (event.kind === 'connected' && event.channel === 'control') {
    return [`Connected to ${event.host} port ${event.port}`];
  }
  return [];
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

/** Subject, dates, issuer and fingerprint, one a line. */
export function certificateLines(certificate: CertificateFacts): string[] {
  return [
    `       subject: ${certificate.subject}`,
    `       start date: ${isoDate(certificate.validFrom)}`,
    `       expire date: ${isoDate(certificate.validTo)}`,
    `       issuer: ${certificate.issuer}`,
    `       SHA-256 fingerprint: ${certificate.fingerprint256}`,
    ...(certificate.publicKeyPin === undefined ? [] : [`       public key: ${certificate.publicKeyPin}`]),
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
