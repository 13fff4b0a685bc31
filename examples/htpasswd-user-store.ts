/**
 * A user store of your own, here over the htpasswd file of a web server: `node examples/htpasswd-user-store.ts FILE ROOT`
 * starts a server with it. In a project of yours the import is from 'twinline/server'.
 */

import { readFile } from 'node:fs/promises';
import {
  createLocalStorage,
  createServer,
  hashPassword,
  type LoginContext,
  Secret,
  type UserAccount,
  type UserStore,
  UserStoreError,
  verifyPassword,
} from '../src/server/index.ts';

/** What the file does not say of a user. */
export type AccountOf = (name: string) => Omit<UserAccount, 'name'>;

/** The file is read at each login, so that a change of it counts at once. */
export function createHtpasswdUserStore(file: string, accountOf: AccountOf): UserStore {
  return new HtpasswdUserStore(file, accountOf);
}

class HtpasswdUserStore implements UserStore {
  readonly #file: string;
  readonly #accountOf: AccountOf;
  /** Checked for a name that nobody has, so that the time of the answer does not tell. */
  #decoy: Promise<string> | undefined;
  #isClosed = false;

  constructor(file: string, accountOf: AccountOf) {
    this.#file = file;
    this.#accountOf = accountOf;
  }

  async authenticate(name: string, password: Secret, { signal }: LoginContext): Promise<UserAccount | undefined> {
    const hash = (await this.#users()).get(name);
    // Of the same kind as the hashes in the file: another kind takes another time.
    this.#decoy ??= hashPassword(new Secret('nobody'));
    const matches = await verifyPassword(password, hash ?? (await this.#decoy), signal);
    return hash !== undefined && matches ? { ...this.#accountOf(name), name } : undefined;
  }

  async knows(name: string): Promise<boolean> {
    return (await this.#users()).has(name);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
  }

  /** A store that cannot answer says so: the client is told to try again later, and not that the password is wrong. */
  async #users(): Promise<ReadonlyMap<string, string>> {
    if (this.#isClosed) throw new UserStoreError('ERR_TWINLINE_USER_STORE', 'The user store is closed.');
    try {
      const lines = (await readFile(this.#file, 'utf8')).split(/\r?\n/).filter((line) => line.includes(':'));
      return new Map(lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]));
    } catch (error) {
      const message = `${this.#file} could not be read.`;
      throw new UserStoreError('ERR_TWINLINE_USER_STORE', message, { cause: error });
    }
  }
}

/** A server on this machine, without TLS for the brevity of the example. */
export async function serveHtpasswd(file: string, root: string, port: number) {
  const users = createHtpasswdUserStore(file, (name) => ({ home: `/${name}`, readOnly: false }));
  const storage = await createLocalStorage({ root });
  const server = createServer({ listeners: [{ host: '127.0.0.1', port, mode: 'explicit' }], storage, users });
  const [address] = await server.start();
  return { server, storage, users, port: address?.port ?? port };
}

if (import.meta.main) {
  const [file = '.htpasswd', root = '.'] = process.argv.slice(2);
  const { port } = await serveHtpasswd(file, root, 2121);
  console.log(`ftp://127.0.0.1:${port}/ for the users of ${file}; Ctrl-C ends it.`);
}
