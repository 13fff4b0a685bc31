import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { ConfigError } from '../../errors/index.ts';
import { Secret } from '../../users/index.ts';
import type { OptionValues } from '../define-subcommand.ts';
import { ConfigProblems } from '../problems.ts';
import { UsageError } from '../usage-error.ts';
import { GivenSettings } from './given-settings.ts';
import type { FileValue } from './given-values.ts';
import { resolveSettings } from './settings.ts';

function settings(options: OptionValues, file: ReadonlyMap<string, FileValue> = new Map()) {
  return resolveSettings(new GivenSettings(options, file));
}

function refusal(options: OptionValues): string {
  try {
    settings(options);
  } catch (error) {
    assert.ok(error instanceof UsageError, String(error));
    return error.message;
  }
  return assert.fail(`${JSON.stringify(options)} was taken`);
}

/** Client certificates asked for, with an authority. */
const asked = { clientCertificates: 'optional', clientCa: 'ca.pem' } as const;

describe('the settings of serve', () => {
  test('take versions, suites, groups and session reuse of TLS', () => {
    const { tlsRules, sessionReuse } = settings({
      tlsMin: '1.3',
      tlsCipher: ['TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256', 'ECDHE-RSA-AES256-GCM-SHA384'],
      tlsGroup: ['X25519MLKEM768', 'P-384'],
      sessionReuse: 'require',
    });
    assert.deepEqual([tlsRules.minVersion, tlsRules.maxVersion], ['TLSv1.3', 'TLSv1.3']);
    assert.equal(tlsRules.ciphers.length, 3);
    assert.deepEqual(tlsRules.groups, ['X25519MLKEM768', 'P-384']);
    assert.equal(sessionReuse, 'require');
  });

  test('take whom a client certificate logs in', () => {
    const plain = 'ab'.repeat(32);
    const { clientCertificates } = settings({
      clientCertificates: 'required',
      certificateLogin: ['anna=email:anna@example.org', '*=cn', `bob=sha256:${plain}`],
    }).tlsRules;
    assert.deepEqual(clientCertificates, {
      demand: 'required',
      caFile: undefined,
      logins: [
        { user: 'anna', field: 'email', value: 'anna@example.org' },
        { user: undefined, field: 'cn', value: undefined },
        { user: 'bob', field: 'sha256', value: Array.from({ length: 32 }, () => 'AB').join(':') },
      ],
    });
  });

  test('take an address for the admin port', () => {
    assert.deepEqual(settings({ metrics: '[::1]:9921' }).metrics, { host: '::1', port: 9921 });
  });

  test('without options are those of a server for this machine alone', () => {
    assert.deepEqual(settings({}), {
      listeners: [
        { host: '127.0.0.1', port: 2121, mode: 'explicit' },
        { host: '127.0.0.1', port: 2990, mode: 'implicit' },
      ],
      namesListeners: false,
      root: undefined,
      users: [],
      admins: [],
      usersDb: undefined,
      httpHook: undefined,
      programHook: undefined,
      anonymous: undefined,
      readOnly: false,
      tls: 'required',
      acme: undefined,
      certificates: [],
      tlsRules: {
        minVersion: 'TLSv1.2',
        maxVersion: 'TLSv1.3',
        ciphers: [],
        groups: [],
        clientCertificates: undefined,
      },
      sessionReuse: 'prefer',
      ccc: false,
      passivePorts: { min: 50_000, max: 50_099 },
      passiveHost: undefined,
      welcome: [],
      durability: 'fsync',
      onControlLoss: 'abort',
      missingCloseNotify: 'refuse',
      keepaliveReplies: 'immediate',
      limits: {},
      rates: {},
      storages: new Map(),
      dataDir: resolve('twinline-data'),
      exemptNetworks: ['127.0.0.0/8', '::1'],
      proxyProtocolFrom: [],
      logFormat: 'pretty',
      sinks: {
        logFile: undefined,
        xferlog: undefined,
        auditFile: undefined,
        auditDb: undefined,
        auditHttp: undefined,
      },
      hooks: [],
      metrics: undefined,
      runAs: undefined,
      workers: 1,
      adminApi: false,
      watchConfig: false,
      drainTimeoutMs: 30_000,
    });
  });

  test('listen where they are told and nowhere else', () => {
    assert.deepEqual(settings({ listen: ['[::1]:2121', '0.0.0.0:21'] }).listeners, [
      { host: '::1', port: 2121, mode: 'explicit' },
      { host: '0.0.0.0', port: 21, mode: 'explicit' },
    ]);
    assert.deepEqual(settings({ listenImplicit: ['localhost:990'] }).listeners, [
      { host: 'localhost', port: 990, mode: 'implicit' },
    ]);
    assert.deepEqual(settings({ tls: 'off' }).listeners, [{ host: '127.0.0.1', port: 2121, mode: 'explicit' }]);
    assert.equal(settings({ listen: ['127.0.0.1:0', '127.0.0.1:0'] }).listeners.length, 2);
  });

  test('take what stands behind the first colon for the password', () => {
    const [user] = settings({ user: ['alice:a:b c'], readOnly: true }).users;
    assert.equal(user?.name, 'alice');
    assert.equal(user?.readOnly, true);
    assert.ok(user?.password instanceof Secret);
    assert.equal(user.password.reveal(), 'a:b c');
  });

  test('keep an Argon2id hash as it is', () => {
    const hash = `$argon2id$v=19$m=19456,t=2,p=1$${'A'.repeat(22)}$${'B'.repeat(43)}`;
    assert.equal(settings({ user: [`alice:${hash}`] }).users[0]?.password, hash);
    assert.match(
      refusal({ user: ['alice:$argon2id$v=19$nonsense'] }),
      /^--user gives "alice" a hash that cannot be used: /,
    );
  });

  test('split a welcome text at its line ends', () => {
    assert.deepEqual(settings({ welcome: ['one\ntwo\n', 'three'] }).welcome, ['one', 'two', 'three']);
  });

  test('take paths from where the command stands', () => {
    const { root, dataDir, certificates } = settings({ root: 'a', dataDir: 'b', cert: ['c'], key: ['/d'] });
    assert.deepEqual(
      [root, dataDir, certificates],
      [resolve('a'), resolve('b'), [{ certFile: resolve('c'), keyFile: '/d' }]],
    );
  });

  test('give a lost control line a time of grace', () => {
    assert.equal(settings({ onControlLoss: 'finish' }).onControlLoss, 'finish');
    assert.deepEqual(settings({ onControlLoss: 'grace 2.5' }).onControlLoss, { graceMs: 2500 });
    assert.deepEqual(settings({ onControlLoss: 'grace:30' }).onControlLoss, { graceMs: 30_000 });
  });

  test('name administrators among the users, and the age of what is swept in days', () => {
    assert.deepEqual(settings({ user: ['alice:a', 'bob:b'], admin: ['bob'] }).admins, ['bob']);
    assert.deepEqual(settings({ admin: ['demo'] }).admins, ['demo']);
    assert.equal(settings({ partMaxAge: '0.5' }).limits.partialMaxAgeMs, 43_200_000);
  });

  test('on the command line win over the file, one by one', () => {
    const file = new Map<string, FileValue>([
      ['listen', { value: ['127.0.0.1:1'], label: 'f:1: listen' }],
      ['tls', { value: ['optional'], label: 'f:2: tls' }],
      ['read-only', { value: true, label: 'f:3: read-only' }],
    ]);
    const resolved = settings({ listen: ['127.0.0.1:2'] }, file);
    assert.deepEqual(
      resolved.listeners.map(({ port }) => port),
      [2],
    );
    assert.equal(resolved.tls, 'optional');
    assert.equal(resolved.readOnly, true);
  });

  test('name the place in the file of what is wrong there', () => {
    const file = new Map([['passive-ports', { value: ['9-1'], label: 'f.toml:7: passive-ports' }]]);
    assert.throws(() => settings({}, file), {
      constructor: ConfigError,
      message: 'f.toml:7: passive-ports begins with the lower port: write 1-9.',
    });
  });
});

