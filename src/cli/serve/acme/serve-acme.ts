/** The certificate of `[acme]` in a running server: the one on disk at the start, then each new one. */

import { mkdir } from 'node:fs/promises';
import type { CertificatePair } from '../../../net/index.ts';
import { describeCertificate, type ServerCertificate } from '../certificate.ts';
import type { AcmeChoice } from '../read/acme.ts';
import { readSmallFile } from '../read-small-file.ts';
import { CertificateKeeper } from './certificate-keeper.ts';
import { ChallengeFolder, ChallengePort } from './challenge-places.ts';
import { IdentityFiles } from './identity-file.ts';

/** What the running server does with what comes. */
export interface AcmeEvents {
  /** A new certificate, to be presented from now on. */
  onCertificate(pair: CertificatePair): void;
  /** One sentence for the operator. */
  onProblem(sentence: string): void;
}

export class ServeAcme {
  readonly #choice: AcmeChoice;
  readonly #files: IdentityFiles;
  readonly #current: CertificatePair | undefined;
  readonly #caPem: string | undefined;
  #keeper: CertificateKeeper | undefined;

  private constructor(choice: AcmeChoice, files: IdentityFiles, current: CertificatePair | undefined, caPem?: string) {
    this.#choice = choice;
    this.#files = files;
    this.#current = current;
    this.#caPem = caPem;
  }

  /** Reads what is on disk; throws `ConfigError` when an account or a file cannot be used. */
  static async open(choice: AcmeChoice, dataDir: string): Promise<ServeAcme> {
    await mkdir(dataDir, { recursive: true });
    const files = new IdentityFiles(dataDir);
    await files.accountKey();
    const caPem = choice.caFile === undefined ? undefined : await readSmallFile(choice.caFile, 'The certificate');
    return new ServeAcme(choice, files, await files.certificate(choice.names), caPem);
  }

  /** The certificate of the last order, while it is valid for all names. */
  get certificate(): ServerCertificate | undefined {
    return this.#current && describeCertificate(this.#current, this.#files.folder);
  }

  /** Begins to order and renew. */
  start(events: AcmeEvents): void {
    const { challenge, directoryUrl, names, contacts, externalAccount } = this.#choice;
    const place = 'webroot' in challenge ? new ChallengeFolder(challenge.webroot) : new ChallengePort(challenge.listen);
    const settings = {
      directoryUrl,
      names,
      contacts,
      ...(externalAccount && { externalAccount }),
      ...(this.#caPem === undefined ? {} : { caPem: this.#caPem }),
    };
    this.#keeper = new CertificateKeeper({
      settings,
      files: this.#files,
      place,
      onCertificate: (pair) => events.onCertificate(pair),
      onProblem: (sentence) => events.onProblem(sentence),
    });
    this.#keeper.start(this.#current);
  }

  async close(): Promise<void> {
    await this.#keeper?.close();
  }
}
