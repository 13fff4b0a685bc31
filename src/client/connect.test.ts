import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { type ErrorCode, TimeoutError, TwinlineError } from '../errors/index.ts';
import {
  createTestCa,
  createTestCertificate,
  type Script,
  type ScriptedServer,
  startScriptedServer,
} from '../testing/index.ts';
import {
  modes,
  optionsFor,
  sharedCertificate,
  startPair,
  startServerFor,
  tlsModes,
} from '../../test/fixtures/client-pair.ts';
import { connect } from './client.ts';
import type { ConnectOptions } from './options.ts';

const [plain, tls12, tls13] = modes;

async function rejection(
  server: ScriptedServer,
  options: Partial<ConnectOptions> = {},
  mode = tls13 as (typeof modes)[number],
) {
  const error: unknown = await connect({ ...optionsFor(mode, server), ...options }).then(
    () => assert.fail('connected'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof TwinlineError, String(error));
  return error;
}

const verbsOf = (server: ScriptedServer) =>
  server.sessions.flatMap(({ commands }) => commands.map((line) => line.split(' ')[0]));

/** That the server never saw anything that would be secret. */
function assertNothingSecret(server: ScriptedServer): void {
  for (const verb of ['USER', 'PASS', 'RETR', 'STOR']) assert.ok(!verbsOf(server).includes(verb), verb);
}

describe('connecting', () => {
  for (const mode of modes) {
    test(`logs in (${mode.name}), says what it found, and leaves nothing behind`, async () => {
      await using pair = await startPair(mode);
      assert.equal(pair.client.tls?.protocol, 'version' in mode ? mode.version : undefined);
      const secured = mode.security === 'explicit';
      const login = secured ? ['AUTH', 'USER', 'PASS', 'PBSZ', 'PROT', 'PWD'] : ['USER', 'PASS', 'PWD'];
      assert.deepEqual(pair.verbs(), login);
      assert.ok(!JSON.stringify(pair.trace).includes('secret'));
      const facts = pair.trace.find((event) => event.kind === 'tls');
      assert.equal(facts?.certificate?.fingerprint256, secured ? pair.server.certificate.fingerprint256 : undefined);
    });
  }

  test('takes replies cut anywhere and greetings of many lines with tricky ones', async () => {
    const greeting = '120 Soon\r\n220-Hello\r\n 220 not yet\r\n220-\r\n221 neither\r\n220 Now\r\n';
    const splitAt = Array.from({ length: greeting.length - 1 }, (_, index) => index + 1);
    await using pair = await startPair(plain, {
      greeting: (session) => session.send(greeting, { splitAt, gapMs: 1 }),
    });
    assert.ok(pair.client.isConnected);
  });

  test('speaks implicit TLS from the first byte', async () => {
    await using server = await startScriptedServer({ certificate: await sharedCertificate(), implicitTls: true });
    const client = await connect({ ...optionsFor(tls13, server), security: 'implicit' });
    assert.equal(client.tls?.protocol, 'TLSv1.3');
    await client.quit();
    assert.deepEqual(verbsOf(server), ['USER', 'PASS', 'PBSZ', 'PROT', 'PWD', 'QUIT']);
  });

  test('asks for the account where the server does', async () => {
    const commands = { PASS: '332 Account, please', ACCT: '230 Logged in' };
    await using pair = await startPair(tls13, { commands }, { account: 'a1' });
    assert.ok(pair.session.commands.includes('ACCT a1'));
    assert.ok(!JSON.stringify(pair.trace).includes('a1'));
  });
});

describe('TLS that was asked for', () => {
  test('is tried as AUTH TLS and then AUTH SSL', async () => {
    const AUTH = async (session: ScriptedServer['sessions'][number], mechanism: string) => {
      if (mechanism === 'TLS') return session.reply('504 Unknown mechanism');
      await session.reply('234 Go');
      return session.upgrade();
    };
    await using pair = await startPair(tls12, { commands: { AUTH } });
    assert.deepEqual(pair.session.commands.slice(0, 2), ['AUTH TLS', 'AUTH SSL']);
  });

  for (const reply of ['500 What?', '502 No', '530 Log in first', '431 No certificate', '334 Go on', '230 Logged in']) {
    test(`ends the attempt when AUTH is answered with "${reply}", and nothing secret is sent`, async () => {
      await using server = await startServerFor(tls13, { commands: { AUTH: reply } });
      const error = await rejection(server);
      assert.equal(error.code, 'ERR_TWINLINE_TLS_REFUSED');
      assert.ok(error.message.includes(reply), error.message);
      assertNothingSecret(server);
    });
  }

  test('ends the attempt when the greeting says "230 Logged in"', async () => {
    await using server = await startServerFor(tls13, { greeting: '230 Logged in' });
    const error = await rejection(server);
    assert.equal(error.code, 'ERR_TWINLINE_TLS_REFUSED');
    assert.match(error.message, /230 Logged in/);
    assert.deepEqual(verbsOf(server), []);
  });

  test('ends the attempt when a reply comes unasked before it is established', async () => {
    await using server = await startServerFor(tls13, { greeting: Buffer.from('220 Hello\r\n230 Logged in\r\n') });
    const error = await rejection(server);
    assert.equal(error.code, 'ERR_TWINLINE_TLS_REFUSED');
    assertNothingSecret(server);
  });

  for (const reply of ['534 No', '536 No', '500 What?', '431 No']) {
    test(`ends the session when PROT P is answered with "${reply}", before any data`, async () => {
      await using server = await startServerFor(tls13, { commands: { PROT: reply } });
      const error = await rejection(server);
      assert.equal(error.code, 'ERR_TWINLINE_TLS_REFUSED');
      assert.ok(error.message.includes(reply));
      for (const verb of ['EPSV', 'PASV', 'RETR', 'STOR']) assert.ok(!verbsOf(server).includes(verb));
    });
  }

  for (const mode of tlsModes) {
    for (const behind of ['230 Logged in\r\n', 'x']) {
      test(`refuses ${JSON.stringify(behind)} in clear behind the 234 (${mode.name})`, async () => {
        await using server = await startServerFor(mode, {
          commands: { AUTH: Buffer.from(`234 Go\r\n${behind}`) },
        });
        const error = await rejection(server, {}, mode);
        assert.equal(error.code, 'ERR_TWINLINE_PLAINTEXT_AFTER_AUTH');
        assertNothingSecret(server);
      });
    }
  }

  test('fails as a handshake when bytes in clear come a little after the 234', async () => {
    const AUTH = (session: ScriptedServer['sessions'][number]) =>
      session.send('234 Go\r\n230 Logged in\r\n', { splitAt: [8] });
    await using server = await startServerFor(tls13, { commands: { AUTH } });
    const error = await rejection(server);
    assert.ok(['ERR_TWINLINE_TLS_HANDSHAKE', 'ERR_TWINLINE_PLAINTEXT_AFTER_AUTH'].includes(error.code));
    assertNothingSecret(server);
  });
});

describe('the certificate', () => {
  const check = async (
    certificate: Awaited<ReturnType<typeof createTestCertificate>>,
    options: Partial<ConnectOptions>,
    expected: RegExp | undefined,
  ) => {
    await using server = await startScriptedServer({ certificate });
    if (expected === undefined) {
      await (await connect({ ...optionsFor(tls13, server), ...options })).quit();
      return;
    }
    const error = await rejection(server, options);
    assert.equal(error.code, 'ERR_TWINLINE_CERTIFICATE');
    assert.match(error.message, expected);
    assertNothingSecret(server);
  };

  test('must lead to a trusted authority', async () => {
    const ca = await createTestCa();
    const issued = await createTestCertificate({ ca });
    await check(issued, { tls: { caPem: ca.certificatePem } }, undefined);
    await check(issued, { tls: {} }, /its issuer is not trusted/);
    await check(await createTestCertificate(), { tls: {} }, /self-signed/);
  });

  test('must name the host, be it a name or an address', async () => {
    const byName = await createTestCertificate({ subjectAltNames: ['localhost'] });
    await check(byName, { host: 'localhost', tls: { caPem: byName.certificatePem } }, undefined);
    await check(byName, { tls: { caPem: byName.certificatePem } }, /another host/);
    await check(byName, { tls: { caPem: byName.certificatePem, serverName: 'localhost' } }, undefined);
    const byAddress = await createTestCertificate({ commonName: 'server', subjectAltNames: ['127.0.0.1'] });
    await check(byAddress, { tls: { caPem: byAddress.certificatePem } }, undefined);
    await check(byAddress, { host: 'localhost', tls: { caPem: byAddress.certificatePem } }, /another host/);
  });

  test('must not have expired', async () => {
    const old = await createTestCertificate({ days: -1 });
    await check(old, { tls: { caPem: old.certificatePem } }, /expired/);
  });

  test('is not looked at where the caller says so', async () => {
    await check(
      await createTestCertificate({ subjectAltNames: ['elsewhere'], days: -1 }),
      { tls: { insecure: true } },
      undefined,
    );
  });

  test('of the client must be usable', async () => {
    await using server = await startServerFor(tls13);
    assert.equal(
      (await rejection(server, { tls: { certificatePem: 'nonsense', privateKeyPem: 'nonsense' } })).code,
      'ERR_TWINLINE_CONFIG',
    );
  });
});

/** Reads nothing any more: a ClientHello may well have a CRLF among its random bytes, and is no command. */
async function silentBehind234(session: ScriptedServer['sessions'][number]): Promise<void> {
  session.control.discard();
  await session.reply('234 Go');
}

async function cutGreeting(session: ScriptedServer['sessions'][number]): Promise<void> {
  await session.send('220-');
  await new Promise((resolve) => setTimeout(resolve, 20));
  session.control.reset();
}

describe('a failed attempt', () => {
  const cases: readonly (readonly [
    name: string,
    options: Parameters<typeof startServerFor>[1],
    code: ErrorCode,
    says: RegExp,
  ])[] = [
    [
      'a wrong password',
      { commands: { PASS: '530 Not logged in' } },
      'ERR_TWINLINE_LOGIN_REFUSED',
      /login as anna.*530 Not logged in/,
    ],
    ['a wrong user', { commands: { USER: '530 No such user' } }, 'ERR_TWINLINE_LOGIN_REFUSED', /530 No such user/],
    ['a full server', { greeting: '421 Too many users' }, 'ERR_TWINLINE_CONTROL_LOST', /421 Too many users/],
    [
      'a server of another kind',
      { greeting: Buffer.from('SSH-2.0-OpenSSH_9.2\r\n') },
      'ERR_TWINLINE_BAD_REPLY',
      /SSH-2\.0/,
    ],
    [
      'an endless greeting',
      { greeting: Buffer.from(`220-${'x'.repeat(70_000)}`) },
      'ERR_TWINLINE_REPLY_TOO_LONG',
      /too long/,
    ],
    ['a server that hangs up', { greeting: (session) => session.control.fin() }, 'ERR_TWINLINE_CONTROL_LOST', /closed/],
    ['a server that resets', { greeting: cutGreeting }, 'ERR_TWINLINE_CONTROL_LOST', /reset/],
  ];
  for (const [name, options, code, says] of cases) {
    test(`names ${name}`, async () => {
      await using server = await startServerFor(tls13, options);
      const error = await rejection(server);
      assert.equal(error.code, code, error.message);
      assert.match(error.message, says);
      assert.ok(!error.message.includes('secret'));
    });
  }

  test('does not wait for ever: greeting, reply and TLS have their deadlines', async () => {
    const silent = () => undefined;
    for (const [options, phase] of [
      [{ greeting: silent }, 'greeting'],
      [{ commands: { USER: silent } }, 'reply'],
    ] as const) {
      await using server = await startServerFor(tls13, options);
      const error = await rejection(server, { deadlines: { replyMs: 60 } });
      assert.ok(error instanceof TimeoutError && error.phase === phase && error.channel === 'control', error.message);
    }
    await using server = await startServerFor(tls13, { commands: { AUTH: silentBehind234 } });
    const error = await rejection(server, { deadlines: { tlsMs: 60 } });
    assert.ok(error instanceof TimeoutError && error.phase === 'tls' && error.channel === 'control', error.message);
  });

  test('bounds the replies of the login by a deadline of their own, and those behind it no more', async () => {
    const late: Script = (session) => session.reply('257 "/" is it', { delayMs: 250 });
    const deadlines = { openReplyMs: 100 };
    await using slow = await startServerFor(plain, { commands: { PWD: late } });
    const error = await rejection(slow, { deadlines }, plain);
    assert.ok(error instanceof TimeoutError && error.timeoutMs === 100, error.message);
    const CWD: Script = (session) => session.reply('250 There', { delayMs: 250 });
    await using pair = await startPair(plain, { commands: { CWD } }, { deadlines });
    await pair.client.changeDirectory('in');
  });

  test('names a port where nobody listens, and a name that is none', async () => {
    const listener = createServer().listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const { port } = listener.address() as AddressInfo;
    listener.close();
    await assert.rejects(connect({ host: '127.0.0.1', port }), {
      code: 'ERR_TWINLINE_CONNECT',
      message: /nothing listens there/,
    });
    await assert.rejects(connect({ host: '' }), { code: 'ERR_TWINLINE_CONFIG' });
    await assert.rejects(connect({ host: 'h', port: 0 }), { code: 'ERR_TWINLINE_CONFIG' });
  });

  test('ends when the caller aborts it, wherever it is', async () => {
    for (const options of [
      { greeting: () => undefined },
      { commands: { AUTH: silentBehind234 } },
      { commands: { PASS: () => undefined } },
    ]) {
      await using server = await startServerFor(tls13, options);
      const abort = new AbortController();
      const attempt = connect({ ...optionsFor(tls13, server), signal: abort.signal });
      setTimeout(() => abort.abort(), 40);
      await assert.rejects(attempt, { code: 'ERR_TWINLINE_ABORTED' });
    }
    await assert.rejects(connect({ host: '127.0.0.1', port: 9, signal: AbortSignal.abort() }), {
      code: 'ERR_TWINLINE_ABORTED',
    });
  });
});
