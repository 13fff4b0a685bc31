/** Reads the certificates and authorities that the settings name, into what the server takes. */

import { ConfigError } from '../../errors/index.ts';
import {
  checkClientCertificates,
  checkServerTls,
  type ClientCertificateSettings,
  type ServerTlsSettings,
} from '../../net/index.ts';
import { readCertificate, type ServerCertificate } from './certificate.ts';
import { DataFolder } from './data-folder.ts';
import { readSmallFile } from './read-small-file.ts';
import type { ServeSettings } from './settings.ts';

/** What settings of TLS come to at this moment. */
export interface LoadedTls {
  readonly tlsSettings: ServerTlsSettings;
  /** The first certificate: for clients that name no host. */
  readonly certificate: ServerCertificate;
  /** Where that certificate lies. */
  readonly certFile: string;
  readonly warnings: readonly string[];
}

/** All files that `loadTls` reads. */
export function tlsFiles({ certificates, tlsRules }: ServeSettings): readonly string[] {
  const authorities = tlsRules.clientCertificates?.caFile;
  const pairs = certificates.flatMap(({ certFile, keyFile }) => [certFile, keyFile]);
  return authorities === undefined ? pairs : [...pairs, authorities];
}

/**
 * Undefined when TLS is off. Where no certificate is given, `ordered` counts, or else one is made. Throws `ConfigError` that names the
 * file and what to do.
 */
export async function loadTls(settings: ServeSettings, ordered?: ServerCertificate): Promise<LoadedTls | undefined> {
  if (settings.tls === 'off') return undefined;
  const { clientCertificates: _asked, ...rules } = settings.tlsRules;
  const clientCertificates = await readClientCertificates(settings);
  const given = await Promise.all(
    settings.certificates.map(({ certFile, keyFile }) => readCertificate(certFile, keyFile)),
  );
  const data = new DataFolder(settings.dataDir);
  const [first = ordered ?? (await data.certificate()), ...further] = given;
  const tlsSettings: ServerTlsSettings = {
    ...pairOf(first),
    ...rules,
    furtherCertificates: further.map(pairOf),
    ...(clientCertificates && { clientCertificates }),
  };
  checkServerTls(tlsSettings);
  return {
    tlsSettings,
    certificate: first,
    certFile: settings.certificates[0]?.certFile ?? data.certificateFile,
    warnings: [first, ...further].flatMap(({ warning }) => warning ?? []),
  };
}

/** What is asked of clients, undefined when nothing is. Throws `ConfigError` that names the file. */
export async function readClientCertificates({
  tlsRules,
}: ServeSettings): Promise<ClientCertificateSettings | undefined> {
  if (tlsRules.clientCertificates === undefined) return undefined;
  const { demand, logins, caFile } = tlsRules.clientCertificates;
  if (caFile === undefined) return { demand, logins };
  const asked = { demand, logins, authoritiesPem: await readSmallFile(caFile, 'The file of authorities') };
  try {
    checkClientCertificates(asked);
  } catch (cause) {
    const message = `${caFile} holds no certificates in PEM form: they begin with -----BEGIN CERTIFICATE-----.`;
    throw new ConfigError('ERR_TWINLINE_CONFIG', message, { cause });
  }
  return asked;
}

function pairOf({ certificatePem, privateKeyPem }: ServerCertificate) {
  return { certificatePem, privateKeyPem };
}
