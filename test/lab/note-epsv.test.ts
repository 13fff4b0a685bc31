/** The second field note with real ends, and its reports. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createTempFolder, runCommand } from '../../src/testing/index.ts';
import { missingProgram } from '../fixtures/installed-program.ts';
import { pureFtpd } from '../fixtures/peers/index.ts';
import { columnOf, playNote, verdictsOf } from './play-note.ts';

describe('the note on EPSV', () => {
  for (const tls of ['1.2', '1.3', 'none']) {
    test(`says yes of our own server, TLS ${tls}`, async () => {
      const { exitCode, report } = await playNote('epsv', '--tls', tls);
      assert.equal(exitCode, 0);
      assert.match(report.answer, /^Yes: Twinline's server.* answers EPSV over IPv4 with 229 and a port/);
      const [download, over4] = report.parts;
      assert.ok(download !== undefined && over4 !== undefined);
      assert.equal(verdictsOf(download), 'server PASS, client PASS');
      assert.match(columnOf(download, 'client'), /^> EPSV\n< 229 Entering Extended Passive Mode \(\|\|\|\d+\|\)$/m);
      assert.deepEqual(
        over4.questions.map(({ verdict }) => verdict),
        over4.questions.map(() => 'PASS'),
      );
      const asked = over4.questions.map((question) => question.asked);
      for (const form of [
        'EPSV, over IPv4',
        'EPSV 1, over IPv4',
        'EPSV 2, over IPv4',
        'EPSV ALL',
        'PASV behind EPSV ALL',
      ]) {
        assert.ok(asked.includes(form), form);
      }
      for (const { timeline, questions } of report.parts.slice(1)) {
        const begun = timeline.filter(({ text }) => text.startsWith('asked: ')).map(({ text }) => text.slice(7));
        assert.deepEqual(
          questions.map((question) => question.asked),
          begun,
        );
      }
      // Where this machine has IPv6.
      const port = report.parts[2]?.questions.find((question) => question.asked === 'PORT behind EPSV ALL');
      if (report.parts.length > 2) assert.equal(`${port?.answered}: ${port?.says}`, 'not asked: PORT is for IPv4');
    });
  }

  test('is told with curl', { skip: missingProgram('curl') }, async () => {
    const { report } = await playNote('epsv', '--preset', 'curl');
    assert.equal(report.parts[0] === undefined ? '' : verdictsOf(report.parts[0]), 'server PASS, client PASS');
  });

  test('finds that Pure-FTPd takes PASV behind EPSV ALL', { skip: pureFtpd.peerMissing() ?? false }, async () => {
    await using peer = await pureFtpd.start();
    const url = `ftpes://${peer.host}:${peer.controlPort}/`;
    const { exitCode, report } = await playNote('epsv', '--server', url, '-u', `${peer.user}:${peer.password}`);
    assert.equal(exitCode, 1);
    assert.match(report.answer, /^Yes: /);
    const behind = report.parts
      .flatMap(({ questions }) => questions)
      .find(({ asked }) => asked === 'PASV behind EPSV ALL');
    assert.equal(behind?.verdict, 'FAIL');
    assert.match(behind?.answered ?? '', /^227 /);
  });
});

describe('the reports of a note', () => {
  test('are one page that needs nothing else, and Markdown with both columns', async () => {
    await using folder = await createTempFolder();
    const [page, text] = [folder.join('note.html'), folder.join('note.md')];
    await playNote('epsv', '--report', `html=${page}`, '--report', `markdown=${text}`);
    const html = await readFile(page, 'utf8');
    assert.match(html, /^<!doctype html>/);
    assert.match(html, /<span class="client">&lt; 229 Entering/);
    assert.match(html, /\.time \{ grid-column: 1;/, 'a time beside the row before it is the time of nothing');
    assert.doesNotMatch(html, /<script|<link|https?:|url\(/);
    const markdown = await readFile(text, 'utf8');
    assert.match(markdown, /^\| Time \| Server \| Client \|$/m);
    assert.match(markdown, /^\| \d\.\d{3} s \| {2}\| <code>> EPSV<\/code>|&gt; EPSV/m);
  });

  test('stand below one another on a narrow terminal, and beside one another on a wide one', async () => {
    for (const [columns, shape] of [
      ['80', /^S: server, C: client$/m],
      ['140', /^ +Server +│ Client$/m],
    ] as const) {
      const words = ['bin/twinline.js', 'lab', 'note', 'epsv', '--seed', '1'];
      const { stdout } = await runCommand(process.execPath, words, { env: { COLUMNS: columns } });
      const shown = stdout.toString();
      assert.match(shown, shape);
      // eslint-disable-next-line no-control-regex
      assert.doesNotMatch(shown, /\x1b/);
      const widest = Math.max(...shown.split('\n').map((line) => line.length));
      assert.ok(widest <= Number(columns), `${widest} letters in a line`);
    }
  });
});
