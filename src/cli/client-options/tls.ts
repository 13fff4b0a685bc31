/** How TLS is spoken, and what the server's certificate must be. */

import { readFile } from 'node:fs/promises';
import type { SecureVersion } from 'node:tls';
import type { ClientTlsOptions } from '../../client/index.ts';
import { ConfigError, TwinlineError } from '../../errors/index.ts';
import { printable } from '../../protocol/index.ts';
import { askSecret } from '../ask-password.ts';
import type { OptionRecord, OptionValues } from '../define-subcommand.ts';
import type { Output } from '../output.ts';
import { UsageError } from '../usage-error.ts';
import { text, texts } from './option-values.ts';

export const tlsOptions: readonly OptionRecord[] = [
  { flags: '-k, --insecure', description: 'Accept any certificate.' },
  { flags: '--cacert <file>', description: 'Trust the authorities in this PEM file, and no others.' },
  {
    flags: '--pin <key>',
    description:
      'The server must have this public key, sha256/BASE64; that is trust enough, and with --cacert both must hold.',
    repeatable: true,
  },
  { flags: '--pinnedpubkey <keys>', description: 'The same as --pin, under the name of curl.', repeatable: true },
  { flags: '-E, --cert <file>', description: 'Show the server this certificate; PEM, its key may stand in it too.' },
  { flags: '--key <file>', description: 'The key of --cert, PEM; an encrypted one is asked for its passphrase.' },
  { flags: '--pass <phrase>', description: 'The passphrase of the key, where nobody can be asked.' },
  { flags: '--tlsv1.2', description: 'Speak TLS 1.2 or newer.', defaultText: 'so' },
  { flags: '--tlsv1.3', description: 'Speak TLS 1.3 or newer.' },
  { flags: '--tls-max <version>', description: 'Speak no newer TLS than 1.2 or 1.3.' },
];

export async function readTls(options: OptionValues, output: Output): Promise<ClientTlsOptions> {
  const pins = [...texts(options, 'pin'), ...texts(options, 'pinnedpubkey')];
  const caFile = text(options, 'cacert');
  const maxVersion = tlsVersion(text(options, 'tlsMax'));
  const minVersion = options['tlsv1.3'] === true ? 'TLSv1.3' : options['tlsv1.2'] === true ? 'TLSv1.2' : undefined;
  if (minVersion === 'TLSv1.3' && maxVersion === 'TLSv1.2') {
    throw new UsageError('--tlsv1.3 and --tls-max 1.2 leave no version of TLS; leave one of them out.');
  }
  return {
    ...(options['insecure'] === true ? { insecure: true } : {}),
    ...(pins.length === 0 ? {} : { pins }),
    ...(await readClientCertificate(options, output)),
    ...(caFile === undefined ? {} : { caPem: await readCaFile(caFile) }),
    ...(minVersion === undefined ? {} : { minVersion }),
    ...(maxVersion === undefined ? {} : { maxVersion }),
  };
}

function tlsVersion(value: string | undefined): SecureVersion | undefined {
  if (value === undefined) return undefined;
  if (value === '1.2') return 'TLSv1.2';
  if (value === '1.3') return 'TLSv1.3';
  throw new UsageError(`--tls-max takes 1.2 or 1.3, not "${value}".`);
}

async function readPem(path: string, what: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const message = `The ${what} "${printable(path)}" cannot be read; check the path and its mode.`;
    throw new TwinlineError('ERR_TWINLINE_LOCAL_FILE', message, { cause });
  }
}

async function readClientCertificate(options: OptionValues, output: Output): Promise<ClientTlsOptions> {
  const [certFile, keyFile] = [text(options, 'cert'), text(options, 'key')];
  if (certFile === undefined) {
    if (keyFile === undefined) return {};
    throw new UsageError('--key needs the certificate that it belongs to: --cert FILE.');
  }
  const certificatePem = await readPem(certFile, 'certificate file');
  const privateKeyPem = keyFile === undefined ? certificatePem : await readPem(keyFile, 'key file');
  const file = printable(keyFile ?? certFile);
  if (!/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(privateKeyPem)) {
    const hint = keyFile === undefined ? '; name it with --key FILE' : '';
    throw new ConfigError('ERR_TWINLINE_CONFIG', `The file "${file}" holds no private key in PEM form${hint}.`);
  }
  const isEncrypted = /-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m.test(privateKeyPem);
  if (!isEncrypted) return { certificatePem, privateKeyPem };
  const passphrase = text(options, 'pass') ?? (await askSecret(`Passphrase for ${file}: `, output));
  if (passphrase !== undefined) return { certificatePem, privateKeyPem, passphrase };
  throw new UsageError(
    `The key in "${file}" is encrypted: give its passphrase with --pass, or run where it can be asked.`,
  );
}

async function readCaFile(path: string): Promise<string> {
  const pem = await readPem(path, 'CA file');
  if (pem.includes('-----BEGIN CERTIFICATE-----')) return pem;
  throw new ConfigError('ERR_TWINLINE_CONFIG', `The CA file "${path}" holds no certificate in PEM form.`);
}
