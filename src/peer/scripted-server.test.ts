import { before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { createTestCertificate, type TestCertificate } from './certificates.ts';
import { runCommand } from '../testing/index.ts';
import { seededBytes } from './chunked-bytes.ts';
import { LineEndedError } from './line-ending.ts';
import { replyLength } from './reply-text.ts';
import { ScriptedClient } from './scripted-client.ts';
import { startScriptedServer, type ScriptedServerOptions } from './scripted-server.ts';
import { createTempFolder } from '../testing/index.ts';

let certificate: TestCertificate;
before(async () => {
  certificate = await createTestCertificate();
});

const start = (options: ScriptedServerOptions = {}) => startScriptedServer({ certificate, ...options });

describe('a scripted server', () => {
  test('serves curl over TLS, down and up, with nothing scripted', async () => {
    const file = seededBytes(500_000, 5);
    await using server = await start({ files: { 'a.bin': file } });
    const url = `ftp://127.0.0.1:${server.port}`;
    const common = ['-sS', '-k', '--ssl-reqd', '-u', 'anna:secret', '--max-time', '20'];
    const down = await runCommand('curl', [...common, `${url}/a.bin`]);
    assert.equal(down.stderr, '');
    assert.deepEqual(down.stdout, file);

    await using folder = await createTempFolder();
    await writeFile(folder.join('b.bin'), file);
    const up = await runCommand('curl', [...common, '-T', folder.join('b.bin'), `${url}/b.bin`]);
    assert.equal(up.stderr, '');
    assert.deepEqual(server.uploads.get('b.bin'), file);
    assert.ok(server.sessions[0]?.commands.includes('AUTH SSL'));
    assert.ok(server.sessions[0]?.commands.includes('PASS secret'));
  });

  test('does what the script of a verb says, byte by byte if it wants', async () => {
    const feat = '211-Features:\r\n 211 not the end\r\n211 End\r\n';
    await using server = await start({
      greeting: (session) => session.send('220-Two\r\n220 lines\r\n', { splitAt: [1, 5, 9] }),
      commands: { FEAT: Buffer.from(feat), SYST: (session) => session.reply('215 Late', { delayMs: 30 }) },
    });
    await using client = await ScriptedClient.connect({ port: server.port });
    assert.equal(await client.readReply(), '220-Two\n220 lines');
    assert.equal(await client.command('FEAT'), '211-Features:\n 211 not the end\n211 End');
    const mark = performance.now();
    assert.equal(await client.command('SYST'), '215 Late');
    assert.ok(performance.now() - mark > 25);
    assert.equal(await client.command('XYZZY'), '502 XYZZY is not in the script');
    assert.deepEqual(server.sessions[0]?.commands, ['FEAT', 'SYST', 'XYZZY']);
  });

  test('speaks TLS from the first byte when asked to', async () => {
    await using server = await start({ implicitTls: true });
    await using client = await ScriptedClient.connect({ port: server.port, implicitTls: true });
    assert.equal(await client.readReply(), '220 Scripted server');
    await client.login('anna', 'secret');
    assert.equal(client.control.tls?.getProtocol(), 'TLSv1.3');
  });

  test('can make the client wait with the TLS of the data line until the transfer', async () => {
    const file = seededBytes(1000, 6);
    await using server = await start({ dataTlsStart: 'on-transfer', files: { f: file } });
    await using client = await ScriptedClient.connect({ port: server.port });
    await client.readReply();
    await client.authTls();
    await client.protect();
    const line = await client.openPassive({ tls: true });
    let secured = false;
    const securing = line.secured.then(() => (secured = true));
    assert.match(await client.command('NOOP'), /^200/);
    assert.equal(secured, false);
    assert.match(await client.command('RETR f'), /^150/);
    await securing;
    assert.deepEqual(await line.readToEnd(), file);
    line.closeNotifyThenFin();
    assert.match(await client.readReply(), /^226/);
  });

  test('ends with the failure of its script', async () => {
    const server = await start({
      commands: {
        SYST: () => {
          throw new Error('script gone wrong');
        },
      },
    });
    await using client = await ScriptedClient.connect({ port: server.port });
    await client.readReply();
    await assert.rejects(client.command('SYST'), LineEndedError);
    await assert.rejects(server.stop(), /script gone wrong/);
  });

  test('a client that waits for a reply which never comes is told so', async () => {
    await using server = await start({ commands: { NOOP: () => {} } });
    await using client = await ScriptedClient.connect({ port: server.port, timeoutMs: 50 });
    await client.readReply();
    await assert.rejects(client.command('NOOP'), /Waited 50 ms for a whole reply/);
  });
});

test('a reply ends where RFC 959 says', () => {
  const lengthOf = (text: string) => replyLength(Buffer.from(text));
  assert.equal(lengthOf('220 ready\r\nrest'), 11);
  assert.equal(lengthOf('220-a\r\n220-b\r\n220 c\r\n'), 21);
  assert.equal(lengthOf('220-a\r\n221 b\r\n'), undefined);
  assert.equal(lengthOf('220 read'), undefined);
  assert.equal(lengthOf(''), undefined);
});
