/** How TLS is spoken, and what the server's certificate must be. */

import { readFile } from 'node:fs/promises';
import type { SecureVersion } from 'node:tls';
import type { ClientTlsOptions } from '../../client/index.ts';
import { ConfigError, TwinlineError } from '../../errors/index.ts';
import type { OptionRecord, OptionValues } from '../define-subcommand.ts';
import { UsageError } from '../usage-error.ts';
import { text } from './option-values.ts';

export const tlsOptions: readonly OptionRecord[] = [
  { flags: '-k, --insecure', description: 'Accept any certificate.' },
  { flags: '--cacert <file>', description: 'Trust the authorities in this PEM file, and no others.' },
  { flags: '--tlsv1.2', description: 'Speak TLS 1.2 or newer.', defaultText: 'so' },
  { flags: '--tlsv1.3', description: 'Speak TLS 1.3 or newer.' },
  { flags: '--tls-max <version>', description: 'Speak no newer TLS than 1.2 or 1.3.' },
];

export async function readTls(options: OptionValues): Promise<ClientTlsOptions> {
  const caFile = text(options, 'cacert');
  const maxVersion = tlsVersion(text(options, 'tlsMax'));
  const minVersion = options['tlsv1.3'] === true ? 'TLSv1.3' : options['tlsv1.2'] === true ? 'TLSv1.2' : undefined;
  if (minVersion === 'TLSv1.3' && maxVersion === 'TLSv1.2') {
    throw new UsageError('--tlsv1.3 and --tls-max 1.2 leave no version of TLS; leave one of them out.');
  }
  return {
    ...(options['insecure'] === true ? { insecure: true } : {}),
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

async function readCaFile(path: string): Promise<string> {
  let pem: string;
  try {
    pem = await readFile(path, 'utf8');
  } catch (cause) {
    const message = `The CA file "${path}" cannot be read; check the path and its mode.`;
    throw new TwinlineError('ERR_TWINLINE_LOCAL_FILE', message, { cause });
  }
  if (pem.includes('-----BEGIN CERTIFICATE-----')) return pem;
  throw new ConfigError('ERR_TWINLINE_CONFIG', `The CA file "${path}" holds no certificate in PEM form.`);
}
