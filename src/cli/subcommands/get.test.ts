import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import {
  createTempFolder,
  type Script,
  type ScriptedServer,
  type ScriptedServerOptions,
  seededBytes,
} from '../../testing/index.ts';
import { modes, startServerFor } from '../../../test/fixtures/client-pair.ts';
import { runTwinline } from '../../../test/fixtures/command-run.ts';

const file = seededBytes(100_000, 71);
const files = { 'a.bin': file };

const start = (options: ScriptedServerOptions = {}) => startServerFor(modes[2], { files, ...options });
const urlOf = (server: ScriptedServer, path = 'a.bin') => `ftpes://${server.host}:${server.port}/${path}`;

describe('twinline get', () => {
  test('writes the file and one line about it', async () => {
    await using folder = await createTempFolder();
    await using server = await start();
    const run = await runTwinline('get', urlOf(server), '-k', '-u', 'anna:secret', '-o', folder.join('out'));
    assert.equal(run.exitCode, 0);
    assert.deepEqual(await readFile(folder.join('out')), file);
    assert.match(run.stderr, /^\S+out: 100,000 bytes in \d+\.\d\d s \(.+\/s\), complete\n$/);
    assert.equal(run.stdout.length, 0);
  });

  test('writes to standard output and to nothing else when told so', async () => {
    await using server = await start();
    const run = await runTwinline('get', urlOf(server), '-k', '-u', 'anna:secret', '-o', '-');
    assert.equal(run.exitCode, 0);
    assert.deepEqual(run.stdout, file);
  });

  test('goes on with --resume and with -C -', async () => {
    for (const words of [['--resume'], ['-C', '-']]) {
      await using folder = await createTempFolder();
      await writeFile(folder.join('out.part'), file.subarray(0, 60_000));
      await using server = await start();
      const run = await runTwinline(
        'get',
        urlOf(server),
        '-k',
        '-u',
        'anna:secret',
        '-o',
        folder.join('out'),
        ...words,
      );
      assert.equal(run.exitCode, 0);
      assert.match(run.stderr, /40,000 bytes from byte 60000 on/);
      assert.deepEqual(await readFile(folder.join('out')), file);
    }
  });

  for (const [what, name] of [
    ['251 bytes', 'n'.repeat(251)],
    ['255 bytes', 'n'.repeat(255)],
    ['255 bytes in fewer letters', `${'ü'.repeat(127)}n`],
  ] as const) {
    test(`writes a file with a name of ${what}, and goes on with it by --resume`, async () => {
      await using folder = await createTempFolder();
      const out = folder.join(name);
      const words = ['-k', '-u', 'anna:secret', '--retry', '0', '-o', out];
      const cut: Script = async (session) => {
        await session.reply('150 Here it comes');
        const line = await session.acceptData();
        await line.write(file.subarray(0, 60_000));
        await session.endData(line);
        session.control.reset();
      };
      await using broken = await start({ commands: { RETR: cut } });
      const first = await runTwinline('get', urlOf(broken), ...words);
      assert.equal(first.exitCode, 75, first.stderr);
      const [part = '', ...others] = await readdir(folder.path);
      assert.match(part, /^\.[0-9a-f]{64}\.part$/);
      assert.deepEqual(others, []);
      assert.ok(first.stderr.includes(`60,000 bytes are in ${folder.join(part)}; go on with: `), first.stderr);
      await using server = await start();
      const second = await runTwinline('get', urlOf(server), ...words, '--resume');
      assert.match(second.stderr, /40,000 bytes from byte 60000 on/);
      assert.deepEqual(await readFile(out), file);
      assert.deepEqual(await readdir(folder.path), [name]);
    });
  }

  test('offers no part that is none of its own', async () => {
    await using folder = await createTempFolder();
    const out = folder.join('out');
    const RETR: Script = async (session) => {
      await session.reply('150 Here it comes');
      const line = await session.acceptData();
      await line.write(file.subarray(0, 60_000));
      // Another program begins anew in the same place.
      await rename(`${out}.part`, folder.join('away'));
      await writeFile(`${out}.part`, 'of somebody else');
      await line.write(file.subarray(60_000));
      await session.endData(line);
      await session.reply('226 Done');
    };
    await using server = await start({ commands: { RETR } });
    const taken = await runTwinline('get', urlOf(server), '-k', '-u', 'anna:secret', '-o', out);
    assert.equal(taken.exitCode, 74, taken.stderr);
    assert.match(taken.stderr, /has taken it over; run one at a time\.\n$/);

    await mkdir(folder.join('hh.part'));
    await writeFile(folder.join('hh.part/f'), 'x');
    const blocked = await runTwinline('get', urlOf(server), '-k', '-u', 'anna:secret', '-o', folder.join('hh'));
    assert.equal(blocked.exitCode, 74, blocked.stderr);
    assert.doesNotMatch(blocked.stderr, /go on with/);
  });

  test('shows the dialogue of both lines with -v, and no password', async () => {
    await using folder = await createTempFolder();
    await using server = await start();
    const run = await runTwinline('get', urlOf(server), '-k', '-v', '-u', 'anna:secret', '-o', folder.join('out'));
    const lines = run.stderr.split('\n');
    const spoken = lines.filter((line) => line.startsWith('>')).map((line) => line.slice(2));
    const transfer = ['EPSV', 'TYPE I', 'SIZE a.bin', 'MDTM a.bin', 'RETR a.bin', 'QUIT'];
    const login = ['AUTH TLS', 'USER anna', 'PASS ********', 'PBSZ 0', 'PROT P', 'PWD'];
    assert.deepEqual(spoken, [...login, ...transfer]);
    assert.ok(lines.includes('< 234 Starting TLS'));
    assert.match(run.stderr, /^\* TLS connection on the control line using TLSv1\.3, TLS_/m);
    assert.match(run.stderr, /^\* {8}subject: CN=localhost$/m);
    assert.match(run.stderr, /^\* {8}start date: \d{4}-\d\d-\d\d \d\d:\d\d:\d\d GMT$/m);
    assert.match(run.stderr, /^\* {8}certificate verify result: it is self-signed, continuing anyway$/m);
    assert.match(run.stderr, /^\* TLS re-using session\n\* TLS connection on the data line using TLSv1\.3/m);
    assert.ok(!run.stderr.includes('secret'));
  });

  test('takes the password from URL and environment', async () => {
    await using server = await start();
    const withLogin = urlOf(server).replace('://', '://anna:s%3Ae@');
    assert.equal((await runTwinline('get', withLogin, '-k', '-o', '-')).exitCode, 0);
    assert.ok(server.sessions[0]?.commands.includes('PASS s:e'));
    process.env['TWINLINE_PASSWORD'] = 'from-outside';
    try {
      assert.equal((await runTwinline('get', urlOf(server), '-k', '-u', 'anna', '-o', '-')).exitCode, 0);
    } finally {
      delete process.env['TWINLINE_PASSWORD'];
    }
    assert.ok(server.sessions[1]?.commands.includes('PASS from-outside'));
  });

  test('says when a transfer is not confirmed, and is content with it', async () => {
    await using folder = await createTempFolder();
    await using server = await start({
      commands: {
        RETR: async (session) => {
          await session.reply('150 Here it comes');
          const line = await session.acceptData();
          await line.write(file);
          await session.endData(line);
          session.control.reset();
        },
      },
    });
    const run = await runTwinline('get', urlOf(server), '-k', '-u', 'anna:x', '-o', folder.join('out'));
    assert.equal(run.exitCode, 0);
    assert.match(run.stderr, /unconfirmed: the final reply did not come, but the size agrees/);
  });

  test('connects again when a line is lost, and says so', async () => {
    await using folder = await createTempFolder();
    let isFirst = true;
    await using server = await start({
      commands: {
        RETR: async (session) => {
          const from = session.restartAt;
          await session.reply('150 Here it comes');
          const line = await session.acceptData();
          await line.write(isFirst ? file.subarray(0, 30_000) : file.subarray(from));
          if (isFirst) {
            isFirst = false;
            setTimeout(() => session.control.reset(), 20);
            await line.ended;
          }
          await session.endData(line);
          await session.reply('226 Done');
        },
      },
    });
    const run = await runTwinline('get', urlOf(server), '-k', '-u', 'anna:x', '-o', folder.join('out'));
    assert.equal(run.exitCode, 0);
    assert.match(
      run.stderr,
      /The control connection was reset \(transfer, 30000 bytes .*Trying again in \d\.\d s \(1 of 5\)/,
    );
    assert.deepEqual(await readFile(folder.join('out')), file);
  });

  test('keeps the part when it fails, and says how to go on without showing the password', async () => {
    await using folder = await createTempFolder();
    await using server = await start({
      commands: {
        RETR: async (session) => {
          await session.reply('150 Here it comes');
          const line = await session.acceptData();
          await line.write(file.subarray(0, 30_000));
          await session.endData(line);
          await session.reply('226 Done');
        },
      },
    });
    const url = urlOf(server).replace('://', '://anna:secret@');
    const run = await runTwinline('get', url, '-k', '-o', folder.join('out'), '--retry', '0');
    assert.equal(run.exitCode, 75);
    assert.match(
      run.stderr,
      /30,000 bytes are in \S+out\.part; go on with: twinline get --resume -o \S+out ftpes:\/\/anna@\S+ -k\n/,
    );
    assert.ok(!run.stderr.includes('secret'));
    assert.deepEqual(await readdir(folder.path), ['out.part']);
  });

  test('ends with --max-time', async () => {
    await using folder = await createTempFolder();
    await using server = await start({ commands: { USER: () => undefined } });
    const run = await runTwinline(
      'get',
      urlOf(server),
      '-k',
      '-u',
      'a:b',
      '-o',
      folder.join('out'),
      '--max-time',
      '0.1',
    );
    assert.equal(run.exitCode, 124);
    assert.match(run.stderr, /The time of 0\.1 s that --max-time allows is over/);
  });
});

describe('twinline get explains in one sentence, with an exit code of its own,', () => {
  const cases: readonly (readonly [
    what: string,
    code: number,
    says: RegExp,
    words: (server: ScriptedServer) => string[],
    options?: ScriptedServerOptions,
  ])[] = [
    ['a URL without host', 64, /names no host/, () => ['ftpes:///x']],
    ['a URL of another kind', 64, /"http" is no scheme of FTP/, () => ['http://h/x']],
    ['a URL of a folder', 64, /names a folder/, (server) => [urlOf(server, 'in/'), '-u', 'a:b']],
    ['an unknown option', 64, /no option "--resum".*--resume/, (server) => [urlOf(server), '--resum']],
    [
      'a rate that is none',
      64,
      /--limit-rate takes a number of bytes/,
      (server) => [urlOf(server), '--limit-rate', 'fast'],
    ],
    ['an offset', 64, /-C takes "-" only/, (server) => [urlOf(server), '-C', '5']],
    [
      'a time that is none',
      64,
      /--timeout takes a number of seconds/,
      (server) => [urlOf(server), '-u', 'a:b', '--timeout', 'x'],
    ],
    [
      'versions that exclude each other',
      64,
      /no version of TLS/,
      (server) => [urlOf(server), '--tlsv1.3', '--tls-max', '1.2'],
    ],
    ['a missing password', 64, /No password for "anna"/, (server) => [urlOf(server), '-u', 'anna']],
    ['a missing CA file', 74, /CA file "none.pem" cannot be read/, (server) => [urlOf(server), '--cacert', 'none.pem']],
    ['an untrusted certificate', 76, /not trusted: it is self-signed/, (server) => [urlOf(server), '-u', 'a:b']],
    [
      'refused TLS',
      76,
      /does not offer TLS here/,
      (server) => [urlOf(server), '-u', 'a:b', '-k'],
      { commands: { AUTH: '502 No' } },
    ],
    [
      'a wrong password',
      77,
      /login as a: "530 No/,
      (server) => [urlOf(server), '-u', 'a:b', '-k'],
      { commands: { PASS: '530 No' } },
    ],
    ['a file that is not there', 66, /refused RETR none: "550/, (server) => [urlOf(server, 'none'), '-u', 'a:b', '-k']],
    [
      'a server of another kind',
      65,
      /Not an FTP reply/,
      (server) => [urlOf(server), '-u', 'a:b'],
      { greeting: Buffer.from('SSH-2.0\r\n') },
    ],
    ['a port where nobody listens', 69, /nothing listens there/, () => ['ftpes://127.0.0.1:1/x', '-u', 'a:b']],
  ];
  for (const [what, code, says, words, options] of cases) {
    test(what, async () => {
      await using folder = await createTempFolder();
      await using server = await start(options);
      const run = await runTwinline('get', ...words(server), '-o', folder.join('out'));
      assert.equal(run.exitCode, code, run.stderr);
      assert.match(run.stderr, says);
      assert.match(run.stderr, /^twinline: [^\n]+\n$/);
      assert.deepEqual(await readdir(folder.path), []);
    });
  }
});
