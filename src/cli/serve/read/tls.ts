/** Reads the settings of TLS: versions, suites, groups, session reuse, and what is asked of clients. */

import {
  certificateFields,
  type CertificateLogin,
  commonGroups,
  knownCiphers,
  type TlsVersion,
  unknownCipher,
  unknownGroup,
} from '../../../net/index.ts';
import type { SessionReusePolicy, TlsPolicy } from '../../../server/index.ts';
import { suggestion } from '../../nearest.ts';
import type { GivenSettings } from '../given-settings.ts';
import { pathOf } from './paths.ts';

/** What the server's TLS is like, apart from its certificates. Undefined where nothing was given. */
export interface TlsRules {
  readonly minVersion: TlsVersion;
  readonly maxVersion: TlsVersion;
  /** Empty: the defaults. */
  readonly ciphers: readonly string[];
  /** Empty: the defaults. */
  readonly groups: readonly string[];
  /** Undefined: off. */
  readonly clientCertificates: ClientCertificateRules | undefined;
}

export interface ClientCertificateRules {
  readonly demand: 'optional' | 'required';
  /** Absolute path. */
  readonly caFile: string | undefined;
  readonly logins: readonly CertificateLogin[];
}

export function tlsRulesOf(given: GivenSettings, tls: TlsPolicy): TlsRules {
  const [minVersion, maxVersion] = [versionOf(given, 'tls-min', '1.2'), versionOf(given, 'tls-max', '1.3')];
  if (minVersion > maxVersion) throw given.wrong('tls-min', 'is above --tls-max: change one of them.');
  return {
    minVersion,
    maxVersion,
    ciphers: ciphersOf(given),
    groups: groupsOf(given),
    clientCertificates: clientCertificatesOf(given, tls),
  };
}

function versionOf(given: GivenSettings, name: 'tls-min' | 'tls-max', fallback: '1.2' | '1.3'): TlsVersion {
  const text = given.text(name) ?? fallback;
  if (text === '1.2' || text === '1.3') return `TLSv${text}`;
  const older = /^(SSL|1\.[01]$)/i.test(text) ? ', and older versions are not safe (RFC 8996)' : '';
  throw given.wrong(name, `must be 1.2 or 1.3, not "${text}"${older}.`);
}

/** Several names in one text are taken too: OpenSSL joins them by colons. */
function namesOf(given: GivenSettings, name: 'tls-cipher' | 'tls-group'): readonly string[] {
  const names = given.texts(name).flatMap((text) => text.split(/[:,\s]+/).filter((part) => part !== ''));
  if (given.has(name) && names.length === 0) throw given.wrong(name, 'names nothing: leave it out or name one.');
  return names;
}

function ciphersOf(given: GivenSettings): readonly string[] {
  const names = namesOf(given, 'tls-cipher');
  const unknown = unknownCipher(names);
  if (unknown === undefined) return names;
  const hint = suggestion(unknown.toUpperCase(), knownCiphers()) || '; "openssl ciphers" lists their names.';
  throw given.wrong('tls-cipher', `knows no suite "${unknown}"${hint}`);
}

function groupsOf(given: GivenSettings): readonly string[] {
  const names = namesOf(given, 'tls-group');
  const unknown = unknownGroup(names);
  if (unknown === undefined) return names;
  const hint = suggestion(unknown, commonGroups) || `; common ones are ${commonGroups.join(', ')}.`;
  throw given.wrong('tls-group', `knows no group "${unknown}"${hint}`);
}

export function sessionReuseOf(given: GivenSettings): SessionReusePolicy {
  return given.choiceIfGiven('session-reuse', ['off', 'prefer', 'require', 'require-or-equivalent']) ?? 'prefer';
}

function clientCertificatesOf(given: GivenSettings, tls: TlsPolicy): ClientCertificateRules | undefined {
  const demand = given.choice('client-certificates', ['off', 'optional', 'required']);
  const caFile = pathOf(given, 'client-ca');
  const logins = given.texts('certificate-login').map((text) => loginOf(given, text));
  if (demand === 'off') {
    const needs = 'needs client certificates: write --client-certificates optional or required as well.';
    if (caFile !== undefined) throw given.wrong('client-ca', needs);
    if (logins.length > 0) throw given.wrong('certificate-login', needs);
    return undefined;
  }
  if (tls === 'off') throw given.wrong('client-certificates', 'needs TLS, which is off: leave one of the two out.');
  if (caFile === undefined && !logins.some(({ field }) => field === 'sha256')) {
    const instead = 'name the authority that signs them with --client-ca FILE, or one by --certificate-login';
    throw given.wrong('client-certificates', `trusts nobody yet: ${instead} USER=sha256:FINGERPRINT.`);
  }
  return { demand, caFile, logins };
}

function loginOf(given: GivenSettings, text: string): CertificateLogin {
  const form = 'takes USER=FIELD:VALUE, for example anna=email:anna@example.org, or *=FIELD';
  const match = /^([^=]+)=(\w+)(?::(.+))?$/s.exec(text);
  if (match === null) throw given.wrong('certificate-login', `${form}; "${text}" is not that.`);
  const [, name = '', word, value] = match;
  const field = certificateFields.find((known) => known === word);
  if (field === undefined) {
    throw given.wrong('certificate-login', `knows the fields ${certificateFields.join(', ')}, not "${word}".`);
  }
  // A name without a value would let every certificate in, and a value for all names one certificate as anybody.
  if (name === '*') {
    if (value === undefined && field !== 'sha256') return { user: undefined, field, value: undefined };
    throw given.wrong('certificate-login', `${form}; behind *= stands a field of names alone, not "${text}".`);
  }
  if (value === undefined) throw given.wrong('certificate-login', `${form}; "${text}" has no value.`);
  return { user: name, field, value: field === 'sha256' ? fingerprintOf(given, value) : value };
}

/** With or without colons, in either case. */
function fingerprintOf(given: GivenSettings, text: string): string {
  const digits = text.replaceAll(':', '');
  if (/^[0-9a-f]{64}$/i.test(digits)) return digits.toUpperCase().replace(/..(?!$)/g, '$&:');
  throw given.wrong('certificate-login', `takes a SHA-256 fingerprint of 64 hex digits; "${text}" is not one.`);
}