describe('settings that take more than a text', () => {
  test('tell each network of clients an address of its own, and the others another', () => {
    const passiveHost = (texts: readonly string[]) => settings({ passiveHost: texts }).passiveHost;
    assert.equal(passiveHost(['198.51.100.7']), '198.51.100.7');
    assert.equal(passiveHost(['ftp.example.org']), 'ftp.example.org');
    assert.equal(passiveHost(['same-as-control']), 'same-as-control');
    assert.deepEqual(passiveHost(['10.0.0.0/8=same-as-control', 'ftp.example.org']), [
      { clients: '10.0.0.0/8', host: 'same-as-control' },
      { clients: '0.0.0.0/0', host: 'ftp.example.org' },
      { clients: '::/0', host: 'ftp.example.org' },
    ]);
  });

  test('take limits with units in words, and numbers alone as seconds and bytes', () => {
    const limit = [
      'idle=20 min',
      'stall=1.5h',
      'login=45',
      'max-line=64 KiB',
      'max-unread-reply=5000',
      'max-sessions=7',
    ];
    assert.deepEqual(settings({ limit }).limits, {
      loginMs: 45_000,
      idleMs: 1_200_000,
      stallMs: 5_400_000,
      maxSessions: 7,
      maxLineBytes: 65_536,
      maxUnreadReplyBytes: 5000,
    });
  });

  test('are told of all that is wrong at once', () => {
    assert.throws(
      () => settings({ tls: 'maybe', limit: ['idle=x', 'stall=y'], user: ['a', 'b:'] }),
      (error) => {
        assert.ok(error instanceof ConfigProblems);
        assert.deepEqual(
          error.problems.map(({ message }) => message.split(' ').slice(0, 2).join(' ')),
          ['--user takes', '--user gives', '--tls must', '--limit idle', '--limit stall'],
        );
        return true;
      },
    );
  });
});

