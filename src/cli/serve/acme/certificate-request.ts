/** A new key and the request for its certificate (PKCS #10, RFC 2986). */

import { createPrivateKey, type KeyObject } from 'node:crypto';
import { makeCertificateRequest } from '../../../net/index.ts';

export interface CertificateRequest {
  readonly names: readonly string[];
  readonly privateKey: KeyObject;
  readonly privateKeyPem: string;
  /** DER. */
  readonly csr: Buffer;
}

/** Every certificate gets a key of its own, so that a stolen one ends with its certificate. */
export async function requestCertificate(names: readonly string[]): Promise<CertificateRequest> {
  const { csr, privateKeyPem } = await makeCertificateRequest(names);
  return { names, privateKey: createPrivateKey(privateKeyPem), privateKeyPem, csr };
}
