/** Reads the files and folders that settings name. */

import type { TlsPolicy } from '../../../server/index.ts';
import type { GivenSettings } from '../given-settings.ts';
import type { SettingName } from '../setting-records.ts';

/** An empty path comes from a variable that is not set, and must not stand for the folder that the server was started in. */
export function pathOf(given: GivenSettings, name: SettingName): string | undefined {
  const path = given.text(name);
  if (path === '') throw given.wrong(name, 'must not be empty: leave it out or name a path.');
  return path;
}

/** A certificate and its key: absolute paths. */
export interface CertificateFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

/** Certificates and keys, as many of the one as of the other, in the order in which they belong together. */
export function certificatesOf(given: GivenSettings, tls: TlsPolicy): readonly CertificateFiles[] {
  const [certFiles, keyFiles] = [given.texts('cert'), given.texts('key')];
  for (const name of ['cert', 'key'] as const) {
    if (given.texts(name).includes('')) throw given.wrong(name, 'must not be empty: leave it out or name a path.');
  }
  if (certFiles.length === 0 && keyFiles.length === 0) return [];
  if (certFiles.length === 0) throw given.wrong('key', 'needs the certificate too: give it with --cert FILE.');
  if (keyFiles.length === 0) throw given.wrong('cert', 'needs its private key too: give it with --key FILE.');
  if (tls === 'off') throw given.wrong('cert', 'is of no use while TLS is off: leave one of the two settings out.');
  if (certFiles.length !== keyFiles.length) {
    const counts = `${certFiles.length} certificates and ${keyFiles.length} keys`;
    throw given.wrong('cert', `and --key come in pairs, in the same order; there are ${counts}.`);
  }
  return certFiles.map((certFile, index) => ({ certFile, keyFile: keyFiles[index] ?? '' }));
}
