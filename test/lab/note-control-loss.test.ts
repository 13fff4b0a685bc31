/** The first field note with real ends: ours, curl, and a server that goes on as if nothing had happened. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import type { NotePart } from '../../src/lab/index.ts';
import { createTempFolder, runCommand, seededBytes, startProcess } from '../../src/testing/index.ts';
import { runTwinline } from '../fixtures/command-run.ts';
import { missingProgram } from '../fixtures/installed-program.ts';
import { pureFtpd, vsftpd } from '../fixtures/peers/index.ts';
import { startServer } from '../fixtures/start-server.ts';
import { textOf } from '../registry/source-files.ts';
import { columnOf, leftIn, playNote, verdictsOf } from './play-note.ts';

const both = 'server PASS, client PASS';
const noCurl = missingProgram('curl');

function assertTold(part: NotePart): void {
  const faults = part.timeline.filter(({ isFault }) => isFault === true);
  assert.equal(faults.length, 1);
  assert.match(columnOf(part, 'server'), /^\(\d{6}\)\S+ \S+ [AP]M - \(not logged in\) \(127\.0\.0\.1\)> Connected, /);
  assert.match(columnOf(part, 'server'), /> 426 Connection closed; transfer aborted\.\n.*> disconnected\.$/);
  assert.match(columnOf(part, 'client'), /^> USER note$/m);
  assert.doesNotMatch(JSON.stringify(part), /note-password/);
  const data = part.lines.find(({ line, end }) => line === 'data' && end === 'server');
  assert.equal(data?.how, 'reset');
  assert.ok((data?.afterFaultMs ?? -1) >= 0);
  assert.deepEqual(
    part.clauses.slice(0, 2).map(({ clause }) => clause),
    ['RFC 959 section 3.2', 'RFC 959 section 4.1.1'],
  );
}

describe('the note on a lost control line', { concurrency: 2 }, () => {
  for (const [tls, kind] of [
    ['1.3', 'reset'],
    ['1.2', 'fin'],
    ['none', 'reset'],
    ['1.3', 'fin'],
  ] as const) {
    test(`is told with our own ends, TLS ${tls}, by ${kind}`, async () => {
      const { exitCode, report, stdout } = await playNote('control-loss', '--tls', tls, '--kind', kind);
      assert.deepEqual(report.parts.map(verdictsOf), [both, both]);
      assert.equal(exitCode, 0);
      for (const part of report.parts) assertTold(part);
      const [download, upload] = report.parts;
      assert.match(
        download?.left.join(' ') ?? '',
        /nothing under the final name; \d+ bytes in download\.bin\.part.*yes/,
      );
      assert.match(upload?.left.join(' ') ?? '', /nothing under the final name in a listing; \d+ of .*yes, REST \d+/);
      assert.match(report.answer, /stops at once in the download and in the upload\.$/);
      assert.match(stdout, / {2}━━━━ FAULT: the control line is cut/);
    });
  }

  test('is told with curl, whose lines pass by the lab', { skip: noCurl }, async () => {
    const { report } = await playNote('control-loss', '--preset', 'curl');
    assert.deepEqual(report.parts.map(verdictsOf), [both, both]);
    const [download] = report.parts;
    assert.match(
      download === undefined ? '' : columnOf(download, 'client'),
      /^> RETR .*\n(?:.*\n)*\* curl has ended: exit code \d+$/m,
    );
    assert.match(download?.left.join(' ') ?? '', /bytes under the final name, where they may be taken/);
  });

  for (const tls of ['1.3', '1.2', 'none']) {
    test(`is told of the data line, as the author of the note has cut it, TLS ${tls}`, async () => {
      const { exitCode, report, stdout } = await playNote('control-loss', '--line', 'data', '--tls', tls);
      assert.deepEqual(report.parts.map(verdictsOf), [both, both]);
      assert.equal(exitCode, 0);
      for (const part of report.parts) {
        const faults = part.timeline.filter(({ isFault }) => isFault === true).map(({ text }) => text);
        assert.deepEqual(faults, ['FAULT: the data line is cut (RST to both ends)']);
        assert.match(columnOf(part, 'client'), /^< 426 .*\n(?:.*\n)*> QUIT\n< 221 /m);
        assert.match(part.verdicts[0]?.says ?? '', /^it says 426 .*, and answers the next command$/);
        const cut = part.lines.filter(({ how }) => how === 'cut').map(({ line }) => line);
        assert.deepEqual(cut, ['data', 'data']);
        assert.match(part.left.join(' '), /nothing under the final name.* yes, .*A new session can log in/);
        const clauses = part.clauses.map(({ clause }) => clause).join(', ');
        assert.match(clauses, tls === 'none' ? /3\.2.*4\.2.*5\.4$/ : /RFC 4217 section 12\.7, RFC 8446 section 6\.1$/);
      }
      assert.match(report.answer, /answers 426 on the control line in the download and in the upload\.$/);
      assert.match(report.repeat, / --line data /);
      assert.match(stdout, /What happens to a transfer when the data line is lost\?/);
    });
  }

  test('is told of the data line with curl, which does not wait for 426', { skip: noCurl }, async () => {
    const { report } = await playNote('control-loss', '--line', 'data', '--preset', 'curl');
    assert.deepEqual(report.parts.map(verdictsOf), [both, both]);
    assert.match(report.parts[0]?.verdicts[1]?.says ?? '', /exit code (?:18|55|56)/);
  });

  test('is told with a command that knows no proxy and has a pace of its own', { skip: noCurl }, async () => {
    const curl = 'curl -q -v -sS --limit-rate 1M --ssl-reqd --cacert {cacert} -u {user}:{password} -o {local} {url}';
    const { report } = await playNote('control-loss', '--client', curl);
    assert.deepEqual(report.parts.map(verdictsOf), ['server PASS, client PASS']);
    assert.deepEqual(
      report.parts[0]?.lines.filter(({ line }) => line === 'data').map(({ how }) => how),
      ['not seen', 'not seen'],
    );
  });

  test('says what to do where a transfer has no middle', { skip: noCurl }, async () => {
    const curl = 'curl -q -sS --ssl-reqd --cacert {cacert} -u {user}:{password} -o {local} {url}';
    const { exitCode, stderr } = await runTwinline('lab', 'note', 'control-loss', '--client', curl);
    assert.equal(exitCode, 69);
    assert.match(stderr, /no middle.*--limit-rate 1M.*\{proxy\}/);
  });

  test('finds that vsftpd goes on for the whole file', { skip: vsftpd.peerMissing() ?? false }, async () => {
    await using peer = await vsftpd.start();
    const url = `ftpes://${peer.host}:${peer.controlPort}/`;
    const login = `${peer.user}:${peer.password}`;
    const { exitCode, report } = await playNote('control-loss', '--server', url, '-u', login);
    assert.deepEqual(report.parts.map(verdictsOf), ['server FAIL, client SKIP', 'server FAIL, client SKIP']);
    assert.equal(exitCode, 1);
    assert.match(report.answer, /goes on for the whole file/);
    assert.match(report.parts[0] === undefined ? '' : columnOf(report.parts[0], 'server'), /TLS from here on/);
    assert.deepEqual(await readdir(peer.root), [], 'what the note has put there');
  });

  test('tells of the download alone where nothing may be written', async () => {
    await using server = await startServer();
    await server.write('/large', seededBytes(32 * 1024 * 1024, 7));
    const url = `ftpes://127.0.0.1:${server.port}/`;
    const words = ['--server', url, '-u', 'reader:pass', '--file', '/large'];
    const { exitCode, report } = await playNote('control-loss', ...words);
    assert.deepEqual(report.parts.map(verdictsOf), ['server PASS, client SKIP']);
    assert.match(
      report.answer,
      /stops at once in the download\. Nothing may be written there, so that no upload was tried\.$/,
    );
    assert.equal(exitCode, 0);
  });

  test('hears what vsftpd says of a lost data line', { skip: vsftpd.peerMissing() ?? false }, async () => {
    await using peer = await vsftpd.start();
    const url = `ftpes://${peer.host}:${peer.controlPort}/`;
    const login = `${peer.user}:${peer.password}`;
    const { report } = await playNote('control-loss', '--line', 'data', '--server', url, '-u', login);
    const [download] = report.parts;
    assert.equal(download === undefined ? '' : verdictsOf(download), 'server PASS, client SKIP');
    assert.match(download?.verdicts[0]?.says ?? '', /^it says 426 .*, and answers the next command$/);
  });

  test('finds that Pure-FTPd stops, in clear too', { skip: pureFtpd.peerMissing() ?? false }, async () => {
    await using peer = await pureFtpd.start({ tlsRequired: false });
    const url = `ftp://${peer.host}:${peer.controlPort}/`;
    const { report } = await playNote('control-loss', '--server', url, '-u', `${peer.user}:${peer.password}`);
    assert.deepEqual(report.parts.map(verdictsOf), ['server PASS, client SKIP', 'server PASS, client SKIP']);
    const log = report.parts[1] === undefined ? '' : columnOf(report.parts[1], 'server');
    assert.match(log, /> PASS \*{8}\n/);
    assert.match(log, /> STOR /);
  });
});

/** What stays the same from run to run: headings, the fault, and which end has which verdict. */
function shapeOf(shown: string): string[] {
  const kept =
    /^(?:What|How|Why|Verdicts|The |Both|RFC|- A new|PASS|When)|^ +(?:Server|\d\.\d{3} s {2}━)|> (?:RETR|426)/;
  return shown
    .split('\n')
    .filter((line) => kept.test(line))
    .map((line) =>
      line
        .replaceAll(/\d+/g, '0')
        .replaceAll(/ {2,}/g, ' ')
        .replace(/f0-\w+/, 'f0')
        .slice(0, 60),
    );
}

