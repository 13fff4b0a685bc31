/** Several hosts on one server: which certificate is shown by SNI and by HOST, and that the two agree. */

import { before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import {
  createTestCertificate,
  runCommand,
  type ScriptedClient,
  type TestCertificate,
} from '../../src/testing/index.ts';
import { missingProgram } from '../fixtures/installed-program.ts';
import { startServer, type TestServer } from '../fixtures/start-server.ts';

let main: TestCertificate;
let mainRsa: TestCertificate;
let wild: TestCertificate;

before(async () => {
  main = await createTestCertificate({ subjectAltNames: ['ftp.one.example'] });
  mainRsa = await createTestCertificate({ subjectAltNames: ['ftp.one.example'], algorithm: 'rsa' });
  wild = await createTestCertificate({ subjectAltNames: ['two.example', '*.two.example'] });
});

function start(more: Parameters<typeof startServer>[0] = {}): Promise<TestServer> {
  return startServer({ tlsSettings: { ...main, furtherCertificates: [wild, mainRsa] }, ...more });
}

function shown(client: ScriptedClient): string {
  const fingerprint = client.control.tls?.getPeerX509Certificate()?.fingerprint256;
  const names = { [main.fingerprint256]: 'main', [mainRsa.fingerprint256]: 'main rsa', [wild.fingerprint256]: 'wild' };
  return names[fingerprint ?? ''] ?? 'another';
}

describe('the certificate', () => {
  for (const [servername, expected] of [
    ['ftp.one.example', 'main'],
    ['two.example', 'wild'],
    ['a.two.example', 'wild'],
    ['A.TWO.example', 'wild'],
    ['a.b.two.example', 'main'],
    ['unknown.example', 'main'],
    [undefined, 'main'],
  ] as const) {
    test(`for SNI ${servername ?? 'none'} is that of ${expected}, on both lines and on implicit listeners`, async () => {
      await using server = await start();
      await server.write('/a', Buffer.from('mine'));
      const tls = { ...(servername && { servername }) };
      await using client = await server.session({ tls });
      assert.equal(shown(client), expected);
      await using implicit = await server.connect({ implicitTls: true, tls });
      assert.equal(shown(implicit), expected);
      for (const reuseSession of [true, false]) {
        const line = await client.openPassive({ tls: true, reuseSession });
        await line.secured;
        assert.equal(line.tls?.isSessionReused(), reuseSession);
        const { fingerprint256 } = expected === 'main' ? main : wild;
        if (!reuseSession) assert.equal(line.tls?.getPeerX509Certificate()?.fingerprint256, fingerprint256);
        await client.expect(150, 'RETR a');
        await line.finish();
        assert.match(await client.readReply(), /^226 /);
      }
    });
  }

  test('is of the kind that the client can check', async () => {
    await using server = await start();
    const tls = {
      maxVersion: 'TLSv1.2',
      ciphers: 'ECDHE-RSA-AES128-GCM-SHA256',
      servername: 'ftp.one.example',
    } as const;
    await using client = await server.connect({ tls });
    await client.authTls();
    assert.equal(shown(client), 'main rsa');
  });

  test('follows SNI with openssl s_client too', { skip: missingProgram('openssl', 'version') }, async () => {
    await using server = await start();
    const args = [
      's_client',
      '-connect',
      `127.0.0.1:${server.port}`,
      '-starttls',
      'ftp',
      '-servername',
      'x.two.example',
    ];
    const result = await runCommand('openssl', [...args, '-alpn', 'ftp', '-tls1_2'], { input: 'QUIT\r\n' });
    const text = result.stdout.toString();
    assert.ok(text.includes(wild.certificatePem.split('\n')[1] ?? '?'), text);
    assert.match(text, /ALPN protocol: ftp/);
    // As long as a session may be resumed: control lines last for days.
    assert.match(text, /ticket lifetime hint: 604800 /);
  });
});

describe('HOST', () => {
  test('before AUTH chooses the certificate of a client that names no host under TLS', async () => {
    await using server = await start();
    await using client = await server.connect();
    await client.expect(220, 'HOST ftp.one.example');
    assert.equal(await client.command('HOST files.TWO.example'), '220 Host accepted');
    await client.authTls();
    assert.equal(shown(client), 'wild');
    await client.expect(220, 'HOST two.example');
    assert.match(
      await client.command('HOST ftp.one.example'),
      /^504 TLS was begun with the certificate of another host/,
    );
    await client.login('user', 'pass');
    assert.match(await client.command('HOST two.example'), /^503 /);
  });

  test('must agree with SNI', async () => {
    await using server = await start();
    await using client = await server.connect({ tls: { servername: 'a.two.example' } });
    await client.expect(220, 'HOST ftp.one.example');
    await client.authTls();
    assert.equal(shown(client), 'wild');
    await client.expect(220, 'HOST A.two.example');
    assert.match(await client.command('HOST b.two.example'), /^504 TLS was begun for a\.two\.example/);
    assert.match(await client.command('HOST 127.0.0.1'), /^504 /);
    await client.login('user', 'pass');
  });

  test('takes the address of the connection, and no other', async () => {
    for (const [host, address, wrong] of [
      ['127.0.0.1', '127.0.0.1', '127.0.0.2'],
      ['::1', '[::1]', '127.0.0.1'],
    ] as const) {
      await using server = await start({ host });
      await using client = await server.connect();
      await client.expect(220, `HOST ${address}`);
      assert.match(await client.command(`HOST ${wrong}`), /^504 /);
      await client.authTls();
      await client.expect(220, `HOST ${address}`);
      assert.equal(shown(client), 'main');
    }
  });

  test('answers 504 for unknown hosts, 501 for what is none, and the session goes on', async () => {
    await using server = await start();
    await using client = await server.connect();
    assert.match(await client.command('HOST unknown.example'), /^504 /);
    for (const wrong of ['HOST', 'HOST 127.0.0.1:21', 'HOST [::1]:21', 'HOST a_b', 'HOST *.two.example']) {
      assert.match(await client.command(wrong), /^501 /, wrong);
    }
    await client.authTls();
    await client.login('user', 'pass');
  });

  test('forgets who had begun to log in', async () => {
    await using server = await start();
    await using client = await server.connect();
    await client.authTls();
    await client.expect(331, 'USER user');
    await client.expect(220, 'HOST ftp.one.example');
    assert.match(await client.command('PASS pass'), /^503 /);
    await client.login('user', 'pass');
  });

  test('is in FEAT, and takes any name where there is no TLS to tell hosts apart', async () => {
    await using server = await startServer({ tls: 'off' });
    await using client = await server.connect();
    assert.match(await client.command('FEAT'), /\n HOST\n/);
    await client.expect(220, 'HOST any.example');
    await client.login('user', 'pass');
  });
});
