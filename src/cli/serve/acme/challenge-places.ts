/** Two places for the answers of the challenge http-01: a port of our own while it runs, or a folder of a web server. */

import { createServer, type Server } from 'node:http';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AcmeError } from './acme-error.ts';
import type { ChallengePlace } from './order-certificate.ts';

const challengePath = '/.well-known/acme-challenge/';
/** Connections to the challenge port at once, and how long one may take for its request. */
const maxChallengeConnections = 64;
const challengeRequestMs = 10_000;

/** Answers on a port that is open only while a challenge is shown. */
export class ChallengePort implements ChallengePlace {
  readonly #host: string;
  readonly #port: number;
  readonly #answers = new Map<string, string>();
  #server: Server | undefined;

  constructor({ host, port }: { readonly host: string; readonly port: number }) {
    this.#host = host;
    this.#port = port;
  }

  async show(token: string, keyAuthorization: string): Promise<void> {
    this.#answers.set(token, keyAuthorization);
    this.#server ??= await this.#open();
  }

  async hide(token: string): Promise<void> {
    this.#answers.delete(token);
    if (this.#answers.size > 0 || this.#server === undefined) return;
    const server = this.#server;
    this.#server = undefined;
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  }

  #open(): Promise<Server> {
    const server = createServer({ requestTimeout: challengeRequestMs }, (request, response) => {
      const { url = '' } = request;
      const answer = url.startsWith(challengePath) ? this.#answers.get(url.slice(challengePath.length)) : undefined;
      const isAsked = request.method === 'GET' || request.method === 'HEAD';
      response.writeHead(answer !== undefined && isAsked ? 200 : 404, {
        'Content-Type': 'application/octet-stream',
        Connection: 'close',
      });
      response.end(isAsked ? answer : undefined);
    });
    server.maxConnections = maxChallengeConnections;
    return new Promise((resolve, reject) => {
      server.once('error', (cause: NodeJS.ErrnoException) => {
        const where = `${this.#host} port ${this.#port}`;
        const message = `The challenge cannot be answered on ${where} (${cause.code}): ${adviceFor(cause)}.`;
        reject(new AcmeError(message, { cause }));
      });
      server.listen({ host: this.#host, port: this.#port }, () => resolve(server));
    });
  }
}

function adviceFor({ code }: NodeJS.ErrnoException): string {
  if (code !== 'EACCES' && code !== 'EPERM') {
    return 'free the port, or name the folder of the web server there with acme.webroot';
  }
  return (
    'this process has no right to open it. Name the folder of a web server on port 80 with acme.webroot, or a port ' +
    'from 1024 on with acme.challenge-listen and forward port 80 to it, or start the server without run-as and with ' +
    'the capability CAP_NET_BIND_SERVICE'
  );
}

/** Writes files below the folder that a web server shows as `/` on port 80. */
export class ChallengeFolder implements ChallengePlace {
  readonly #folder: string;

  constructor(webroot: string) {
    this.#folder = join(webroot, challengePath);
  }

  async show(token: string, keyAuthorization: string): Promise<void> {
    try {
      await mkdir(this.#folder, { recursive: true });
      await writeFile(join(this.#folder, token), keyAuthorization, { mode: 0o644 });
    } catch (cause) {
      const message = `The challenge cannot be written to ${this.#folder} (${(cause as NodeJS.ErrnoException).code}): name a folder with acme.webroot that this process may write to.`;
      throw new AcmeError(message, { cause });
    }
  }

  async hide(token: string): Promise<void> {
    await rm(join(this.#folder, token), { force: true });
  }
}
