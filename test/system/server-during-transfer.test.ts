/** What a control line answers while a transfer runs: NOOP and STAT at once, ABOR at once, QUIT and all else in their turn. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { type DataLine, type ScriptedClient, seededBytes } from '../../src/testing/index.ts';
import { type Protection, protections, startServer, type TestServer } from '../fixtures/start-server.ts';

/** More than the kernel takes for a reader that does not read. */
const big = seededBytes(24 * 1024 * 1024, 7);

interface Running {
  readonly client: ScriptedClient;
  readonly line: DataLine;
}

/** A download that stands still because the client does not read. */
async function stuckDownload(server: TestServer, protection: Protection): Promise<Running> {
  await server.write('/big', big);
  const client = await server.session({ protection });
  const line = await client.openPassive({ tls: protection !== 'plain' });
  line.secured.then(
    () => line.pause(),
    () => undefined,
  );
  await client.expect(150, 'RETR big');
  await line.secured;
  line.pause();
  return { client, line };
}

/** An upload of which 1,000 bytes have been sent. */
async function begunUpload(server: TestServer, protection: Protection): Promise<Running> {
  const client = await server.session({ protection });
  const line = await client.openPassive({ tls: protection !== 'plain' });
  await client.expect(150, 'STOR up');
  await line.secured;
  await line.write(Buffer.alloc(1000, 'u'));
  return { client, line };
}

/** Reads on, discarding what comes, and ends the line after its end. */
async function readOn({ line }: Running, protection: Protection): Promise<void> {
  line.discard();
  line.resume();
  await line.readToEnd();
  if (protection === 'plain') line.fin();
  else line.closeNotifyThenFin();
}

function endUpload({ line }: Running, protection: Protection): void {
  if (protection === 'plain') line.fin();
  else line.closeNotifyThenFin();
}

