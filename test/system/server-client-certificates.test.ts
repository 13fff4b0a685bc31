/** Client certificates: who is let in, who is logged in by one, and that a data line belongs to the same client. */

import { before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import type { ConnectionOptions } from 'node:tls';
import type { CertificateLogin, ClientCertificateSettings } from '../../src/net/index.ts';
import { createTestCa, createTestCertificate, type TestCertificate } from '../../src/testing/index.ts';
import { onlyVersion, startServer, testCertificate, type TestServer } from '../fixtures/start-server.ts';

const versions = ['TLSv1.2', 'TLSv1.3'] as const;

let ca: TestCertificate;
/** CN `Some User`, e-mail user@example.org, signed by `ca`. */
let ours: TestCertificate;
/** The same names, signed by `ca`: another certificate. */
let twin: TestCertificate;
/** The same names, signed by itself. */
let forged: TestCertificate;

before(async () => {
  ca = await createTestCa();
  const names = { commonName: 'Some User', subjectAltNames: ['email:user@example.org', 'user.example.org'] };
  ours = await createTestCertificate({ ...names, ca });
  twin = await createTestCertificate({ ...names, ca });
  forged = await createTestCertificate(names);
});

function presenting({ certificatePem, privateKeyPem }: TestCertificate): ConnectionOptions {
  return { cert: certificatePem, key: privateKeyPem };
}

async function serverWith(
  settings: Partial<ClientCertificateSettings> = {},
  more: Parameters<typeof startServer>[0] = {},
): Promise<TestServer> {
  const clientCertificates = { demand: 'optional', authoritiesPem: ca.certificatePem, ...settings } as const;
  return startServer({ tlsSettings: { ...(await testCertificate()), clientCertificates }, ...more });
}

const byMail: CertificateLogin = { user: 'user', field: 'email', value: 'User@example.org' };

describe('a required client certificate', () => {
  for (const version of versions) {
    test(`lets nobody in without one, or with one of a stranger, and says so under TLS (${version})`, async () => {
      await using server = await serverWith({ demand: 'required' });
      for (const [options, words] of [
        [{}, /^421 This server needs a client certificate/],
        [presenting(forged), /^421 The client certificate is not trusted here: self-signed certificate/],
      ] as const) {
        await using client = await server.connect({ tls: { ...onlyVersion(version), ...options } });
        await client.authTls();
        assert.match(await client.readReply(), words);
        assert.equal((await client.control.ended).how, 'close-notify');
      }
      assert.deepEqual(
        server.eventsOf('control-tls').map(({ client }) => client?.isTrusted),
        [undefined, false],
      );
      assert.ok(server.eventsOf('session-closed').every(({ cause }) => cause === 'tls-failed'));
    });

    test(`is enough to go on to the password (${version})`, async () => {
      await using server = await serverWith({ demand: 'required' });
      await using client = await server.connect({ tls: { ...onlyVersion(version), ...presenting(ours) } });
      await client.authTls();
      assert.match(await client.command('USER user'), /^331 /);
      assert.match(await client.command('PASS wrong'), /^530 /);
      await client.login('user', 'pass');
    });
  }

  test('is demanded on implicit listeners too, in place of the greeting', async () => {
    await using server = await serverWith({ demand: 'required' });
    await assert.rejects(server.connect({ implicitTls: true }), /421 This server needs a client certificate/);
    await using client = await server.connect({ implicitTls: true, tls: presenting(ours) });
    await client.login('user', 'pass');
  });
});

describe('a login by certificate', () => {
  const rules: readonly (readonly [string, () => CertificateLogin])[] = [
    ['an e-mail address', () => byMail],
    ['a DNS name', () => ({ user: 'user', field: 'dns', value: 'USER.example.org' })],
    ['its common name', () => ({ user: 'user', field: 'cn', value: 'Some User' })],
    ['its fingerprint', () => ({ user: 'user', field: 'sha256', value: ours.fingerprint256.toLowerCase() })],
  ];
  for (const [name, rule] of rules) {
    for (const version of versions) {
      test(`goes by ${name}: 232, and no password (${version})`, async () => {
        await using server = await serverWith({ logins: [rule()] });
        await server.write('/a', Buffer.from('mine'));
        await using client = await server.connect({ tls: { ...onlyVersion(version), ...presenting(ours) } });
        await client.authTls();
        assert.match(await client.command('USER other'), /^331 /);
        assert.match(await client.command('USER user'), /^232 /);
        await client.protect();
        const line = await client.openPassive({ tls: true });
        await client.expect(150, 'RETR a');
        assert.equal((await line.finish()).toString(), 'mine');
        assert.match(await client.readReply(), /^226 /);
        assert.equal(server.eventsOf('login').at(-1)?.accepted, true);
      });
    }
  }

  test('takes the name of the user from a field where the rule names none', async () => {
    const user = await createTestCertificate({ commonName: 'reader', ca });
    await using server = await serverWith({ logins: [{ user: undefined, field: 'cn', value: undefined }] });
    await using client = await server.connect({ tls: presenting(user) });
    await client.authTls();
    assert.match(await client.command('USER user'), /^331 /);
    assert.match(await client.command('USER nobody'), /^331 /);
    assert.match(await client.command('USER reader'), /^232 /);
    assert.match(await client.command('USER reader'), /^232 /);
    assert.match(await client.command('USER user'), /^331 /);
    assert.match(await client.command('PWD'), /^530 /);
  });

  test('needs a trusted certificate, a user of the store, and TLS', async () => {
    const logins = [byMail, { user: 'unknown', field: 'cn', value: 'Some User' }] as const;
    await using server = await serverWith({ logins });
    for (const tls of [{}, presenting(forged)]) {
      await using client = await server.connect({ tls });
      await client.authTls();
      assert.match(await client.command('USER user'), /^331 /);
      await client.login('user', 'pass');
    }
    await using client = await server.connect({ tls: presenting(ours) });
    await client.authTls();
    assert.match(await client.command('USER unknown'), /^331 /);
    await using optional = await serverWith({ logins }, { tls: 'optional' });
    await using clear = await optional.connect();
    assert.match(await clear.command('USER user'), /^331 /);
  });

  test('needs no authority where the certificate itself is known', async () => {
    const clientCertificates = {
      demand: 'required',
      logins: [{ user: 'user', field: 'sha256', value: forged.fingerprint256 }],
    } as const;
    await using server = await startServer({ tlsSettings: { ...(await testCertificate()), clientCertificates } });
    await using client = await server.connect({ tls: presenting(forged) });
    await client.authTls();
    assert.match(await client.command('USER user'), /^232 /);
    await using stranger = await server.connect({ tls: presenting(ours) });
    await stranger.authTls();
    assert.match(await stranger.readReply(), /^421 /);
  });
});

describe('the data line of a client with a certificate', () => {
  for (const version of versions) {
    for (const sessionReuse of ['off', 'prefer', 'require-or-equivalent'] as const) {
      test(`is its own: the same certificate, another one, none (${version}, reuse ${sessionReuse})`, async () => {
        await using server = await serverWith({}, { sessionReuse });
        await server.write('/a', Buffer.from('mine'));
        await using client = await server.session({ protection: version, tls: presenting(ours) });
        const tries: readonly (readonly [ConnectionOptions, boolean])[] = [
          [presenting(ours), true],
          [presenting(twin), false],
          [{ cert: undefined, key: undefined }, false],
        ];
        for (const [tlsOptions, isTaken] of tries) {
          const line = await client.openPassive({ tls: true, reuseSession: false, tlsOptions });
          if (!isTaken) {
            assert.notEqual((await line.ended).how, 'close-notify');
            assert.match(await client.command('RETR a'), /^522 The data connection must show the client certificate/);
            continue;
          }
          await client.expect(150, 'RETR a');
          assert.equal((await line.finish()).toString(), 'mine');
          assert.match(await client.readReply(), /^226 /);
        }
      });
    }

    test(`is not a stranger's, who resumes what was begun on a line that was refused (${version})`, async () => {
      await using server = await serverWith();
      await server.write('/a', Buffer.from('mine'));
      await using client = await server.session({ protection: version, tls: presenting(ours) });
      for (const shown of [{ cert: undefined, key: undefined }, presenting(twin)]) {
        const first = await client.openPassive({ tls: true, reuseSession: false, tlsOptions: shown });
        await first.secured.catch(() => undefined);
        const session = first.sessions.at(-1) ?? first.tls?.getSession();
        await first.ended;
        assert.ok(session !== undefined, 'there is something to come back with');
        const second = await client.openPassive({ tls: true, tlsOptions: { ...shown, session } });
        await second.ended;
        assert.match(await client.command('RETR a'), /^522 The data connection must show the client certificate/);
      }
    });

    test(`may resume the session in place of showing it again (${version})`, async () => {
      await using server = await serverWith({}, { sessionReuse: 'require' });
      await server.write('/a', Buffer.from('mine'));
      await using client = await server.session({ protection: version, tls: presenting(ours) });
      for (let i = 0; i < 3; i += 1) {
        const line = await client.openPassive({ tls: true, tlsOptions: { cert: undefined, key: undefined } });
        await client.expect(150, 'RETR a');
        assert.equal((await line.finish()).toString(), 'mine');
        assert.match(await client.readReply(), /^226 /);
      }
    });
  }
});

test('authorities that are no certificates are refused with what to do', async () => {
  const settings = await testCertificate();
  for (const [clientCertificates, words] of [
    [{ demand: 'required' }, /name one/],
    [{ demand: 'required', authoritiesPem: 'x' }, /PEM form/],
  ] as const) {
    await assert.rejects(startServer({ tlsSettings: { ...settings, clientCertificates } }), words);
  }
});
