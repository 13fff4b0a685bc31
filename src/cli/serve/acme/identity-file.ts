/** What an account and its certificate are kept in: files of the data folder, replaced whole, for their owner alone. */

import { X509Certificate } from 'node:crypto';
import { chmod, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { ConfigError } from '../../../errors/index.ts';
import type { CertificatePair } from '../../../net/index.ts';
import { AccountKey } from './signed-message.ts';

const keyBlock = /-----BEGIN PRIVATE KEY-----[^-]*-----END PRIVATE KEY-----\n?/;

/** The folder `acme` of a data folder. */
export class IdentityFiles {
  readonly folder: string;

  constructor(dataDir: string) {
    this.folder = join(dataDir, 'acme');
  }

  /** The key of the account, made at the first call. */
  async accountKey(): Promise<AccountKey> {
    const file = join(this.folder, 'account-key.pem');
    const pem = await readIfThere(file);
    if (pem === undefined) {
      const key = AccountKey.generate();
      await this.#write('account-key.pem', key.privateKeyPem);
      return key;
    }
    try {
      return new AccountKey(pem);
    } catch (cause) {
      const message = `${file} is no account key of ours: restore it from a backup, or remove it to open a new account.`;
      throw new ConfigError('ERR_TWINLINE_CONFIG', message, { cause });
    }
  }

  /** The certificate of the last order; undefined when there is none, it cannot be used, or it lacks one of `names`. */
  async certificate(names: readonly string[]): Promise<CertificatePair | undefined> {
    const text = await readIfThere(join(this.folder, 'identity.pem'));
    const key = text === undefined ? undefined : keyBlock.exec(text)?.[0];
    if (text === undefined || key === undefined) return undefined;
    const pair = { certificatePem: text.replace(keyBlock, ''), privateKeyPem: key };
    return coversAll(pair, names) ? pair : undefined;
  }

  /** Key and chain in one file, so that no moment has the one without the other. */
  async keep({ certificatePem, privateKeyPem }: CertificatePair): Promise<void> {
    await this.#write('identity.pem', `${privateKeyPem.trimEnd()}\n${certificatePem}`);
  }

  async #write(name: string, text: string): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    await chmod(this.folder, 0o700);
    const draft = join(this.folder, `.${name}.${process.pid}`);
    try {
      const file = await open(draft, 'w', 0o600);
      try {
        await file.writeFile(text);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(draft, join(this.folder, name));
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
  }
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function coversAll({ certificatePem }: CertificatePair, names: readonly string[]): boolean {
  try {
    const certificate = new X509Certificate(certificatePem);
    const covers = (name: string): boolean =>
      (isIP(name) === 0 ? certificate.checkHost(name) : certificate.checkIP(name)) !== undefined;
    return certificate.validToDate.getTime() > Date.now() && names.every(covers);
  } catch {
    return false;
  }
}