for (const protection of protections) {
  const start = (): Promise<TestServer> => startServer({ tls: 'optional' });

  describe(`during a transfer over ${protection}`, () => {
    test('NOOP and STAT are answered at once, on a download and on an upload', async () => {
      await using server = await start();
      const down = await stuckDownload(server, protection);
      await using downloader = down.client;
      assert.equal(await downloader.command('NOOP'), '200 OK');
      assert.match(await downloader.command('STAT'), /^211-[^]*RETR \/big: \d+ bytes transferred[^]*\n211 /);
      assert.equal(await downloader.command('noop'), '200 OK');
      await readOn(down, protection);
      assert.match(await downloader.readReply(), /^226 /);
      assert.equal(down.line.receivedBytes, big.length);

      const up = await begunUpload(server, protection);
      await using uploader = up.client;
      assert.equal(await uploader.command('NOOP'), '200 OK');
      assert.match(await uploader.command('STAT'), /STOR \/up: \d+ bytes/);
      endUpload(up, protection);
      assert.match(await uploader.readReply(), /^226 /);
    });

    test('QUIT waits for the transfer, and the file is whole', async () => {
      await using server = await start();
      const down = await stuckDownload(server, protection);
      await using client = down.client;
      await client.send('QUIT\r\n');
      await readOn(down, protection);
      assert.match(await client.readReply(), /^226 /);
      assert.match(await client.readReply(), /^221 /);
      assert.deepEqual(server.dialogue().slice(-3), ['< 226 Transfer OK', '> QUIT', '< 221 Goodbye']);
      assert.equal(down.line.receivedBytes, big.length);
    });

    test('QUIT waits for an upload, too', async () => {
      await using server = await start();
      const up = await begunUpload(server, protection);
      await using client = up.client;
      await client.send('QUIT\r\n');
      await up.line.write('the rest');
      endUpload(up, protection);
      assert.match(await client.readReply(), /^226 /);
      assert.match(await client.readReply(), /^221 /);
      assert.equal((await server.read('/up'))?.length, 1008);
    });

    test('other commands wait for the end and are then answered in order', async () => {
      await using server = await start();
      const down = await stuckDownload(server, protection);
      await using client = down.client;
      await client.send('PWD\r\nMKD a\r\nSTAT /\r\nNOOP\r\n');
      await readOn(down, protection);
      for (const reply of [/^226 /, /^257 "\/" /, /^257 "\/a"/, /^212-/, /^200 OK/]) {
        assert.match(await client.readReply(), reply);
      }
      const commands = server.dialogue().filter((line) => /^> |^< 226/.test(line));
      assert.deepEqual(commands.slice(-6), [
        '> RETR big',
        '< 226 Transfer OK',
        '> PWD',
        '> MKD a',
        '> STAT /',
        '> NOOP',
      ]);
    });

    test('ABOR resets the data line at once and answers 426, then 226', async () => {
      await using server = await start();
      const down = await stuckDownload(server, protection);
      await using client = down.client;
      const started = performance.now();
      assert.match(await client.command('ABOR'), /^426 Connection closed; transfer aborted/);
      assert.equal(await client.readReply(), '226 Abort successful');
      assert.ok(performance.now() - started < 1000);
      down.line.resume();
      const ending = await down.line.ended;
      assert.equal(ending.how, 'reset');
      assert.equal(ending.closeNotifyAtMs, undefined);
      const { transfer } = await server.event('transfer');
      assert.deepEqual([transfer.cause, transfer.verdict], ['abort', 'interrupted']);
      assert.equal(await client.command('NOOP'), '200 OK');
    });

    test('ABOR of an upload leaves nothing under the final name, and what came can be resumed', async () => {
      await using server = await start();
      const up = await begunUpload(server, protection);
      await using client = up.client;
      await untilTransferred(client, 1000);
      assert.match(await client.command('ABOR'), /^426 /);
      assert.match(await client.readReply(), /^226 /);
      assert.equal((await up.line.ended).how, 'reset');
      assert.equal(await server.read('/up'), undefined);
      assert.equal(await client.command('SIZE up'), '213 1000');
    });

    for (const [name, bytes] of [
      ['with CR alone', Buffer.from('ABOR\r')],
      ['behind IAC IP IAC DM', Buffer.concat([Buffer.from([255, 244, 255, 242]), Buffer.from('ABOR\r\n')])],
      ['behind IAC IP and a lone DM', Buffer.concat([Buffer.from([255, 244, 242]), Buffer.from('ABOR\r')])],
      ['behind IAC IP alone', Buffer.concat([Buffer.from([255, 244]), Buffer.from('ABOR\r\n')])],
      ['behind IAC DM alone', Buffer.concat([Buffer.from([255, 242]), Buffer.from('ABOR\r\n')])],
      ['behind IAC IP IAC DM with CR alone', Buffer.concat([Buffer.from([255, 244, 255, 242]), Buffer.from('ABOR\r')])],
      ['in small letters', Buffer.from('abor\r\n')],
    ] as const) {
      test(`ABOR ${name} is an ABOR`, async () => {
        await using server = await start();
        const down = await stuckDownload(server, protection);
        await using client = down.client;
        await client.send(bytes);
        assert.match(await client.readReply(), /^426 /);
        assert.match(await client.readReply(), /^226 /);
        // The LF may come late, or not at all.
        await client.send('\nNOOP\r\nPWD\r\n');
        if (bytes.at(-1) === 0x0d) assert.equal(await client.readReply(), '200 OK');
        else assert.match(await client.readReply(), /^500 /);
        assert.match(await client.readReply(), /^257 /);
      });
    }

    test('ABOR takes effect at once also behind commands that wait, and is answered in its place', async () => {
      await using server = await start();
      const down = await stuckDownload(server, protection);
      await using client = down.client;
      await client.send('PWD\r\nNOOP\r\nSTAT\r\nABOR\r\nMKD a\r\n');
      for (const reply of [/^426 /, /^257 "\/" /, /^200 OK$/, /^211-/, /^226 Abort/, /^257 "\/a"/]) {
        assert.match(await client.readReply(), reply);
      }
      down.line.resume();
      assert.equal((await down.line.ended).how, 'reset');
    });

    test('NOOP and STAT wait for the end of the transfer where the server is set so, ABOR does not', async () => {
      await using server = await startServer({ tls: 'optional', keepaliveReplies: 'after-transfer' });
      const down = await stuckDownload(server, protection);
      await using client = down.client;
      await client.send('NOOP\r\nSTAT\r\n');
      await readOn(down, protection);
      for (const reply of [/^226 Transfer OK$/, /^200 OK$/, /^211-/]) assert.match(await client.readReply(), reply);
      const line = await client.openPassive({ tls: protection !== 'plain' });
      await client.expect(150, 'STOR up');
      await line.secured;
      await client.send('NOOP\r\nABOR\r\n');
      for (const reply of [/^426 /, /^200 OK$/, /^226 /]) assert.match(await client.readReply(), reply);
    });

    test('a pipelined RETR and ABOR are answered 426 and 226, with no data', async () => {
      await using server = await start();
      await server.write('/big', big);
      await using client = await server.session({ protection });
      const line = await client.openPassive({ tls: protection !== 'plain' });
      await line.secured;
      await client.send('RETR big\r\nABOR\r\n');
      assert.match(await client.readReply(), /^426 /);
      assert.match(await client.readReply(), /^226 /);
      assert.equal((await line.ended).how, 'reset');
      assert.equal(await client.command('NOOP'), '200 OK');
    });

    test('ABOR with no transfer is 226 and resets a data connection that waits', async () => {
      await using server = await start();
      await using client = await server.session({ protection });
      assert.equal(await client.command('ABOR'), '226 Abort successful');
      const line = await client.openPassive();
      assert.equal(await client.command('ABOR'), '226 Abort successful');
      assert.equal((await line.ended).how, 'reset');
      assert.match(await client.command('NLST'), /^425 /);
    });

    test('ABOR and QUIT are heard while a transfer waits for its data connection', async () => {
      await using server = await start();
      await using client = await server.session({ protection });
      await client.expect(229, 'EPSV');
      await client.expect(150, 'NLST');
      assert.equal(await client.command('NOOP'), '200 OK');
      assert.match(await client.command('ABOR'), /^426 /);
      assert.match(await client.readReply(), /^226 /);
      assert.equal(server.server.counts().listener, 2);
      const port = Number(/\|\|\|(\d+)\|/.exec(await client.expect(229, 'EPSV'))?.[1]);
      await client.expect(150, 'STOR up');
      await client.send('QUIT\r\n');
      const line = await client.connectData(port, { tls: protection !== 'plain' });
      await line.secured;
      await line.write('late');
      endUpload({ client, line }, protection);
      assert.match(await client.readReply(), /^226 /);
      assert.match(await client.readReply(), /^221 /);
      assert.equal((await server.read('/up'))?.toString(), 'late');
    });

    test('too many commands behind a transfer end the session', async () => {
      await using server = await start();
      const down = await stuckDownload(server, protection);
      await using client = down.client;
      await client.send('PWD\r\n'.repeat(10_000));
      assert.equal((await server.event('transfer')).transfer.cause, 'control-closed-by-server');
      client.close();
      assert.equal((await server.event('session-closed')).cause, 'overflow');
    });
  });
}

/** Asks STAT until the server has this many bytes of the running transfer. */
async function untilTransferred(client: ScriptedClient, bytes: number): Promise<void> {
  for (let i = 0; i < 1000; i += 1) {
    const told = /: (\d+) bytes transferred/.exec(await client.command('STAT'))?.[1];
    if (told !== undefined && Number(told) >= bytes) return;
  }
  assert.fail(`The server never had ${bytes} bytes.`);
}
