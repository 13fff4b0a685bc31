/** The rogue server does on the wire what its scripts say, as raw sockets and OpenSSL see it: its witnesses are not ours. */

import { before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import {
  type CommandResult,
  createTestCertificate,
  runCommand,
  ScriptedClient,
  type Script,
  type ScriptedServerOptions,
  startScriptedServer,
  type TestCertificate,
} from '../../../src/testing/index.ts';
import { missingProgram } from '../../fixtures/installed-program.ts';
import { cut, type Forging, forging } from './scripts.ts';
import { small } from './served-files.ts';

const skip = missingProgram('openssl', 'version');

let certificate: TestCertificate;
before(async () => {
  certificate = await createTestCertificate();
});

const start = (options: ScriptedServerOptions) => startScriptedServer({ certificate, ...options });

function sClient(port: number, ...options: string[]): Promise<CommandResult> {
  return runCommand('openssl', ['s_client', '-connect', `127.0.0.1:${port}`, '-ign_eof', ...options], {
    timeoutMs: 10_000,
  });
}

/** What OpenSSL's own client sees of a line on which the server does this right behind the handshake. */
async function seenByOpenssl(
  greeting: Script,
  version: '-tls1_2' | '-tls1_3',
): Promise<{ readonly text: string; readonly exitCode: number | null }> {
  await using server = await start({ implicitTls: true, greeting });
  const { stdout, stderr, exitCode } = await sClient(server.port, version, '-msg');
  return { text: `${stdout.toString('latin1')}${stderr}`, exitCode };
}

const closeNotifyIn = /<<< TLS 1\.\d, Alert \[length 0002\], warning close_notify/;

for (const version of ['-tls1_2', '-tls1_3'] as const) {
  describe(`OpenSSL sees (${version})`, { skip }, () => {
    test('an end with close_notify', async () => {
      const seen = await seenByOpenssl(async (session) => {
        await session.reply('220 Hello');
        session.control.closeNotifyThenFin();
      }, version);
      assert.match(seen.text, closeNotifyIn);
      assert.match(seen.text, /220 Hello/);
    });

    test('an end without close_notify', async () => {
      const seen = await seenByOpenssl(async (session) => {
        await session.reply('220 Hello');
        cut(session.control);
      }, version);
      assert.doesNotMatch(seen.text, closeNotifyIn);
      assert.match(seen.text, /unexpected eof while reading/);
    });

    test('a line that is cut inside of a record', async () => {
      const seen = await seenByOpenssl(async (session) => {
        session.control.cutOutputAfter(20);
        await session.reply('220 These words never arrive');
        session.control.raw.end();
      }, version);
      assert.doesNotMatch(seen.text, /These words/);
      assert.match(seen.text, /unexpected eof while reading/);
    });

    test('a record that cannot be decrypted', async () => {
      const seen = await seenByOpenssl(async (session) => {
        session.control.corruptNextRecord();
        await session.reply('220 These words never arrive');
      }, version);
      assert.doesNotMatch(seen.text, /These words/);
      assert.match(seen.text, />>> TLS 1\.\d, Alert \[length 0002\], fatal bad_record_mac/);
    });

    test('a reset', async () => {
      const seen = await seenByOpenssl(async (session) => {
        await session.reply('220 Hello', { delayMs: 50 });
        await session.send('', { delayMs: 50 });
        session.control.reset();
      }, version);
      assert.match(seen.text, /errno=104|Connection reset/);
    });
  });
}

/** The data line of a download whose records are forged, as OpenSSL's client reads it. */
async function forgedSeenByOpenssl(send: (transfer: Forging) => Promise<void>, ...options: string[]) {
  await using server = await start({
    files: { 'a.bin': small },
    dataTlsStart: 'on-transfer',
    commands: { RETR: forging(send) },
  });
  await using client = await ScriptedClient.connect({ port: server.port });
  await client.readReply();
  const port = Number(/\|\|\|(\d+)\|/.exec(await client.expect(229, 'EPSV'))?.[1]);
  const reading = sClient(port, '-tls1_3', ...options);
  await client.expect(150, 'RETR a.bin');
  // Awaited here: the server must stand until then.
  return await reading;
}

async function sendForged({ line, bytes, records }: Forging): Promise<void> {
  await line.writeRaw(records.data(bytes.subarray(0, 50_000)));
  await line.writeRaw(Buffer.concat([records.ticket(), records.keyUpdate(), records.keyUpdate(true)]));
  await line.writeRaw(records.data(bytes.subarray(50_000), 5000));
  await line.writeRaw(records.closeNotify());
  line.raw.end();
}

describe('OpenSSL sees of forged records', { skip }, () => {
  test('the payload on both sides of a key update', async () => {
    const { stdout, stderr } = await forgedSeenByOpenssl(sendForged, '-quiet');
    assert.deepEqual(stdout, small, stderr);
  });

  test('the ticket, the key updates, and the close_notify', async () => {
    const { stdout } = await forgedSeenByOpenssl(sendForged, '-msg');
    const text = stdout.toString('latin1');
    assert.equal(text.match(/<<< TLS 1\.3, Handshake \[length \w+\], NewSessionTicket/g)?.length, 1);
    assert.equal(text.match(/<<< TLS 1\.3, Handshake \[length \w+\], KeyUpdate/g)?.length, 2);
    assert.match(text, closeNotifyIn);
  });

  test('a fatal alert', async () => {
    const { stdout } = await forgedSeenByOpenssl(async ({ line, records }) => {
      await line.writeRaw(records.fatalAlert());
      line.raw.end();
    }, '-msg');
    assert.match(stdout.toString('latin1'), /<<< TLS 1\.3, Alert \[length 0002\], fatal internal_error/);
  });
});

/** What a raw socket reads that has sent this, piece by piece, and how the line ended. */
async function seenRaw(options: ScriptedServerOptions, send: string) {
  await using server = await start(options);
  const raw = connect({ port: server.port, host: '127.0.0.1' });
  const pieces: string[] = [];
  let error: NodeJS.ErrnoException | undefined;
  raw.on('data', (chunk: Buffer) => pieces.push(chunk.toString('latin1')));
  raw.on('error', (found) => (error = found));
  raw.write(send);
  await new Promise((resolve) => raw.once('close', resolve));
  return { pieces, text: pieces.join(''), code: error?.code };
}

describe('a raw socket sees', () => {
  test('bytes behind the 234 in its segment', async () => {
    const script: Script = async (session) => {
      await session.send('234 Go ahead\r\n230 Logged in\r\n');
      session.control.fin();
    };
    const { pieces } = await seenRaw({ commands: { AUTH: script } }, 'AUTH TLS\r\n');
    assert.ok(pieces.some((piece) => piece.includes('234 Go ahead\r\n230 Logged in\r\n')));
  });

  test('replies in many segments', async () => {
    const { pieces, text } = await seenRaw({ cutsReplies: true }, 'QUIT\r\n');
    assert.equal(text, '220 Scripted server\r\n221 Goodbye\r\n');
    assert.ok(pieces.length > 5, `${pieces.length} pieces`);
  });

  test('a reset, and a FIN, for what they are', async () => {
    const reset = await seenRaw({ commands: { NOOP: ({ control }) => control.reset() } }, 'NOOP\r\n');
    assert.equal(reset.code, 'ECONNRESET');
    const fin = await seenRaw({ commands: { NOOP: ({ control }) => control.fin() } }, 'NOOP\r\n');
    assert.equal(fin.code, undefined);
  });
});
