import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Secret } from '../user-store.ts';
import { openSqliteUserStore } from '../sqlite/sqlite-user-store.ts';
import { parseCsv } from './csv-users.ts';
import { detectFormat, readUsers, type ReadUsersOptions } from './read-users.ts';

const from = { remoteAddress: '192.0.2.1' };
/** Of the password "pässwörd ✓". */
const bcrypt = '$2y$05$abcdefghijklmnopqrstuucXzl.EdFiYZ8M9ef3QFcQ5vnOe67Nqe';
const sha256 = '$5$saltstring$q2EDqpyXWJHcuzw7jZl412w1rwrFlqWx4UlBzy.AJF2';
const md5 = '$1$saltsalt$WAwO/FqFlP1FzuCVsHzeT1';

async function read(text: string, options: Partial<ReadUsersOptions> = {}) {
  const { users, notes, problems, format } = await readUsers(text, { source: 'f', existing: 'refuse', ...options });
  return {
    format,
    users: users.map(({ name, hash, settings }) => ({ name, hash, ...settings })),
    notes: notes.map(({ source, message }) => `${source}: ${message}`),
    problems: problems.map(({ source, message }) => `${source}: ${message}`),
  };
}

describe('a file of users', () => {
  test('of a web server gives names and hashes', async () => {
    const found = await read(`# a comment\n\nanna:${bcrypt}\r\nbob smith:${sha256}\n`);
    assert.deepEqual(found, {
      format: 'htpasswd',
      users: [
        { name: 'anna', hash: bcrypt },
        { name: 'bob smith', hash: sha256 },
      ],
      notes: [],
      problems: [],
    });
  });

  test('of ProFTPD gives homes, whose beginning can be cut off', async () => {
    const text = `anna:${sha256}:1001:1001::/srv/ftp/anna/:/bin/false\nroot:${sha256}:0:0::/srv/ftp:/bin/sh\n`;
    const homes = async (options: Partial<ReadUsersOptions>): Promise<unknown> =>
      (await read(text, options)).users.map(({ home }) => home);
    assert.deepEqual(await homes({}), ['/srv/ftp/anna', '/srv/ftp']);
    assert.deepEqual(await homes({ stripHome: '/srv/ftp/' }), ['/anna', '/']);
    assert.deepEqual(await homes({ home: '/users/{name}' }), ['/users/anna', '/users/root']);
    const elsewhere = await read(text, { stripHome: '/srv/ft' });
    assert.deepEqual(elsewhere.users, []);
    assert.match(elsewhere.problems[0] ?? '', /^f:1: The home "\/srv\/ftp\/anna" of "anna" is not below \/srv\/ft:/);
  });

  test('of the system takes passwords and days from the shadow file, and leaves out who has none', async () => {
    const passwd = ['anna:x:1001', 'bob:x:1002', 'eve:x:1003', 'daemon:x:1', 'new:x:1004']
      .map((line) => `${line}:1001::/home/${line.split(':')[0]}:/bin/sh\n`)
      .join('');
    const shadow = `anna:${sha256}:19000:0:99999:7:::\nbob:!${sha256}:19000:0:99999:7::20000:\neve:!:1:::::: \ndaemon:*:1::::::\n`;
    const found = await read(passwd, { shadow });
    assert.deepEqual(found.users, [
      { name: 'anna', hash: sha256, home: '/home/anna' },
      { name: 'bob', hash: sha256, home: '/home/bob', disabled: true, expiresMs: 20_000 * 86_400_000 },
    ]);
    assert.equal(found.notes.length, 3);
    assert.match((await read(passwd)).problems[0] ?? '', /^f:1: .*--shadow/);
    assert.equal((await read(shadow)).format, 'shadow');
    assert.deepEqual(
      (await read(shadow)).users.map(({ name }) => name),
      ['anna', 'bob'],
    );
  });

  test('of Pure-FTPd gives networks and limits, and tells what has no place', async () => {
    const text = `anna:${bcrypt}:1001:1001:Anna:/srv/ftp/anna/./:1000:2000:1:2:3:400:5000:::192.0.2.0/24,198.51.100.7::0800-1800\n`;
    const found = await read(text);
    assert.equal(found.format, 'pure-ftpd');
    assert.deepEqual(found.users, [
      {
        name: 'anna',
        hash: bcrypt,
        home: '/srv/ftp/anna',
        rateUp: 1000,
        rateDown: 2000,
        maxSessions: 3,
        quotaFiles: 400,
        quotaBytes: 5000,
        allowedNetworks: ['192.0.2.0/24', '198.51.100.7'],
      },
    ]);
    assert.deepEqual(found.notes, [
      'f:1: "anna": upload ratio: not taken over.',
      'f:1: "anna": download ratio: not taken over.',
      'f:1: "anna": hours: not taken over.',
    ]);
  });

  test('in JSON lines gives what it says and nothing else', async () => {
    const text = [
      { name: 'anna', hash: bcrypt, home: '/anna', expires: '2027-03-31', allowedNetworks: ['192.0.2.0/24'] },
      { name: 'bob', hash: bcrypt, readOnly: true, disabled: true, rights: ['/in=list,write'], idleTimeout: 60 },
      { name: 'eve' },
    ]
      .map((user) => `${JSON.stringify(user)}\n`)
      .join('');
    assert.deepEqual((await read(text)).users, [
      {
        name: 'anna',
        hash: bcrypt,
        home: '/anna',
        expiresMs: Date.parse('2027-03-31T23:59:59.999Z'),
        allowedNetworks: ['192.0.2.0/24'],
      },
      {
        name: 'bob',
        hash: bcrypt,
        readOnly: true,
        disabled: true,
        rights: [{ path: '/in', allow: ['list', 'write'] }],
        idleTimeoutMs: 60_000,
      },
      { name: 'eve', hash: undefined },
    ]);
  });

  test('in CSV is read by its header, with quotes, and several values between semicolons', async () => {
    const text = `\uFEFFname,hash,Home,read-only,allowed-networks,max_sessions\r\nanna,${bcrypt},"/a,""b""",yes,192.0.2.0/24; ::1,3\r\nbob,${sha256},,no,,\r\n`;
    assert.deepEqual((await read(text)).users, [
      {
        name: 'anna',
        hash: bcrypt,
        home: '/a,"b"',
        readOnly: true,
        allowedNetworks: ['192.0.2.0/24', '::1'],
        maxSessions: 3,
      },
      { name: 'bob', hash: sha256, readOnly: false },
    ]);
  });

  test('with passwords in clear gives hashes', async () => {
    const { users } = await readUsers('name,password\nanna,"a, good one"\n', { source: 'f', existing: 'refuse' });
    const store = openSqliteUserStore(':memory:');
    store.importUsers(users, { dryRun: false });
    assert.ok(await store.authenticate('anna', new Secret('a, good one'), from));
    await store.close();
  });

  test('that is wrong is told by line, without the secrets in it', async () => {
    const cases: readonly (readonly [string, Partial<ReadUsersOptions>, RegExp])[] = [
      ['nonsense', {}, /^f: .*--format/],
      ['', {}, /^f: .*--format/],
      ['secret', { format: 'htpasswd' }, /^f:1: .*two fields/],
      ['a:b:secret', { format: 'passwd' }, /^f:1: .*seven fields/],
      ['{"name":"a","password":"secret"', {}, /^f:1: This is not JSON/],
      ['{"name":"a"}\n["secret"]', {}, /^f:2: .*one JSON object/],
      ['{"password":"secret"}', {}, /^f:1: .*"name"/],
      ['{"name":"a","password":"secret","hash":"x"}', {}, /^f:1: .*a hash and a password/],
      ['{"name":"a","hash":"secret","homes":"/"}', {}, /^f:1: .*"homes" is no setting/],
      ['{"name":"a","home":"../secret"}', {}, /^f:1: .*home/],
      ['{"name":"a","expires":"soon"}', {}, /^f:1: .*date/],
      ['{"name":"a","disabled":"no"}', {}, /^f:1: .*true or false/],
      ['name,secrets\na,secret', {}, /^f:1: The column "secrets"/],
      ['name,password\n\n"a\nb",secret,more', {}, /^f:3: .*3 cells/],
      ['name,password\na,"secret', {}, /^f:2: A quote/],
      ['name,readOnly\na,perhaps', {}, /^f:2: /],
      [`a:${md5}\na:${bcrypt}`, {}, /^f:2: "a" stands in line 1 already/],
    ];
    for (const [text, options, says] of cases) {
      const { problems } = await read(text, options);
      assert.equal(problems.length, 1, text);
      assert.match(problems[0] ?? '', says);
      assert.doesNotMatch(problems[0] ?? '', /secret(?!s")/, text);
    }
  });
});

test('the format is found by the first line that says something', () => {
  assert.equal(detectFormat('# x\n{"name":"a"}'), 'json');
  assert.equal(detectFormat('home,name\n'), 'csv');
  assert.equal(detectFormat('a:b'), 'htpasswd');
  assert.equal(detectFormat('a:b:c'), undefined);
});

test('CSV keeps line ends and commas within quotes, and counts lines as an editor does', () => {
  assert.deepEqual(parseCsv('a,"b\r\nc"\nd,\n\n"",e'), [
    { line: 1, cells: ['a', 'b\r\nc'] },
    { line: 3, cells: ['d', ''] },
    { line: 5, cells: ['', 'e'] },
  ]);
  assert.equal(parseCsv('a\nb"c'), 2);
});
