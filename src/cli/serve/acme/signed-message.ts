/** Account keys of ACME and the messages that they sign: JWS in flattened JSON (RFC 8555 section 6.2, RFC 7515). */

import { createHash, createHmac, createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';

export function base64url(data: string | Uint8Array): string {
  return Buffer.from(data).toString('base64url');
}

/** The public half of a P-256 key, its members in the order that a thumbprint needs (RFC 7638 section 3). */
interface PublicJwk {
  readonly crv: string;
  readonly kty: string;
  readonly x: string;
  readonly y: string;
}

/** An account that the operator has at the authority already (RFC 8555 section 7.3.4). */
export interface ExternalAccount {
  readonly keyId: string;
  /** Base64url, as authorities hand it out. */
  readonly hmacKey: string;
}

/** An ECDSA key on P-256 that stands for an account. */
export class AccountKey {
  readonly privateKeyPem: string;
  readonly jwk: PublicJwk;

  /** Throws the error of OpenSSL when the text is no key, and `RangeError` when it is of another kind. */
  constructor(privateKeyPem: string) {
    const { crv, kty, x, y } = createPublicKey(createPrivateKey(privateKeyPem)).export({ format: 'jwk' });
    if (crv !== 'P-256' || kty === undefined || x === undefined || y === undefined) {
      throw new RangeError('The key of an ACME account is ECDSA on P-256.');
    }
    this.privateKeyPem = privateKeyPem;
    this.jwk = { crv, kty, x, y };
  }

  static generate(): AccountKey {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    return new AccountKey(privateKey.export({ format: 'pem', type: 'pkcs8' }).toString());
  }

  /** What a challenge answers with for `token` (RFC 8555 section 8.1). */
  keyAuthorization(token: string): string {
    return `${token}.${createHash('sha256').update(JSON.stringify(this.jwk)).digest('base64url')}`;
  }

  /** Signs `payload` (`''` for POST-as-GET); without `accountUrl` the message carries the public key itself. */
  sign(url: string, nonce: string, payload: string, accountUrl?: string): string {
    const identity = accountUrl === undefined ? { jwk: this.jwk } : { kid: accountUrl };
    const header = base64url(JSON.stringify({ alg: 'ES256', nonce, url, ...identity }));
    const input = `${header}.${base64url(payload)}`;
    const key = { key: this.privateKeyPem, dsaEncoding: 'ieee-p1363' } as const;
    const signature = sign('sha256', Buffer.from(input), key).toString('base64url');
    return JSON.stringify({ protected: header, payload: base64url(payload), signature });
  }

  /** The proof that the holder of an external account owns this key. */
  bind(url: string, { keyId, hmacKey }: ExternalAccount): unknown {
    const header = base64url(JSON.stringify({ alg: 'HS256', kid: keyId, url }));
    const payload = base64url(JSON.stringify(this.jwk));
    const mac = createHmac('sha256', Buffer.from(hmacKey, 'base64url')).update(`${header}.${payload}`);
    return { protected: header, payload, signature: mac.digest('base64url') };
  }
}
