/** The certificate that a client has shown under TLS, and the users whom it may log in as (RFC 4217 section 15.1.2). */

import { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import { ConfigError } from '../errors/index.ts';

/** What a server demands of clients. */
export interface ClientCertificateSettings {
  /** `optional`: asked for, and used where one is shown; `required`: no session without one that is trusted. */
  readonly demand: 'optional' | 'required';
  /** Certificates of the authorities whose signature is trusted, PEM; undefined: only known fingerprints are trusted. */
  readonly authoritiesPem?: string;
  /** Who is logged in by a certificate, without a password. */
  readonly logins?: readonly CertificateLogin[];
}

/** Fields of a certificate by which it can log a user in: common name, alternative names, SHA-256 of the whole. */
export const certificateFields = ['cn', 'email', 'dns', 'uri', 'sha256'] as const;
export type CertificateField = (typeof certificateFields)[number];

/** One rule: a certificate whose `field` is `value` logs `user` in. Without a value: the field is the user's name. */
export interface CertificateLogin {
  readonly user: string | undefined;
  readonly field: CertificateField;
  readonly value: string | undefined;
}

/** A client certificate as far as the server needs it. */
export interface ClientCertificate {
  /** `AB:CD:…`. */
  readonly fingerprint256: string;
  /** On one line, for logs; it may hold anything. */
  readonly subject: string;
  readonly names: Readonly<Record<CertificateField, readonly string[]>>;
  /** Why no authority vouches for it, as OpenSSL says it; undefined when one does. */
  readonly problem: string | undefined;
}

/** The certificate that the client of this line has shown, undefined when it has shown none. */
export function clientCertificateOf(tls: TLSSocket): ClientCertificate | undefined {
  const certificate = tls.getPeerX509Certificate();
  if (certificate === undefined) return undefined;
  // A socket that no tls.Server made leaves the verdict of OpenSSL at its handle.
  const handle = (tls as unknown as { _handle: { verifyError(): NodeJS.ErrnoException | null | undefined } })._handle;
  const error = handle.verifyError();
  return describeCertificate(certificate, error?.message);
}

export function describeCertificate(certificate: X509Certificate, problem: string | undefined): ClientCertificate {
  const { CN } = certificate.toLegacyObject().subject as { readonly CN?: string | readonly string[] };
  return {
    fingerprint256: certificate.fingerprint256,
    subject: certificate.subject?.replaceAll('\n', ', ') ?? '',
    names: {
      cn: CN === undefined ? [] : [CN].flat(),
      email: alternativeNames(certificate, 'email'),
      dns: alternativeNames(certificate, 'DNS'),
      uri: alternativeNames(certificate, 'URI'),
      sha256: [certificate.fingerprint256],
    },
    problem,
  };
}

/** Node writes names with unusual characters in quotes; none of these can be a user's, so they are passed over. */
function alternativeNames({ subjectAltName = '' }: X509Certificate, kind: string): readonly string[] {
  const entries = subjectAltName.matchAll(/(?:^|, )([^:,"]+):("(?:[^"\\]|\\.)*"|[^,"]*)/g);
  return [...entries].flatMap(([, entryKind, value = '']) =>
    entryKind === kind && !value.startsWith('"') && value !== '' ? [value] : [],
  );
}

const foldsCase: ReadonlySet<CertificateField> = new Set(['email', 'dns', 'sha256']);

function isSame(field: CertificateField, one: string, other: string): boolean {
  return foldsCase.has(field) ? one.toLowerCase() === other.toLowerCase() : one === other;
}

/** A fingerprint in the settings is trust in that one certificate, whoever has signed it. */
export function isTrusted(certificate: ClientCertificate, { logins = [] }: ClientCertificateSettings): boolean {
  const isKnown = logins.some(
    ({ field, value }) => field === 'sha256' && value !== undefined && isSame(field, value, certificate.fingerprint256),
  );
  return certificate.problem === undefined || isKnown;
}

/** Whether the certificate logs `user` in. */
export function mayLogIn(certificate: ClientCertificate, user: string, settings: ClientCertificateSettings): boolean {
  if (user === '' || !isTrusted(certificate, settings)) return false;
  return (settings.logins ?? []).some((rule) => {
    if (rule.user !== undefined && rule.user !== user) return false;
    const wanted = rule.value ?? user;
    return certificate.names[rule.field].some((name) => isSame(rule.field, name, wanted));
  });
}

/** Throws `ConfigError` with what to do when these settings cannot be used. */
export function checkClientCertificates({ authoritiesPem, logins = [] }: ClientCertificateSettings): void {
  if (authoritiesPem === undefined) {
    if (logins.some(({ field }) => field === 'sha256')) return;
    const message =
      'Client certificates need an authority whose signature is trusted, or known fingerprints: name one.';
    throw new ConfigError('ERR_TWINLINE_CONFIG', message);
  }
  const blocks = authoritiesPem.match(/-----BEGIN CERTIFICATE-----[^]*?-----END CERTIFICATE-----/g) ?? [];
  try {
    const authorities = blocks.map((block) => new X509Certificate(block));
    if (authorities.length === 0) throw new Error('no certificate');
  } catch (cause) {
    const message =
      'The authorities of client certificates are not in PEM form: they begin with -----BEGIN CERTIFICATE-----.';
    throw new ConfigError('ERR_TWINLINE_CONFIG', message, { cause });
  }
}
