import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { after, describe, test } from 'node:test';
import { HelloCatcher } from '../../test/fixtures/client-hellos.ts';
import { connectedPair, HeldTlsPeer } from '../../test/fixtures/held-tls-peer.ts';
import { createTestCertificate, inChunksOf, within } from '../testing/index.ts';
import { type ClientHelloResult, maxClientHelloBytes } from './client-hello.ts';
import { peekClientHello } from './peek-client-hello.ts';
import { SessionTls } from './server-tls.ts';

const catcher = await HelloCatcher.open();
after(() => catcher[Symbol.asyncDispose]());
const [{ bytes: hello, hello: expected }] = await catcher.connectTwice({});

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Feeds the pieces to a peek, one in a turn; gives what it said and what is there to be read behind it. */
async function peekAt(pieces: readonly Uint8Array[]): Promise<{ said: ClientHelloResult[]; left: Buffer; at: number }> {
  const stream = new PassThrough({ highWaterMark: 1024 * 1024 });
  const said: ClientHelloResult[] = [];
  let fed = 0;
  let at = -1;
  peekClientHello(stream as unknown as Socket, (result) => {
    said.push(result);
    at = fed;
  });
  for (const piece of pieces) {
    fed += piece.length;
    stream.write(piece);
    await turn();
  }
  assert.equal(stream.isPaused(), said.length > 0);
  return { said, left: (stream.read() as Buffer | null) ?? Buffer.alloc(0), at };
}

describe('peekClientHello', () => {
  test('tells of a hello in one piece, and gives every byte back', async () => {
    assert.deepEqual(await peekAt([hello]), { said: [expected], left: hello, at: hello.length });
  });

  test('waits for the last byte of a hello that is cut anywhere', async () => {
    for (let cut = 1; cut < hello.length; cut += 7) {
      const pieces = [hello.subarray(0, cut), hello.subarray(cut)];
      assert.deepEqual(await peekAt(pieces), { said: [expected], left: hello, at: hello.length });
    }
  });

  test('takes single bytes', async () => {
    assert.deepEqual(await peekAt(inChunksOf(hello, 1)), { said: [expected], left: hello, at: hello.length });
  });

  test('gives back what came behind the hello as well', async () => {
    const more = Buffer.concat([hello, Buffer.from('more')]);
    assert.deepEqual((await peekAt([more])).left, more);
    assert.deepEqual((await peekAt([hello, Buffer.from('more')])).left, more);
  });

  test('says at the first byte that something is no TLS', async () => {
    assert.deepEqual((await peekAt(inChunksOf(Buffer.from('GET / HTTP/1.1'), 1))).at, 1);
    assert.deepEqual((await peekAt([Buffer.from('plain data')])).said, ['not-tls']);
  });

  test('passes on unread what is longer than a hello may be', async () => {
    const record = Buffer.alloc(maxClientHelloBytes + 100);
    record.set([22, 3, 1, 0xff, 0xff, 1, 0, 0xff, 0xff]);
    for (const size of [record.length, 1000, 1]) {
      const { said, left, at } = await peekAt(inChunksOf(record, size));
      assert.deepEqual(said, ['incomplete']);
      assert.ok(at >= maxClientHelloBytes && at < maxClientHelloBytes + size);
      assert.deepEqual(left, record);
    }
  });

  test('costs little where every byte comes alone and in a record of its own', async () => {
    const bytes = Buffer.from(
      Array.from({ length: maxClientHelloBytes }, (_, at) => [22, 3, 1, 0, 1, 1][at % 6] as number),
    );
    const raw = Object.assign(new EventEmitter(), { pause: () => raw, resume: () => raw, unshift: () => undefined });
    const said: ClientHelloResult[] = [];
    peekClientHello(raw as unknown as Socket, (result) => said.push(result));
    const startedAt = performance.now();
    for (const byte of inChunksOf(bytes, 1)) raw.emit('data', byte);
    assert.deepEqual(said, ['incomplete']);
    assert.ok(performance.now() - startedAt < 2000);
  });

  test('says nothing of a connection that ends before', async () => {
    const stream = new PassThrough();
    peekClientHello(stream as unknown as Socket, () => assert.fail('there was no hello'));
    stream.end(hello.subarray(0, 100));
    await turn();
    await turn();
  });

  test('can be stopped, and gives back what it has seen', async () => {
    const stream = new PassThrough();
    const stop = peekClientHello(stream as unknown as Socket, () => assert.fail('it was stopped'));
    stream.write(hello.subarray(0, 100));
    await turn();
    stop();
    stop();
    stream.write(hello.subarray(100));
    await turn();
    assert.deepEqual(Buffer.concat([stream.read() as Buffer]), hello);
  });

  test('leaves a handshake whole, in which the FIN comes together with the hello', async () => {
    const { accepted, dialled } = await connectedPair();
    dialled.end(hello);
    const tls = new SessionTls(await createTestCertificate());
    const ended = new Promise<void>((resolve) =>
      peekClientHello(accepted, () => {
        const socket = tls.wrap(accepted);
        socket.on('error', () => resolve());
        socket.on('end', () => resolve());
        socket.on('close', () => resolve());
      }),
    );
    await within(ended, 'the handshake to end');
    accepted.destroy();
    dialled.destroy();
  });

  test('lets TLS begin over a real connection', async () => {
    const { accepted, dialled } = await connectedPair();
    const peer = new HeldTlsPeer(dialled, { version: 'TLSv1.3' });
    const tls = new SessionTls(await createTestCertificate());
    peekClientHello(accepted, () => tls.wrap(accepted).on('error', () => undefined));
    await within(peer.secured, 'the handshake');
    peer.destroy();
    accepted.destroy();
  });
});
