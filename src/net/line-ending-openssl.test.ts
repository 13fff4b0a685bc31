import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { connect as connectTcp, createServer, type Socket } from 'node:net';
import { describe, test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { certificateOf } from '../../test/fixtures/tls-duel.ts';
import { createTempFolder, runCommand, within } from '../testing/index.ts';
import { DataConnection } from './data-connection.ts';
import type { LineEnding } from './line-ending.ts';
import { Scope } from './scope.ts';
import { SessionTls } from './server-tls.ts';

/** A TLS 1.3 peer that changes its keys when it is told to: Node itself cannot. */
const openssl = await runCommand('openssl', ['version']).then(
  ({ stdout }) => stdout.toString().trim(),
  () => undefined,
);
const skip = openssl === undefined ? 'openssl is not installed, and nothing else here changes TLS 1.3 keys' : false;

/** `openssl s_client` or `s_server` whose standard input is in the test's hand. */
class Openssl implements AsyncDisposable {
  output = '';
  readonly #child;
  readonly #closed: Promise<unknown>;
  readonly #watchers = new Set<() => void>();

  constructor(args: readonly string[]) {
    this.#child = spawn('openssl', args, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#closed = once(this.#child, 'close');
    this.#child.stdin.on('error', () => undefined);
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.setEncoding('latin1').on('data', (text: string) => {
        this.output += text;
        for (const look of this.#watchers) look();
      });
    }
  }

  /** Types a line; a single letter in a line is a command: `K` and `k` change keys. */
  type(line: string): void {
    this.#child.stdin.write(`${line}\n`);
  }

  async saw(pattern: RegExp): Promise<RegExpExecArray> {
    const { promise, resolve } = Promise.withResolvers<RegExpExecArray>();
    const look = (): void => {
      const match = pattern.exec(this.output);
      if (match !== null) resolve(match);
    };
    this.#watchers.add(look);
    look();
    return within(promise, `openssl to print ${pattern}, which printed ${this.output}`);
  }

  /** Ends its input, upon which it says close_notify. */
  end(): void {
    this.#child.stdin.end();
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kill();
    await this.#closed;
  }
}

/** What our end has received, and how it ended. */
class Taken {
  readonly ending: Promise<LineEnding>;
  #text = '';
  readonly #line;

  constructor(connection: DataConnection) {
    this.ending = new Promise((resolve) => connection.onEnding(resolve));
    this.#line = connection.line;
    this.#line.on('data', (chunk: Buffer) => {
      this.#text += chunk.toString();
    });
  }

  async until(text: string): Promise<void> {
    while (!this.#text.includes(text)) await within(once(this.#line, 'data'), `"${text}" to arrive`);
  }
}

interface Fight {
  readonly peer: Openssl;
  readonly taken: Taken;
  /** Makes openssl end the line in order. */
  endInOrder(): void;
}

async function againstClient(fight: (fight: Fight) => Promise<void>): Promise<void> {
  const scope = new Scope();
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  await using peer = new Openssl(['s_client', '-connect', `127.0.0.1:${port}`, '-tls1_3', '-msg']);
  try {
    const [raw] = (await once(server, 'connection')) as [Socket];
    const connection = new DataConnection(raw, scope);
    const tls = new SessionTls(await certificateOf('ecdsa'));
    await connection.startTls((socket) => tls.wrap(socket), 10_000, 'secure');
    await fight({ peer, taken: new Taken(connection), endInOrder: () => peer.end() });
  } finally {
    scope.close();
    server.close();
  }
}

async function againstServer(fight: (fight: Fight) => Promise<void>): Promise<void> {
  const scope = new Scope();
  await using folder = await createTempFolder();
  const certificate = await certificateOf('rsa');
  const file = folder.join('certificate.pem');
  await writeFile(file, certificate.certificatePem + certificate.privateKeyPem);
  await using peer = new Openssl(['s_server', '-accept', '127.0.0.1:0', '-cert', file, '-tls1_3', '-msg']);
  try {
    const [, port] = await peer.saw(/ACCEPT 127\.0\.0\.1:(\d+)/);
    const raw = connectTcp({ port: Number(port), host: '127.0.0.1', allowHalfOpen: true });
    await once(raw, 'connect');
    raw.pause();
    const connection = new DataConnection(raw, scope);
    await connection.startTls((socket) => connectTls({ socket, rejectUnauthorized: false }), 10_000, 'secureConnect');
    // By itself s_server never says close_notify; it answers ours.
    await fight({ peer, taken: new Taken(connection), endInOrder: () => void connection.line.end() });
  } finally {
    scope.close();
  }
}

async function changeKeys({ peer, taken }: Fight): Promise<void> {
  peer.type('before');
  await taken.until('before\n');
  for (const [index, letter] of ['K', 'k'].entries()) {
    peer.type(letter);
    await peer.saw(new RegExp(`(?:>>> [^\n]*KeyUpdate[^]*){${index + 1}}`));
    peer.type(`behind ${letter}`);
    await taken.until(`behind ${letter}\n`);
  }
}

describe(`key updates of ${openssl ?? 'openssl'} on TLS 1.3`, { skip }, () => {
  for (const [side, against] of [
    ['server', againstClient],
    ['client', againstServer],
  ] as const) {
    test(`do not hide the close_notify from our ${side}`, () =>
      against(async (fight) => {
        await changeKeys(fight);
        fight.endInOrder();
        assert.equal(await within(fight.taken.ending, 'the end of the line'), 'close-notify');
      }));

    test(`are not taken for a close_notify by our ${side} when the peer is killed`, () =>
      against(async (fight) => {
        await changeKeys(fight);
        fight.peer.kill();
        assert.notEqual(await within(fight.taken.ending, 'the end of the line'), 'close-notify');
      }));
  }
});
