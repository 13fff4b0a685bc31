/** The server's certificate: read from files and checked, or made once for this machine. */

import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { ConfigError } from '../../errors/index.ts';
import { type CertificatePair, makeCertificate } from '../../net/index.ts';
import { readSmallFile } from './read-small-file.ts';

/** A certificate that fits its key. */
export interface ServerCertificate {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
  /** SHA-256 of the certificate: `AB:CD:…`. */
  readonly fingerprint256: string;
  /** Nobody else vouches for it: clients trust it only when they are given the certificate itself. */
  readonly selfSigned: boolean;
  /** Something that a client will complain of, as a sentence; undefined when all is well. */
  readonly warning: string | undefined;
}

/** Days: the longest that Apple's clients accept of a server certificate that a person has installed. */
const selfMadeDays = 825;

/** Reads both files and holds them against each other. Throws `ConfigError` that names the file. */
export async function readCertificate(certFile: string, keyFile: string): Promise<ServerCertificate> {
  const certificatePem = await readSmallFile(certFile, 'The certificate');
  const privateKeyPem = await readSmallFile(keyFile, 'The private key');
  const certificate = parseCertificate(certFile, certificatePem);
  const key = parseKey(keyFile, privateKeyPem);
  if (!certificate.checkPrivateKey(key)) {
    throw new ConfigError(
      'ERR_TWINLINE_CONFIG',
      `The private key ${keyFile} does not belong to the certificate ${certFile}: give the key that the certificate was made for.`,
    );
  }
  try {
    createSecureContext({ cert: certificatePem, key: privateKeyPem });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const message = `TLS cannot use the certificate ${certFile}: ${reason}.`;
    throw new ConfigError('ERR_TWINLINE_CONFIG', message, { cause: error });
  }
  return describeCertificate({ certificatePem, privateKeyPem }, certFile);
}

/** What is to be said of a pair that can be used; `place` is where it lies. */
export function describeCertificate(pair: CertificatePair, place: string): ServerCertificate {
  const certificate = new X509Certificate(pair.certificatePem);
  return {
    certificatePem: pair.certificatePem,
    privateKeyPem: pair.privateKeyPem,
    fingerprint256: certificate.fingerprint256,
    selfSigned: certificate.checkIssued(certificate),
    warning: warningAbout(certificate, place),
  };
}

/** Makes a certificate for this machine that signs itself: ECDSA on P-256, names localhost, 127.0.0.1 and ::1. */
export function makeLocalCertificate(): Promise<{ certificatePem: string; privateKeyPem: string }> {
  return makeCertificate({
    commonName: 'localhost',
    subjectAltNames: ['localhost', '127.0.0.1', '::1'],
    algorithm: 'ecdsa',
    days: selfMadeDays,
  });
}

function parseCertificate(file: string, pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (error) {
    const message = `${file} is not a certificate in PEM form: it should begin with -----BEGIN CERTIFICATE-----.`;
    throw new ConfigError('ERR_TWINLINE_CONFIG', message, { cause: error });
  }
}

function parseKey(file: string, pem: string): ReturnType<typeof createPrivateKey> {
  try {
    return createPrivateKey(pem);
  } catch (error) {
    const isLocked = pem.includes('ENCRYPTED');
    const message = isLocked
      ? `The private key ${file} has a passphrase: write it without one, for example with openssl pkey.`
      : `${file} is not a private key in PEM form: it should begin with -----BEGIN PRIVATE KEY-----.`;
    throw new ConfigError('ERR_TWINLINE_CONFIG', message, { cause: error });
  }
}

function warningAbout(certificate: X509Certificate, file: string): string | undefined {
  const now = Date.now();
  if (certificate.validToDate.getTime() < now) {
    return `The certificate ${file} has expired on ${certificate.validTo}: clients will refuse it until it is renewed.`;
  }
  if (certificate.validFromDate.getTime() > now) {
    return `The certificate ${file} is not valid before ${certificate.validFrom}: clients will refuse it until then.`;
  }
  return undefined;
}
