/** Reads the authority that the certificate comes from. */

import { isIP } from 'node:net';
import type { TlsPolicy } from '../../../server/index.ts';
import type { ExternalAccount } from '../acme/signed-message.ts';
import type { GivenSettings } from '../given-settings.ts';
import type { GivenValues } from '../given-values.ts';
import { type HostPort, parseHostPort } from '../listen-address.ts';
import type { FieldRecord } from '../setting-record.ts';

const letsEncrypt = 'https://acme-v02.api.letsencrypt.org/directory';

/** What `[acme]` says, checked for itself. */
export interface AcmeChoice {
  readonly directoryUrl: string;
  readonly names: readonly string[];
  readonly contacts: readonly string[];
  /** Absolute path; undefined: the usual roots alone. */
  readonly caFile: string | undefined;
  readonly externalAccount: ExternalAccount | undefined;
  /** Where the authority's challenge is answered: a port of our own, or the folder of a web server (absolute path). */
  readonly challenge: { readonly listen: HostPort } | { readonly webroot: string };
}

/** The keys of `[acme]`. */
export const acmeFields: readonly FieldRecord[] = [
  {
    name: 'names',
    placeholder: 'name',
    description: 'The host names that the certificate is for; they must lead to this machine',
    repeatable: true,
    exampleToml: '["ftp.example.org"]',
  },
  { name: 'agree-terms', description: 'You agree to the terms of service of the authority', exampleToml: 'true' },
  {
    name: 'contact',
    placeholder: 'mail',
    description: 'Where the authority may write to',
    repeatable: true,
    exampleToml: '["ops@example.org"]',
  },
  {
    name: 'directory',
    placeholder: 'url',
    description: 'The ACME directory of the authority',
    defaultText: letsEncrypt,
  },
  {
    name: 'ca-file',
    placeholder: 'file',
    description: 'Trusted besides the usual roots when the authority is asked',
    isPath: true,
    exampleToml: '"house-ca.pem"',
  },
  {
    name: 'challenge-listen',
    placeholder: 'host:port',
    description: 'Opened for the moment of a challenge; the authority comes to port 80',
    defaultText: '0.0.0.0:80',
  },
  {
    name: 'webroot',
    placeholder: 'dir',
    description: 'In place of challenge-listen: the folder of a web server on port 80',
    isPath: true,
    exampleToml: '"/var/www/html"',
  },
  {
    name: 'external-key-id',
    placeholder: 'id',
    description: 'An account that you have at the authority already',
    exampleToml: '"kid-1"',
  },
  {
    name: 'external-hmac-key',
    placeholder: 'key',
    description: 'Its key, base64url as the authority gave it',
    isSecret: true,
    exampleToml: '"zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W"',
  },
];

/** Undefined when no certificate is to be ordered. */
export function acmeOf(given: GivenSettings, tls: TlsPolicy): AcmeChoice | undefined {
  if (!given.has('acme')) return undefined;
  if (tls === 'off') throw given.wrong('acme', 'is of no use while TLS is off: leave one of the two settings out.');
  if (given.has('cert'))
    throw given.wrong('acme', 'orders a certificate, and another is given by cert: leave one of them out.');
  const table = given.table('acme');
  if (!table.isOn('agree-terms')) {
    throw table.wrong('agree-terms', 'must be true: read the terms of service of the authority, then say so.');
  }
  const webroot = table.text('webroot');
  return {
    directoryUrl: directoryOf(table),
    names: namesOf(table),
    contacts: contactsOf(table),
    caFile: table.text('ca-file'),
    externalAccount: externalAccountOf(table),
    challenge: webroot === undefined ? { listen: challengeAddressOf(table) } : { webroot },
  };
}

function directoryOf(table: GivenValues): string {
  const url = table.text('directory') ?? letsEncrypt;
  if (URL.canParse(url) && new URL(url).protocol === 'https:') return url;
  throw table.wrong('directory', `must be an https address, not "${url}".`);
}

function namesOf(table: GivenValues): readonly string[] {
  const names = table.texts('names');
  if (names.length === 0) throw table.wrong('names', 'must name at least one host, for example ["ftp.example.org"].');
  for (const name of names) {
    const isHost = /^(?=.{1,253}$)([a-z\d]([a-z\d-]{0,61}[a-z\d])?\.)+[a-z\d-]{2,63}$/i.test(name);
    if (isIP(name) === 0 && !isHost) {
      throw table.wrong('names', `takes host names without wildcards, for example ftp.example.org, not "${name}".`);
    }
  }
  return names;
}

function contactsOf(table: GivenValues): readonly string[] {
  for (const contact of table.texts('contact')) {
    if (!/^[^\s@,?]+@[^\s@,?]+$/.test(contact)) {
      throw table.wrong('contact', `takes mail addresses, for example ops@example.org, not "${contact}".`);
    }
  }
  return table.texts('contact');
}

function externalAccountOf(table: GivenValues): ExternalAccount | undefined {
  const keyId = table.text('external-key-id');
  const hmacKey = table.text('external-hmac-key');
  if (keyId === undefined && hmacKey === undefined) return undefined;
  if (keyId === undefined) throw table.wrong('external-hmac-key', 'needs external-key-id too.');
  if (hmacKey === undefined) throw table.wrong('external-key-id', 'needs external-hmac-key too.');
  if (!/^[\w-]+=*$/.test(hmacKey))
    throw table.wrong('external-hmac-key', 'must be base64url, as the authority gave it.');
  return { keyId, hmacKey };
}

function challengeAddressOf(table: GivenValues): HostPort {
  const text = table.text('challenge-listen') ?? '0.0.0.0:80';
  const address = parseHostPort(text);
  if (address !== undefined) return address;
  throw table.wrong('challenge-listen', `takes HOST:PORT, for example 0.0.0.0:80; "${text}" is not that.`);
}
