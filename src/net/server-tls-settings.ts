/** What a server presents under TLS and what it demands, and the check that all of it can be used. */

import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { ConfigError } from '../errors/index.ts';
import { checkClientCertificates, type ClientCertificateSettings } from './client-certificate.ts';
import { cipherListOf, type TlsVersion, unknownCipher, unknownGroup } from './tls-parameters.ts';

/** A certificate with its chain, the server's own first, and the key of that first one: PEM texts. */
export interface CertificatePair {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

/** What a server presents and demands. A change of certificate is a new value of this. */
export interface ServerTlsSettings extends CertificatePair {
  /**
   * More certificates: each is shown to clients that name, by SNI or HOST, a host that it is for. The first, above, is
   * for clients that name none, or one that no certificate is for.
   */
  readonly furtherCertificates?: readonly CertificatePair[];
  /** Lowest version, `TLSv1.2` unless told otherwise (RFC 8996). */
  readonly minVersion?: TlsVersion;
  /** Highest version, `TLSv1.3` unless told otherwise. */
  readonly maxVersion?: TlsVersion;
  /**
   * Cipher suites in the order of preference, as OpenSSL writes them; those of TLS 1.3 are named in full. Where none of a
   * version is named, its defaults stay.
   */
  readonly ciphers?: readonly string[];
  /** Key exchange groups in the order of preference. Default: OpenSSL's, which begin with X25519MLKEM768. */
  readonly groups?: readonly string[];
  /** Default: none is asked for. */
  readonly clientCertificates?: ClientCertificateSettings;
}

function refuse(message: string, cause?: unknown): never {
  throw new ConfigError('ERR_TWINLINE_CONFIG', message, cause === undefined ? {} : { cause });
}

/** Throws `ConfigError` with what to do when these settings cannot be used. */
export function checkServerTls(settings: ServerTlsSettings): void {
  const { minVersion = 'TLSv1.2', maxVersion = 'TLSv1.3', ciphers, groups } = settings;
  if (minVersion > maxVersion) {
    refuse(`The lowest TLS version, ${minVersion}, is above the highest, ${maxVersion}: change one of them.`);
  }
  const cipher = unknownCipher(ciphers ?? []);
  if (cipher !== undefined) refuse(`"${cipher}" is no cipher suite that OpenSSL has: correct it or leave it out.`);
  const group = unknownGroup(groups ?? []);
  if (group !== undefined) refuse(`"${group}" is no key exchange group that OpenSSL has: correct it or leave it out.`);
  if (settings.clientCertificates !== undefined) checkClientCertificates(settings.clientCertificates);
  for (const pair of [settings, ...(settings.furtherCertificates ?? [])]) checkPair(pair, ciphers);
}

function checkPair(pair: CertificatePair, ciphers: readonly string[] | undefined): void {
  checkKey(pair);
  const { certificatePem: cert, privateKeyPem: key } = pair;
  try {
    createSecureContext({ cert, key, ciphers: cipherListOf(ciphers) });
  } catch (error) {
    refuse(`TLS cannot use this certificate with these settings: ${(error as Error).message}.`, error);
  }
}

function checkKey({ certificatePem, privateKeyPem }: CertificatePair): void {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(certificatePem);
  } catch (error) {
    return refuse('The certificate is not in PEM form: it should begin with -----BEGIN CERTIFICATE-----.', error);
  }
  let fits: boolean;
  try {
    fits = certificate.checkPrivateKey(createPrivateKey(privateKeyPem));
  } catch (error) {
    return refuse('The private key is not in PEM form, or has a passphrase: write it without one.', error);
  }
  // A certificate may have names and no subject, and Node's types do not say so.
  const subject = (certificate.subject as string | undefined)?.replaceAll('\n', ', ') ?? certificate.subjectAltName;
  if (!fits) refuse(`The private key does not belong to the certificate of ${subject}: give the key it was made for.`);
}
