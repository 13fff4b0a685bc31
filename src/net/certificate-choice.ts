/** Which certificates a server shows to a client that names a host (RFC 6066 section 3), and which hosts it has. */

import { X509Certificate } from 'node:crypto';
import type { CertificatePair, ServerTlsSettings } from './server-tls-settings.ts';

const read = new WeakMap<CertificatePair, X509Certificate>();

/** Each is read once, however many sessions choose among them. */
function certificateOf(pair: CertificatePair): X509Certificate {
  let certificate = read.get(pair);
  if (certificate === undefined) read.set(pair, (certificate = new X509Certificate(pair.certificatePem)));
  return certificate;
}

/** All pairs of the settings, the one for clients that name no host first. */
export function allPairs(settings: ServerTlsSettings): readonly CertificatePair[] {
  return [settings, ...(settings.furtherCertificates ?? [])];
}

/** Whether the certificate is for `host`; wildcards as in RFC 6125, and the common name where there are no other names. */
export function isFor(pair: CertificatePair, host: string): boolean {
  return certificateOf(pair).checkHost(host) !== undefined;
}

/** The pairs for a host; several where it has keys of several kinds. Empty when the server does not know the host. */
export function pairsFor(settings: ServerTlsSettings, host: string): readonly CertificatePair[] {
  return onePerKind(allPairs(settings).filter((pair) => isFor(pair, host)));
}

/** The pairs for clients that name no host: the first, and those of other kinds for the same names. */
export function defaultPairs(settings: ServerTlsSettings): readonly CertificatePair[] {
  const names = certificateOf(settings).subjectAltName;
  return onePerKind(
    allPairs(settings).filter((pair) => pair === settings || certificateOf(pair).subjectAltName === names),
  );
}

/** OpenSSL keeps one certificate for each kind of key; the first of a kind counts. */
function onePerKind(pairs: readonly CertificatePair[]): readonly CertificatePair[] {
  const kinds = new Map<string, CertificatePair>();
  for (const pair of pairs) {
    const kind = certificateOf(pair).publicKey.asymmetricKeyType ?? '';
    if (!kinds.has(kind)) kinds.set(kind, pair);
  }
  return [...kinds.values()];
}
