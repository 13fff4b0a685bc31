/** Makes certificates and certificate authorities in memory: for a server that has none, and for tests. */

import { createPrivateKey, randomBytes, webcrypto, X509Certificate as NodeCertificate } from 'node:crypto';
import { isIP } from 'node:net';
import type * as x509Module from '@peculiar/x509';
import { provideReflectMetadata } from './reflect-metadata.ts';

/** A certificate with its key, as `tls.createSecureContext({ cert, key })` takes them. */
export interface MadeCertificate {
  /** One certificate, PEM. */
  readonly certificatePem: string;
  /** PKCS #8, PEM. */
  readonly privateKeyPem: string;
  /** SHA-256 of the certificate as Node prints it: `AB:CD:…`. */
  readonly fingerprint256: string;
}

export type KeyAlgorithm = 'ecdsa' | 'rsa';

export interface CertificateOptions {
  /** Default `localhost`. */
  readonly commonName?: string;
  /** Host names, IP addresses, `email:…` and `uri:…`; default `localhost`, `127.0.0.1` and `::1`. */
  readonly subjectAltNames?: readonly string[];
  /** Days until it ends, counted from now; a negative number makes a certificate that has ended. Default 30. */
  readonly days?: number;
  /** ECDSA on P-256 (default) or RSA with 2048 bits. */
  readonly algorithm?: KeyAlgorithm;
  /** Signs the certificate; without it the certificate signs itself. */
  readonly ca?: MadeCertificate;
}

const dayMs = 24 * 60 * 60 * 1000;

const keyAlgorithms = {
  ecdsa: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  rsa: {
    name: 'RSASSA-PKCS1-v1_5',
    hash: 'SHA-256',
    publicExponent: new Uint8Array([1, 0, 1]),
    modulusLength: 2048,
  },
} as const;

/** Makes a server certificate (extended key usage: server and client authentication). */
export async function makeCertificate(options: CertificateOptions = {}): Promise<MadeCertificate> {
  const { commonName = 'localhost', subjectAltNames = ['localhost', '127.0.0.1', '::1'] } = options;
  const x509 = await loadX509();
  return issue(x509, { ...options, commonName }, [
    new x509.BasicConstraintsExtension(false, undefined, true),
    new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth, x509.ExtendedKeyUsage.clientAuth]),
    new x509.SubjectAlternativeNameExtension(subjectAltNames.map(generalNameOf)),
  ]);
}

/** Makes an authority whose certificate signs others (`ca` of {@link makeCertificate}) and is trusted as a root. */
export async function makeAuthority(
  options: Omit<CertificateOptions, 'subjectAltNames'> = {},
): Promise<MadeCertificate> {
  const { commonName = 'Twinline authority' } = options;
  const x509 = await loadX509();
  return issue(x509, { ...options, commonName }, [
    new x509.BasicConstraintsExtension(true, undefined, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
  ]);
}

/** Makes an ECDSA key on P-256 and the request for a certificate of `names` (PKCS #10, DER). */
export async function makeCertificateRequest(
  names: readonly string[],
): Promise<{ readonly csr: Buffer; readonly privateKeyPem: string }> {
  const x509 = await loadX509();
  const keys = await webcrypto.subtle.generateKey(keyAlgorithms.ecdsa, true, ['sign', 'verify']);
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    // No subject: the names stand in the extension, and a common name holds 64 characters only.
    name: '',
    keys,
    signingAlgorithm: keyAlgorithms.ecdsa,
    extensions: [new x509.SubjectAlternativeNameExtension(names.map(generalNameOf))],
  });
  return { csr: Buffer.from(request.rawData), privateKeyPem: await privateKeyPemOf(keys.privateKey) };
}

function generalNameOf(text: string): { type: 'dns' | 'ip' | 'email' | 'url'; value: string } {
  const [, kind, value = ''] = /^(email|uri):(.*)$/s.exec(text) ?? [];
  if (kind !== undefined) return { type: kind === 'uri' ? 'url' : 'email', value };
  return { type: isIP(text) === 0 ? 'dns' : 'ip', value: text };
}

type X509 = typeof x509Module;

/** Loaded when the first certificate is made: it costs as much as the rest of a start. */
async function loadX509(): Promise<X509> {
  provideReflectMetadata();
  return import('@peculiar/x509');
}

async function issue(
  x509: X509,
  options: CertificateOptions & { commonName: string },
  extensions: InstanceType<X509['Extension']>[],
): Promise<MadeCertificate> {
  const { algorithm = 'ecdsa', days = 30, ca } = options;
  const keys = await webcrypto.subtle.generateKey(keyAlgorithms[algorithm], true, ['sign', 'verify']);
  const notAfter = new Date(Date.now() + days * dayMs);
  const notBefore = new Date(Math.min(Date.now(), notAfter.getTime()) - dayMs);
  const name = `CN=${options.commonName}`;
  const signer = ca === undefined ? undefined : await signerOf(ca);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: `00${randomBytes(12).toString('hex')}`,
    subject: name,
    issuer: signer?.subject(x509) ?? name,
    notBefore,
    notAfter,
    publicKey: keys.publicKey,
    signingKey: signer?.key ?? keys.privateKey,
    signingAlgorithm: signer?.algorithm ?? keyAlgorithms[algorithm],
    extensions,
  });
  const certificatePem = `${certificate.toString('pem')}\n`;
  return {
    certificatePem,
    privateKeyPem: await privateKeyPemOf(keys.privateKey),
    fingerprint256: new NodeCertificate(certificatePem).fingerprint256,
  };
}

async function privateKeyPemOf(privateKey: webcrypto.CryptoKey): Promise<string> {
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', privateKey));
  const key = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
  return key.export({ format: 'pem', type: 'pkcs8' }).toString();
}

async function signerOf(ca: MadeCertificate) {
  const key = createPrivateKey(ca.privateKeyPem);
  const algorithm = key.asymmetricKeyType === 'rsa' ? keyAlgorithms.rsa : keyAlgorithms.ecdsa;
  const pkcs8 = key.export({ format: 'der', type: 'pkcs8' });
  return {
    algorithm,
    key: await webcrypto.subtle.importKey('pkcs8', pkcs8, algorithm, false, ['sign']),
    subject: (x509: X509) => new x509.X509Certificate(ca.certificatePem).subject,
  };
}
