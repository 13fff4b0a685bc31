/** `twinline lab` from the command line: reports, profiles and comparisons as files, and the exit codes that go with them. */

import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { quotedWord } from '../../src/cli/shell-word.ts';
import { parseProfile, parseReport } from '../../src/lab/index.ts';
import {
  createTempFolder,
  runCommand,
  type ScriptedSession,
  startProcess,
  startScriptedServer,
  type TempFolder,
} from '../../src/testing/index.ts';
import { everyVerdict, sampleReport } from '../fixtures/lab-report.ts';
import { missingProgram } from '../fixtures/installed-program.ts';
import { cleanEnvironment, launcher, runTwinline } from '../fixtures/serve-process.ts';
import { startServer, type TestServer } from '../fixtures/start-server.ts';
import { TerminalProgram } from '../fixtures/terminal-program.ts';
import { xmlElements } from '../fixtures/xml-elements.ts';

const caseId = 'rfc2428/3/epsv-unknown-family';

describe('twinline lab', () => {
  let folder: TempFolder;
  let server: TestServer;
  before(async () => {
    folder = await createTempFolder();
    server = await startServer();
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    await folder.remove();
  });

  const judge = (...args: string[]) => {
    const url = `ftpes://${server.host}:${server.port}`;
    const words = ['lab', 'server', url, '-u', 'user:pass', '--only', caseId, '--seed', '7', ...args];
    return runTwinline(words, { cwd: folder.path });
  };

  test('writes every report that is asked for', async () => {
    const formats = ['json', 'json-summary', 'junit', 'sarif', 'markdown', 'html'];
    const { exitCode, stderr } = await judge(...formats.flatMap((format) => ['--report', `${format}=r.${format}`]));
    assert.equal(exitCode, 0, stderr);
    const read = (format: string) => readFile(folder.join(`r.${format}`), 'utf8');
    const report = parseReport(await read('json'));
    assert.equal(report.cases[0]?.verdict, 'PASS');
    assert.ok((report.cases[0]?.events.length ?? 0) > 5);
    assert.equal(parseReport(await read('json-summary')).cases[0]?.id, caseId);
    assert.equal(xmlElements(await read('junit')).attributes['tests'], '1');
    assert.equal((JSON.parse(await read('sarif')) as { version: string }).version, '2.1.0');
    for (const format of ['markdown', 'html']) assert.ok((await read(format)).includes(caseId));
    for (const format of formats) assert.doesNotMatch(await read(format), /PASS pass/, 'the password is masked');
  });

  test('writes no colours into a file, though a person watches', { skip: missingProgram('script') }, async () => {
    const words = ['lab', 'server', `ftpes://${server.host}:${server.port}`, '-u', 'user:pass', '--only', caseId];
    const line = `exec ${[process.execPath, launcher, ...words].map(quotedWord).join(' ')}`;
    const env = { ...process.env, ...cleanEnvironment, TERM: 'xterm', NO_COLOR: undefined };
    await using shown = new TerminalProgram(['sh', '-c', line], { cwd: folder.path, env });
    assert.equal(await shown.exited, 0);
    assert.ok(shown.screen.includes('\x1b['));
    await using kept = new TerminalProgram(['sh', '-c', `${line} > kept.txt`], { cwd: folder.path, env });
    assert.equal(await kept.exited, 0);
    assert.match(await readFile(folder.join('kept.txt'), 'utf8'), /^PASS /m);
  });

  test('keeps a profile, takes it, and ends with 3 when something differs, be it for the better', async () => {
    assert.equal((await judge('--save-profile', 'saved.json')).exitCode, 0);
    const saved = parseProfile(await readFile(folder.join('saved.json'), 'utf8'));
    assert.deepEqual(saved.cases, {});
    assert.equal((await judge('--profile', 'saved.json')).exitCode, 0);
    const worse = { ...saved, cases: { [caseId]: { verdict: 'FAIL', reason: 'it was so once' } } };
    await writeFile(folder.join('worse.json'), JSON.stringify(worse));
    const { exitCode, stdout } = await judge('--profile', 'worse.json');
    assert.equal(exitCode, 3);
    assert.match(stdout.toString(), /unexpected pass: the profile says FAIL \(it was so once\)/);
  });

  for (const [what, args, says] of [
    ['a format that there is not', ['--report', 'pdf=x'], /--report takes FORMAT=FILE with one of json,/],
    ['a profile that there is not', ['--profile', 'nobody'], /there is no "nobody"/],
  ] as const) {
    test(`refuses ${what} before it connects`, async () => {
      const { exitCode, stderr } = await judge(...args);
      assert.equal(exitCode, 64);
      assert.match(stderr, says);
    });
  }

  for (const [what, file, says] of [
    ['in a folder that there is not', 'absent/r.json', /cannot be written to "absent\/r\.json": there is no such/],
    ['where a folder is', '.', /cannot be written to "\.": it is a folder/],
  ] as const) {
    test(`says of a report ${what} that it cannot be written, before it connects`, async () => {
      const words = ['lab', 'server', 'ftpes://127.0.0.1:1', '-u', 'user:pass', '--report', `json=${file}`];
      const { exitCode, stdout, stderr } = await runTwinline(words, { cwd: folder.path });
      assert.equal(exitCode, 74, stderr);
      assert.match(stderr, says);
      assert.equal(stdout.toString(), '');
    });
  }

  test('writes the other reports where one cannot be written in the end', async () => {
    const { exitCode, stderr } = await judge('--report', 'json=/dev/full', '--report', 'junit=kept.xml');
    assert.equal(exitCode, 74);
    assert.match(stderr, /cannot be written to "\/dev\/full": the disk is full/);
    assert.equal(xmlElements(await readFile(folder.join('kept.xml'), 'utf8')).attributes['tests'], '1');
  });

  test('names a command that judges the same server again as the same user, without the password', async () => {
    const url = `ftpes://user:pass@${server.host}:${server.port}/`;
    const words = [
      'lab',
      'server',
      url,
      '--only',
      caseId,
      '--seed',
      '7',
      '--file',
      'a b',
      '--report',
      'json=again.json',
    ];
    assert.equal((await runTwinline(words, { cwd: folder.path })).exitCode, 0);
    const report = parseReport(await readFile(folder.join('again.json'), 'utf8'));
    const place = `ftpes://${server.host}:${server.port}`;
    const again = `twinline lab server ${place} -u user --file 'a b' --only ${caseId} --seed 7`;
    assert.equal(report.cases[0]?.repeat, again);
  });

  test('goes on to its reports when nobody reads its output any more', async () => {
    await using onDisk = await startServer({ files: 'disk' });
    const url = `ftpes://${onDisk.host}:${onDisk.port}`;
    const run = `"$0" "$1" lab server ${url} -u user:pass --only smoke --parallel 1 --report json=piped.json; echo "code $?" >&2`;
    const { stderr } = await runCommand('sh', ['-c', `{ ${run}; } | :`, process.execPath, launcher], {
      cwd: folder.path,
      env: cleanEnvironment,
    });
    assert.match(stderr, /code 141/);
    assert.match(parseReport(await readFile(folder.join('piped.json'), 'utf8')).notes[0] ?? '', /^Interrupted: /);
    assert.deepEqual(
      (await readdir(onDisk.root)).filter((name) => name.startsWith('twinline-lab-')),
      [],
    );
  });

  for (const [what, args, says] of [
    [
      'a dry run of a note',
      ['note', 'epsv', '--dry-run'],
      /lab note takes no --dry-run; it is for lab server and lab client/,
    ],
    ['an option of another action', ['list', '--preset', 'curl'], /lab list takes no --preset; it is for/],
    ['a case that there is not', ['list', '--only', 'nothing'], /No case is called "nothing"/],
    [
      'a case of servers for a client',
      ['client', '--preset', 'curl', '--only', caseId],
      /is for servers: use it with twinline lab server/,
    ],
    ['a case of clients for a server', ['server', 'ftp://h', '--skip', 'K05'], /"K05" is for clients/],
    ['a choice that leaves nothing', ['list', '--only', caseId, '--skip', caseId], /leave no case/],
    ['no case at once', ['client', '--preset', 'curl', '--parallel', '0'], /--parallel takes a number from 1 to 64/],
  ] as const) {
    test(`refuses ${what} as a mistake on the command line`, async () => {
      const { exitCode, stdout, stderr } = await runTwinline(['lab', ...args], { cwd: folder.path });
      assert.equal(exitCode, 64);
      assert.match(stderr, says);
      assert.equal(stdout.toString(), '');
    });
  }

  test('says once and for all cases why a server cannot be judged, and writes that into the report', async () => {
    const url = `ftpes://${server.host}:${server.port}`;
    for (const [target, login, says] of [
      [url, 'user:wrong', /failed: .*530 /],
      ['ftp://127.0.0.1:1', 'user:pass', /failed: no connection to 127\.0\.0\.1 port 1/],
    ] as const) {
      const words = ['lab', 'server', target, '-u', login, '--report', 'json=unjudged.json'];
      const { exitCode, stdout, stderr } = await runTwinline(words, { cwd: folder.path });
      assert.equal(exitCode, 70);
      assert.equal(stdout.toString(), '');
      assert.match(stderr, says);
      assert.match(stderr, /Check the address, the port, the TLS mode .*, the user and the password\.\n/);
      const { cases } = parseReport(await readFile(folder.join('unjudged.json'), 'utf8'));
      assert.ok(cases.length > 100 && cases.every(({ verdict }) => verdict === 'INFRA'));
    }
  });

  test('names the folder that stays on the server where a second Ctrl-C lets nothing be removed', async () => {
    const { promise: isStuck, resolve: stuck } = Promise.withResolvers<void>();
    const commands = {
      PWD: (session: ScriptedSession) => session.reply('257 "/home"'),
      MKD: (session: ScriptedSession) => session.reply('257 made'),
      EPSV: () => stuck(),
    };
    await using scripted = await startScriptedServer({ commands });
    const words = ['lab', 'server', `ftpes://${scripted.host}:${scripted.port}`, '-u', 'user:pass', '--only', caseId];
    await using lab = await startProcess(process.execPath, [launcher, ...words], { env: cleanEnvironment });
    await isStuck;
    lab.signal('SIGINT');
    await lab.waitForLine(/Ctrl-C again leaves at once/);
    lab.signal('SIGINT');
    assert.equal((await lab.exited).exitCode, 130);
    assert.match(lab.output.stderr, /\ntwinline: The folder \/home\/twinline-lab-\w+ of the lab stays on the server/);
  });

  test('takes profiles of clients for clients, and has some under their names', async () => {
    const dryRun = (profile: string) =>
      runTwinline(['lab', 'client', '--preset', 'curl', '--profile', profile, '--dry-run'], { cwd: folder.path });
    assert.equal((await dryRun('curl')).exitCode, 0);
    const { exitCode, stderr } = await dryRun('vsftpd');
    assert.equal(exitCode, 64);
    assert.match(stderr, /a file or one of basic-ftp, curl, ftplib, lftp, twinline, wget; there is no "vsftpd"/);
  });

  test('says of a profile that is none where it is wrong', async () => {
    await writeFile(folder.join('none.json'), '{"schema":"other"}');
    const { exitCode, stderr } = await judge('--profile', 'none.json');
    assert.equal(exitCode, 78);
    assert.match(stderr, /"none\.json" is no profile of the lab: schema/);
    assert.match(
      (await judge('--profile', '/dev/zero')).stderr,
      /"\/dev\/zero" cannot be read: it has more than 1048576 bytes/,
    );
  });

  test('compares reports, and refuses what cannot be compared', async () => {
    await writeFile(folder.join('a.json'), JSON.stringify(everyVerdict));
    await writeFile(folder.join('b.json'), JSON.stringify(sampleReport([])));
    await writeFile(folder.join('c.json'), JSON.stringify(sampleReport([], { side: 'client' })));
    const compare = (...words: string[]) => runTwinline(['lab', 'compare', ...words], { cwd: folder.path });
    const { exitCode, stdout, stderr } = await compare('a.json', 'b.json', '--report', 'html=m.html');
    assert.equal(exitCode, 0, stderr);
    assert.match(stdout.toString(), /^a +b/);
    assert.match(await readFile(folder.join('m.html'), 'utf8'), /2 servers side by side/);
    assert.equal((await compare('a.json')).exitCode, 64);
    assert.match((await compare('a.json', 'c.json')).stderr, /have no case in common/);
    assert.equal((await compare('a.json', 'm.html')).exitCode, 78);
    const endless = await compare('a.json', '/dev/zero');
    assert.deepEqual([endless.exitCode, endless.stderr.includes('has more than 134217728 bytes')], [74, true]);
  });
});