describe('a setting that cannot be understood is refused with one sentence:', () => {
  const cases: readonly (readonly [OptionValues, RegExp])[] = [
    [{ listen: ['2121'] }, /^--listen takes HOST:PORT, .*; "2121" is not that\.$/],
    [{ listen: ['127.0.0.1:65536'] }, /port up to 65535; "127\.0\.0\.1:65536" is not that\.$/],
    [{ listen: ['::1:2121'] }, /\[::1\]:2121/],
    [{ listen: ['[127.0.0.1]:2121'] }, /is not that\.$/],
    [{ listen: ['[::1'] }, /is not that\.$/],
    [{ listen: [':2121'] }, /is not that\.$/],
    [{ listen: ['127.0.0.256:2121'] }, /is not that\.$/],
    [{ listen: ['127.0.0.1:21 '] }, /is not that\.$/],
    [{ listen: ['127.0.0.1:1', '127.0.0.1:1'] }, /^--listen names 127\.0\.0\.1:1, which is given twice\.$/],
    [{ listenImplicit: ['127.0.0.1:990'], tls: 'off' }, /^--listen-implicit needs TLS, which is off/],
    [{ tls: 'maybe' }, /^--tls must be required, optional or off, not "maybe"\.$/],
    [{ logFormat: 'xml' }, /^--log-format must be pretty, filezilla or json, not "xml"\.$/],
    [{ durability: '' }, /^--durability must be fsync or rename, not ""\.$/],
    [{ user: ['alice'] }, /^--user takes NAME:PASSWORD; there is no colon in what was given\.$/],
    [{ user: [':secret'] }, /the name before the colon is empty\.$/],
    [{ user: ['alice:'] }, /^--user gives "alice" an empty password/],
    [{ user: ['alice:a', 'alice:b'] }, /^--user gives "alice" twice/],
    [{ user: ['alice:a\r\nb'] }, /must not hold line ends/],
    [{ cert: ['a.pem'] }, /^--cert needs its private key too/],
    [{ cert: ['a.pem', 'b.pem'], key: ['a.key'] }, /^--cert and --key come in pairs.* 2 certificates and 1 keys/],
    [{ tlsMin: '1.1' }, /^--tls-min must be 1.2 or 1.3, not "1.1", and older versions are not safe/],
    [{ tlsMin: '1.3', tlsMax: '1.2' }, /^--tls-min is above --tls-max/],
    [{ tlsCipher: ['ECDHE-RSA-AES256-GCM-SHA385'] }, /^--tls-cipher knows no suite .*; did you mean "ECDHE-RSA-/],
    [{ tlsCipher: ['NULL-MD5'] }, /^--tls-cipher knows no suite "NULL-MD5"/],
    [{ tlsGroup: ['X25518'] }, /^--tls-group knows no group "X25518"; did you mean "X25519"/],
    [{ tlsGroup: ['zz'] }, /^--tls-group knows no group "zz"; common ones are X25519MLKEM768, /],
    [
      { sessionReuse: 'always' },
      /^--session-reuse must be off, prefer, require or require-or-equivalent, not "always"/,
    ],
    [{ clientCa: 'ca.pem' }, /^--client-ca needs client certificates/],
    [{ certificateLogin: ['a=cn:A'] }, /^--certificate-login needs client certificates/],
    [{ clientCertificates: 'required' }, /^--client-certificates trusts nobody yet: name the authority/],
    [{ clientCertificates: 'required', clientCa: 'c', tls: 'off' }, /^--client-certificates needs TLS, which is off/],
    ...['anna', 'anna=cn', '*=cn:Anna', '*=sha256', '=cn:Anna'].map(
      (text) => [{ ...asked, certificateLogin: [text] }, /^--certificate-login takes USER=FIELD:VALUE/] as const,
    ),
    [{ ...asked, certificateLogin: ['anna=ou:Staff'] }, /^--certificate-login knows the fields cn, email, dns, uri, /],
    [{ ...asked, certificateLogin: ['anna=sha256:AB'] }, /^--certificate-login takes a SHA-256 fingerprint/],
    [{ key: ['a.pem'] }, /^--key needs the certificate too/],
    [{ cert: ['a.pem'], key: ['b.pem'], tls: 'off' }, /^--cert is of no use while TLS is off/],
    [{ passivePorts: '50000' }, /^--passive-ports takes MIN-MAX, .*; "50000" is not that\.$/],
    [{ passivePorts: '50000-' }, /is not that\.$/],
    [{ passivePorts: '0-10' }, /must lie between 1 and 65535/],
    [{ passivePorts: '60000-70000' }, /must lie between 1 and 65535/],
    [{ passivePorts: '50099-50000' }, /begins with the lower port: write 50000-50099\.$/],
    [{ passiveHost: ['::1'] }, /^--passive-host cannot be used: "::1" is no IPv4 address and no DNS name/],
    [{ passiveHost: ['192.0.2.300'] }, /is no IPv4 address and no DNS name/],
    [{ passiveHost: ['10.0.0.0/40=192.0.2.1'] }, /^--passive-host cannot be used: "10\.0\.0\.0\/40" is no network/],
    [{ passiveHost: [''] }, /is no IPv4 address and no DNS name/],
    [{ onControlLoss: 'grace' }, /^--on-control-loss must be abort, finish or grace:SECONDS .*, not "grace"\.$/],
    [{ onControlLoss: 'grace 2 days' }, /, not "grace 2 days"\.$/],
    [{ keepaliveReplies: 'never' }, /^--keepalive-replies must be immediate or after-transfer, not "never"\.$/],
    [{ missingCloseNotify: 'ignore' }, /^--missing-close-notify must be refuse or tolerate, not "ignore"\.$/],
    [{ partMaxAge: 'week' }, /^--part-max-age takes days from 0 to 3650; "week" is not that\.$/],
    [{ partMaxAge: '4000' }, /is not that\.$/],
    [{ admin: ['bob'], user: ['alice:a'] }, /^--admin names "bob", who is not among the users: alice\.$/],
    [{ admin: ['bob'] }, /^--admin names "bob", who is not among the users: demo\.$/],
    [{ admin: ['bob'], usersDb: 'u.db' }, /^--admin is not for .*: use twinline user set bob --admin yes\.$/],
    [{ adminApi: true }, /^--admin-api needs the admin port too: give it with --metrics 127\.0\.0\.1:9921\.$/],
    [{ metrics: '9921' }, /^--metrics takes HOST:PORT, .*; "9921" is not that\.$/],
    [
      { drainTimeout: '1m' },
      /^--drain-timeout takes seconds from 0 to 86400, or a time such as "2 min"; "1m" is not that\.$/,
    ],
    [{ limit: ['idel=5'] }, /^--limit has no "idel"; did you mean "idle"\?$/],
    [{ limit: ['idle'] }, /^--limit takes NAME=VALUE, for example --limit idle=VALUE\.$/],
    [{ limit: ['idle=0'] }, /^--limit idle must be 1 s to 7 days; "0" is not\.$/],
    [{ limit: ['idle=5m'] }, /^--limit idle takes a time such as .*; "5m" is not that\.$/],
    [{ limit: ['max-line=1 GiB'] }, /^--limit max-line must be 512 B to 1 MiB; "1 GiB" is not\.$/],
    [{ limit: ['max-sessions=many'] }, /^--limit max-sessions takes a whole number; "many" is not that\.$/],
    [{ welcome: ['x'.repeat(1001)] }, /^--welcome has more than 1000 bytes in line 1: break it in two\.$/],
    [{ welcome: ['\n'.repeat(101)] }, /^--welcome has 101 lines: 100 are as many as clients show\.$/],
    [{ drainTimeout: '-1' }, /is not that\.$/],
    [{ drainTimeout: '100000' }, /is not that\.$/],
  ];
  for (const [options, sentence] of cases) {
    test(JSON.stringify(options), () => {
      const message = refusal(options);
      assert.match(message, sentence);
      assert.match(message, /^--\S+ [^\n]+[.?]$/);
    });
  }

  test('and no password is repeated', () => {
    for (const user of ['secret', ':secret', 'alice:secret\n']) {
      assert.doesNotMatch(refusal({ user: [user] }), /secret/);
    }
    assert.doesNotMatch(refusal({ user: ['alice:secret', 'alice:secret'] }), /secret/);
  });
});
