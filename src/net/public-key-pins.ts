/** Pinned public keys: the SHA-256 of what a certificate says of its key (RFC 7469 section 2.4), as curl takes them. */

import { createHash, X509Certificate } from 'node:crypto';
import type { PeerCertificate, TLSSocket } from 'node:tls';
import { ConfigError } from '../errors/index.ts';
import { printable } from '../protocol/index.ts';

const pinForm = /^sha256\/\/?([A-Za-z0-9+/]{43}=)$/;

/**
 * Reads `sha256/BASE64` (curl writes two slashes), several of them with ";" between. Throws `ConfigError` for what is no
 * such hash: a pin that can never match must not be taken for one.
 */
export function parsePins(texts: readonly string[]): ReadonlySet<string> {
  const parts = texts.flatMap((text) => text.split(';')).map((part) => part.trim());
  return new Set(
    parts.map((part) => {
      const hash = pinForm.exec(part)?.[1];
      if (hash !== undefined) return `sha256/${hash}`;
      const message = `"${printable(part)}" is no pinned key: write sha256/ and the 44 characters of its hash.`;
      throw new ConfigError('ERR_TWINLINE_CONFIG', message);
    }),
  );
}

/** The pin of the key that the peer has proved to hold; undefined where it brought no certificate. */
export function pinOf(tls: TLSSocket): string | undefined {
  // Not `getPeerX509Certificate`: in Node 24 `getPeerCertificate` is empty behind it.
  const { raw } = tls.getPeerCertificate() as Partial<PeerCertificate>;
  if (raw === undefined) return undefined;
  const key = new X509Certificate(raw).publicKey.export({ type: 'spki', format: 'der' });
  return `sha256/${createHash('sha256').update(key).digest('base64')}`;
}
