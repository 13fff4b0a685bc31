/** The settings of TLS beyond the certificate: versions, suites, groups, session reuse and client certificates. */

import type { SettingRecord } from './setting-record.ts';

export const tlsRecords = [
  {
    name: 'tls-min',
    group: 'tls',
    reload: 'new-sessions',
    exampleToml: '"1.2"',
    placeholder: '1.2|1.3',
    description: 'Lowest version of TLS',
    defaultText: '1.2',
  },
  {
    name: 'tls-max',
    group: 'tls',
    reload: 'new-sessions',
    exampleToml: '"1.3"',
    placeholder: '1.2|1.3',
    description: 'Highest version of TLS',
    defaultText: '1.3',
  },
  {
    name: 'tls-cipher',
    group: 'tls',
    reload: 'new-sessions',
    exampleToml: '["TLS_AES_256_GCM_SHA384", "ECDHE-RSA-AES256-GCM-SHA384"]',
    placeholder: 'suite',
    description: 'A cipher suite of TLS 1.2 or 1.3 as OpenSSL writes it, the preferred one first',
    defaultText: 'AES-GCM and ChaCha20 with forward secrecy; a version of which no suite is named keeps its own',
    repeatable: true,
  },
  {
    name: 'tls-group',
    group: 'tls',
    reload: 'new-sessions',
    exampleToml: '["X25519MLKEM768", "X25519", "P-256"]',
    placeholder: 'group',
    description: 'A group for the key exchange, the preferred one first',
    defaultText: 'those of OpenSSL, the post-quantum hybrid X25519MLKEM768 first',
    repeatable: true,
  },
  {
    name: 'session-reuse',
    group: 'tls',
    reload: 'new-sessions',
    exampleToml: '"prefer"',
    placeholder: 'policy',
    description:
      'Whether data lines resume the TLS session of their control line: off, prefer, require, require-or-equivalent',
    defaultText: 'prefer',
  },
  {
    name: 'client-certificates',
    group: 'tls',
    reload: 'new-sessions',
    exampleToml: '"optional"',
    placeholder: 'off|optional|required',
    description: 'Whether clients are asked for a certificate of their own',
    defaultText: 'off',
  },
  {
    name: 'client-ca',
    group: 'tls',
    reload: 'new-sessions',
    exampleToml: '"clients-ca.pem"',
    placeholder: 'file',
    description: 'Certificates of the authorities that sign client certificates, PEM',
    isPath: true,
  },
  {
    name: 'certificate-login',
    group: 'tls',
    reload: 'new-sessions',
    exampleToml: '["anna=email:anna@example.org", "*=cn"]',
    placeholder: 'user=field:value',
    description:
      'Log a user in by certificate, without a password; the field is cn, email, dns, uri or sha256; *=field takes the name from it',
    repeatable: true,
  },
  {
    name: 'ccc',
    group: 'tls',
    reload: 'new-sessions',
    exampleToml: 'false',
    description: 'Let clients take TLS off the control line behind the login (CCC), for firewalls that must read it',
  },
] as const satisfies readonly SettingRecord[];
