/** The certificate that a server presents: its facts for people, and whether it can be trusted. */

import { pinOf } from './public-key-pins.ts';
import { checkServerIdentity, type DetailedPeerCertificate, type PeerCertificate, type TLSSocket } from 'node:tls';

/** What a person wants to know of a certificate. */
export interface CertificateFacts {
  readonly subject: string;
  readonly issuer: string;
  /** As the certificate has them, in GMT. */
  readonly validFrom: string;
  readonly validTo: string;
  /** SHA-256 of the whole certificate: `AB:CD:…`. */
  readonly fingerprint256: string;
  /** SHA-256 of the public key alone, as `pins` takes it; only of the peer itself, not of its issuers. */
  readonly publicKeyPin?: string | undefined;
}

function distinguishedName(name: object | undefined): string {
  if (name === undefined) return '';
  return Object.entries(name)
    .flatMap(([key, value]) => (Array.isArray(value) ? value : [value]).map((one) => `${key}=${String(one)}`))
    .join('; ');
}

/** The facts of the peer's certificate; undefined where the session was resumed without it. */
export function certificateFactsOf(tls: TLSSocket): CertificateFacts | undefined {
  const facts = factsOf(tls.getPeerCertificate());
  return facts && { ...facts, publicKeyPin: pinOf(tls) };
}

/** The issuers behind the peer's certificate, nearest first. */
export function certificateChainOf(tls: TLSSocket): CertificateFacts[] {
  const chain: CertificateFacts[] = [];
  let below = tls.getPeerCertificate(true) as Partial<DetailedPeerCertificate>;
  // A root is its own issuer.
  while (chain.length < maxShownIssuers) {
    const issuer: Partial<DetailedPeerCertificate> | undefined = below.issuerCertificate;
    const facts = issuer?.fingerprint256 === below.fingerprint256 ? undefined : factsOf(issuer ?? {});
    if (issuer === undefined || facts === undefined) break;
    chain.push(facts);
    below = issuer;
  }
  return chain;
}

function factsOf(certificate: Partial<PeerCertificate>): CertificateFacts | undefined {
  if (certificate.fingerprint256 === undefined) return undefined;
  return {
    subject: distinguishedName(certificate.subject),
    issuer: distinguishedName(certificate.issuer),
    validFrom: certificate.valid_from ?? '',
    validTo: certificate.valid_to ?? '',
    fingerprint256: certificate.fingerprint256,
  };
}

/** OpenSSL itself follows no more than a hundred, and real chains have three. */
const maxShownIssuers = 10;

const sentences: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'it is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'its chain ends in a self-signed certificate that is not trusted here',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its issuer is not trusted here',
  UNABLE_TO_GET_ISSUER_CERT: 'its issuer is not trusted here',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its issuer is not trusted here',
  CERT_SIGNATURE_FAILURE: 'its issuer is not trusted here (an authority of that name has another key)',
  CERT_HAS_EXPIRED: 'it has expired',
  CERT_NOT_YET_VALID: 'it is not valid yet',
  CERT_REVOKED: 'it was revoked',
  INVALID_PURPOSE: 'it is not a certificate for a server',
};

/**
 * Why the certificate of a connection that was made without enforcement is not to be trusted for `host`; undefined
 * when it is. The words fit behind "The certificate of … is not trusted:".
 */
export function certificateProblem(tls: TLSSocket, host: string): string | undefined {
  if (tls.authorized) return undefined;
  const code = String(tls.authorizationError ?? 'no reason given');
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const mismatch: (Error & { readonly reason?: string }) | undefined = checkServerIdentity(
      host,
      tls.getPeerCertificate(),
    );
    return `it belongs to another host (${mismatch?.reason ?? `not ${host}`})`;
  }
  return sentences[code] ?? code;
}
