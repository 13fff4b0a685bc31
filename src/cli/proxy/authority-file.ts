/** The authority of a person's proxies: made once, and found again at every start. */

import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ConfigError } from '../../errors/index.ts';
import { makeProxyAuthority } from '../../lab/index.ts';
import type { MadeCertificate } from '../../net/index.ts';
import { readSmallFile } from '../serve/read-small-file.ts';
import { cannotMake, placeFolderOnce } from '../serve/place-once.ts';
import { stateFolder } from '../state-folder.ts';

export interface AuthorityFile extends MadeCertificate {
  /** The certificate, for `curl --cacert`. */
  readonly file: string;
}

/** Where it is kept unless somebody says otherwise. */
export function proxyFolder(): string {
  return join(stateFolder(), 'proxy');
}

/** Throws `ConfigError` when it can be neither read nor made. */
export async function openAuthority(path: string): Promise<AuthorityFile> {
  const folder = resolve(path);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw cannotMake(folder, error);
  }
  // Both files come into place at once, so that no crash can leave a certificate with another one's key.
  await placeFolderOnce(folder, 'authority', async () => {
    const { certificatePem, privateKeyPem } = await makeProxyAuthority();
    return [
      { name: 'ca.pem', content: certificatePem },
      { name: 'key.pem', content: privateKeyPem, mode: 0o600 },
    ];
  });
  const file = join(folder, 'authority', 'ca.pem');
  const certificatePem = await readSmallFile(file, 'The authority of the proxy');
  const privateKeyPem = await readSmallFile(
    join(folder, 'authority', 'key.pem'),
    'The key of the authority of the proxy',
  );
  return { certificatePem, privateKeyPem, file, fingerprint256: check(folder, certificatePem, privateKeyPem) };
}

/** The fingerprint of a pair that fits and has not expired. */
function check(folder: string, certificatePem: string, privateKeyPem: string): string {
  const renew = `remove ${join(folder, 'authority')}, and a new authority is made at the next start`;
  let certificate: X509Certificate;
  let fits: boolean;
  try {
    certificate = new X509Certificate(certificatePem);
    fits = certificate.checkPrivateKey(createPrivateKey(privateKeyPem));
  } catch (cause) {
    throw new ConfigError('ERR_TWINLINE_CONFIG', `The authority of the proxy cannot be read: ${renew}.`, { cause });
  }
  if (!fits)
    throw new ConfigError(
      'ERR_TWINLINE_CONFIG',
      `The authority of the proxy and its key do not belong together: ${renew}.`,
    );
  if (certificate.validToDate.getTime() < Date.now()) {
    throw new ConfigError('ERR_TWINLINE_CONFIG', `The authority of the proxy has expired: ${renew}.`);
  }
  return certificate.fingerprint256;
}