describe('the command of the notes', () => {
  test('prints what the how-to page shows', async () => {
    const page = textOf('docs/how-to/lab-field-notes.md');
    const [, shown = ''] = /```text\n([^]*?)```/.exec(page) ?? [];
    const command = ['bin/twinline.js', 'lab', 'note', 'control-loss', '--seed', '7'];
    const { stdout } = await runCommand(process.execPath, command, { env: { COLUMNS: '120' } });
    const printed = shapeOf(stdout.toString());
    const missing = shapeOf(shown).filter((line) => !printed.includes(line));
    assert.ok(shapeOf(shown).length > 15);
    assert.deepEqual(missing, []);
  });

  test('leaves nothing behind when it is interrupted', async () => {
    await using folder = await createTempFolder();
    await using command = await startProcess(process.execPath, ['bin/twinline.js', 'lab', 'note', 'control-loss'], {
      env: { TMPDIR: folder.path },
    });
    await command.waitForLine(/Test: the client downloads/);
    command.signal('SIGINT');
    assert.equal((await command.exited).exitCode, 130);
    assert.deepEqual(await leftIn(folder.path), []);
  });

  test('keeps the files of both ends where it is asked to', async () => {
    await using folder = await createTempFolder();
    await playNote('epsv', '--keep', folder.join('kept'));
    const kept = await readdir(folder.join('kept'));
    assert.ok(kept.includes('download.bin') && kept.includes('server'));
  });

  test('refuses what it cannot do, and says what it can', async () => {
    for (const [words, says] of [
      [['tea'], /lab note control-loss or twinline lab note epsv/],
      [['control-loss', '--kind', 'axe'], /--kind takes reset, fin/],
      [['control-loss', '--line', 'phone'], /--line takes control, data/],
      [['control-loss', '--line', 'data', '--kind', 'fin'], /leave out --kind fin/],
      [['control-loss', '--line', 'data', '--topology', 'plain'], /leave out --topology/],
      [['control-loss', '--line', 'data', '--client', 'curl {url}'], /give the command \{proxy\}/],
      [['epsv', '--line', 'data'], /no line is cut in epsv/],
      [['epsv', '--report', 'pdf=x'], /one of markdown, json, html/],
      [['epsv', '--client', 'curl x'], /has no \{url\} or \{host\}/],
      [
        ['epsv', '--server', 'ftp://192.0.2.1/', '-u', 'a:b', '--client', 'curl {url}'],
        /another machine: give .*\{proxy\}/,
      ],
      [['epsv', '--server', 'ftp://127.0.0.1/', '--tls', '1.2'], /--tls is for the embedded server/],
    ] as const) {
      const { exitCode, stderr } = await runTwinline('lab', 'note', ...words);
      assert.equal(exitCode, 64, stderr);
      assert.match(stderr, says);
    }
  });
});
