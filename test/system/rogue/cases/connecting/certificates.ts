/** Certificates that must not be trusted, and versions of TLS that must not be spoken. */

import { createTestCertificate, type TestCertificateOptions } from '../../../../../src/testing/index.ts';
import { defineRogueCase, explicitTls, type RogueCase } from '../../define-rogue-case.ts';
import { get } from '../../scripts.ts';

const nothingSecret = /^(?:USER|PASS)/m;

function presents(
  name: string,
  server: string,
  { isTrusted, ...made }: TestCertificateOptions & { readonly isTrusted: boolean },
  message: RegExp,
): RogueCase {
  return defineRogueCase({
    id: `certificate/${name}`,
    section: 1,
    server,
    client: 'does not log in',
    modes: ['tls1.2', 'tls1.3', 'tls1.3-rsa'],
    script: async ({ mode }) => {
      const certificate = await createTestCertificate({ algorithm: mode.endsWith('rsa') ? 'rsa' : 'ecdsa', ...made });
      return {
        ...(isTrusted ? { trustedPem: certificate.certificatePem } : {}),
        commands: {
          AUTH: async (session) => {
            await session.reply('234 Starting TLS');
            await session.upgrade(certificate);
          },
        },
      };
    },
    command: get(),
    expect: { exitCode: 76, message, neverSent: nothingSecret },
  });
}

export const certificateCases = [
  presents(
    'of-a-stranger',
    'presents a certificate that nobody vouches for',
    { isTrusted: false },
    /is not trusted: .*--cacert FILE/,
  ),
  presents(
    'that-has-ended',
    'presents a certificate that has ended',
    { isTrusted: true, days: -1 },
    /not trusted: it (?:expired|has ended|.*ended|.*expired)/,
  ),
  presents(
    'for-another-name',
    'presents a certificate for another name',
    { isTrusted: true, commonName: 'elsewhere.example', subjectAltNames: ['elsewhere.example'] },
    /not trusted/,
  ),
  defineRogueCase({
    id: 'tls/older-than-asked-for',
    section: 1,
    server: 'speaks TLS 1.2 at most, and TLS 1.3 was asked for',
    client: 'does not log in',
    modes: ['tls1.2'],
    script: () => ({}),
    endsAsUsual: true,
    command: get('a.bin', ['--retry', '0', '--tlsv1.3']),
    expect: { exitCode: 76, message: /TLS handshake/, neverSent: nothingSecret },
  }),
  defineRogueCase({
    id: 'tls/plain-greeting-on-an-implicit-port',
    section: 1,
    server: 'greets in clear where TLS is due from the first byte',
    client: 'says so, names the other scheme, and sends nothing',
    modes: ['implicit'],
    script: () => ({ implicitTls: false }),
    command: get(),
    expect: { exitCode: 76, message: /does not speak TLS there.*ftpes:\/\//s, neverSent: nothingSecret },
  }),
  defineRogueCase({
    id: 'tls/silence-on-an-implicit-port',
    section: 1,
    server: 'waits for TLS where a greeting in clear is due',
    client: 'ends with its timer and names the other scheme',
    modes: explicitTls,
    script: () => ({ implicitTls: true }),
    command: get(),
    expect: { exitCode: 124, message: /did not greet within 1 s.*ftps:\/\//s, neverSent: nothingSecret },
  }),
];
