/** The data folder: what a server makes for itself at its first start and finds again at every other. */

import { createHash, randomBytes, randomInt } from 'node:crypto';
import { mkdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ConfigError } from '../../errors/index.ts';
import { type MemoryUser, Secret } from '../../users/index.ts';
import { errorCode, fileProblem } from '../file-problem.ts';
import { makeLocalCertificate, readCertificate, type ServerCertificate } from './certificate.ts';
import { readSmallFile } from './read-small-file.ts';
import { cannotMake, type NewFile, placeFileOnce, placeFolderOnce } from './place-once.ts';

export const demoUserName = 'demo';
const passwordFile = 'demo-password';
const adminTokenFile = 'admin-token';

/** Letters and digits that nobody takes for one another. */
const passwordLetters = 'abcdefghijkmnpqrstuvwxyz23456789';
/** 16 letters of 32 are 80 bits: not to be guessed over a network. */
const passwordGroups = 4;
const lettersPerGroup = 4;

const sampleBytes = 4 * 1024 * 1024;

/** A data folder. What it holds is made when it is first asked for. */
export class DataFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  get certificateFile(): string {
    return join(this.path, 'tls', 'certificate.pem');
  }

  get passwordFile(): string {
    return join(this.path, passwordFile);
  }

  /** The folder of examples. */
  async files(): Promise<string> {
    await this.#make();
    await placeFolderOnce(this.path, 'files', exampleFiles);
    return join(this.path, 'files');
  }

  /** The self-made certificate. */
  async certificate(): Promise<ServerCertificate> {
    await this.#make();
    const keyFile = join(this.path, 'tls', 'key.pem');
    // Both files come into place at once, so that no crash can leave a certificate with another one's key.
    await placeFolderOnce(this.path, 'tls', newPair);
    const certificate = await readCertificate(this.certificateFile, keyFile);
    if (certificate.warning === undefined) return certificate;
    return {
      ...certificate,
      warning: `${certificate.warning} Remove ${join(this.path, 'tls')} to have a new one made.`,
    };
  }

  /** The demo user, with the password of the first start. */
  async demoUser(readOnly: boolean): Promise<MemoryUser & { readonly password: Secret }> {
    await this.#make();
    await placeFileOnce(this.path, { name: passwordFile, content: `${newPassword()}\n`, mode: 0o600 });
    const password = await readPassword(this.passwordFile);
    return { name: demoUserName, password: new Secret(password), readOnly };
  }

  /** The token of the admin API, for programs that may read this folder. */
  async adminToken(): Promise<string> {
    await this.#make();
    const content = `${randomBytes(32).toString('base64url')}\n`;
    await placeFileOnce(this.path, { name: adminTokenFile, content, mode: 0o600 });
    return readAdminToken(this.path);
  }

  async #make(): Promise<void> {
    try {
      await makeFolders(this.path);
    } catch (error) {
      throw cannotMake(this.path, error);
    }
  }
}

/** What `mkdir` does with `recursive`, which Node never ends where a file system says ENOENT in a folder that is there (/proc). */
async function makeFolders(path: string): Promise<void> {
  if (await isFolder(path)) return;
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    const parent = dirname(path);
    if (errorCode(error) === 'EEXIST' && (await isFolder(path))) return;
    if (errorCode(error) !== 'ENOENT' || (await isFolder(parent))) throw error;
    await makeFolders(parent);
    await makeFolders(path);
  }
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
}

/** The token that a server has left in its data folder. Throws `ConfigError`. */
export async function readAdminToken(folder: string): Promise<string> {
  const token = (await readSmallFile(join(folder, adminTokenFile), 'The token of the admin port in')).trim();
  if (/^[\w-]{32,}$/.test(token)) return token;
  const message = `${join(folder, adminTokenFile)} holds no token: remove it, and the server makes a new one at its start.`;
  throw new ConfigError('ERR_TWINLINE_CONFIG', message);
}

async function newPair(): Promise<readonly NewFile[]> {
  const { certificatePem, privateKeyPem } = await makeLocalCertificate();
  return [
    { name: 'certificate.pem', content: certificatePem },
    { name: 'key.pem', content: privateKeyPem, mode: 0o600 },
  ];
}

function newPassword(): string {
  const letter = (): string => passwordLetters[randomInt(passwordLetters.length)] ?? '';
  const group = (): string => Array.from({ length: lettersPerGroup }, letter).join('');
  return Array.from({ length: passwordGroups }, group).join('-');
}

async function readPassword(path: string): Promise<string> {
  let text: string;
  try {
    text = (await readFile(path, 'utf8')).trim();
  } catch (error) {
    const message = `The password of the demo user in ${path} cannot be read: ${fileProblem(error)}.`;
    throw new ConfigError('ERR_TWINLINE_CONFIG', message, { cause: error });
  }
  if (text !== '') return text;
  const message = `${path} is empty: write a password into it, or remove it to have a new one made.`;
  throw new ConfigError('ERR_TWINLINE_CONFIG', message);
}

/** The same on every machine, so that a download can be compared. */
function exampleFiles(): readonly NewFile[] {
  const sample = createHash('shake256', { outputLength: sampleBytes }).update('twinline sample 1').digest();
  const sum = createHash('sha256').update(sample).digest('hex');
  return [
    {
      name: 'readme.txt',
      content:
        'This folder is what the users of this Twinline server see as "/".\n' +
        'Put files here, or upload some.\n\n' +
        `sample.bin has ${sampleBytes} bytes and this SHA-256 sum:\n${sum}\n`,
    },
    { name: 'grüße.txt', content: 'Names may be in any language: they are UTF-8 on both lines.\n' },
    { name: 'sample.bin', content: sample },
  ];
}
