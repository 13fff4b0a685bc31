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

/** Certificate and key, both or neither. */
export function certificateOf(
  given: GivenSettings,
  tls: TlsPolicy,
): { readonly certFile: string; readonly keyFile: string } | undefined {
  const certFile = pathOf(given, 'cert');
  const keyFile = pathOf(given, 'key');
  if (certFile === undefined && keyFile === undefined) return undefined;
  if (certFile === undefined) throw given.wrong('key', 'needs the certificate too: give it with --cert FILE.');
  if (keyFile === undefined) throw given.wrong('cert', 'needs its private key too: give it with --key FILE.');
  if (tls === 'off') throw given.wrong('cert', 'is of no use while TLS is off: leave one of the two settings out.');
  return { certFile, keyFile };
}
