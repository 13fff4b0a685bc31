/** Certificates and certificate authorities for tests. */

import {
  type CertificateOptions,
  type KeyAlgorithm,
  type MadeCertificate,
  makeAuthority,
  makeCertificate,
} from '../net/index.ts';

/** A certificate with its key, as `tls.createSecureContext({ cert, key })` takes them. */
export type TestCertificate = MadeCertificate;
export type TestCertificateOptions = CertificateOptions;
export type { KeyAlgorithm };

/** Makes a certificate that servers and clients can present. */
export const createTestCertificate: (options?: TestCertificateOptions) => Promise<TestCertificate> = makeCertificate;

/** Makes an authority whose certificate signs others (`ca` of {@link createTestCertificate}) and is trusted as a root. */
export const createTestCa: (options?: Omit<TestCertificateOptions, 'subjectAltNames'>) => Promise<TestCertificate> =
  makeAuthority;
