/** Reads the certificates and authorities that the settings name, into what the server takes. */

import { checkServerTls, type ServerTlsSettings } from '../../net/index.ts';
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
  const { clientCertificates, ...rules } = settings.tlsRules;
  const authoritiesPem =
    clientCertificates?.caFile === undefined
      ? undefined
      : await readSmallFile(clientCertificates.caFile, 'The file of authorities');
  const given = await Promise.all(
    settings.certificates.map(({ certFile, keyFile }) => readCertificate(certFile, keyFile)),
  );
  const data = new DataFolder(settings.dataDir);
  const [first = ordered ?? (await data.certificate()), ...further] = given;
  const tlsSettings: ServerTlsSettings = {
    ...pairOf(first),
    ...rules,
    furtherCertificates: further.map(pairOf),
    ...(clientCertificates && {
      clientCertificates: {
        demand: clientCertificates.demand,
        logins: clientCertificates.logins,
        ...(authoritiesPem === undefined ? {} : { authoritiesPem }),
      },
    }),
  };
  checkServerTls(tlsSettings);
  return {
    tlsSettings,
    certificate: first,
    certFile: settings.certificates[0]?.certFile ?? data.certificateFile,
    warnings: [first, ...further].flatMap(({ warning }) => warning ?? []),
  };
}

function pairOf({ certificatePem, privateKeyPem }: ServerCertificate) {
  return { certificatePem, privateKeyPem };
}
