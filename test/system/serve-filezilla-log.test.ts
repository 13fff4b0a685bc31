/** Both experiments of the field notes: curl's dialogue and the server's log, held against what the notes show. */

import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, open, readdir } from 'node:fs/promises';
import { createTempFolder, runCommand, type TempFolder } from '../../src/testing/index.ts';
import { type ServeProcess, startServe } from '../fixtures/serve-process.ts';

/** Name and size of the file of the notes. */
const fileName = 'c2900-universalk9-mz.SPA.152-1.T.bin';
const fileBytes = 77_200_652;

const welcome = [
  'FileZilla Server version 0.9.41 beta',
  'written by Tim Kosse (Tim.Kosse@gmx.de)',
  'Please visit http://sourceforge.net/projects/filezilla/',
];

/** What the notes show from the greeting to the data port. */
const beginning = [
  '< 220-FileZilla Server version 0.9.41 beta',
  '< 220-written by Tim Kosse (Tim.Kosse@gmx.de)',
  '< 220 Please visit http://sourceforge.net/projects/filezilla/',
  '> AUTH SSL',
  '< 234 Using authentication type SSL',
  '> USER user',
  '< 331 Password required for user',
  '> PASS pass',
  '< 230 Logged on',
  '> PBSZ 0',
  '< 200 PBSZ=0',
  '> PROT P',
  '< 200 Protection level set to P',
  '> PWD',
  '< 257 "/" is current directory.',
  '> EPSV',
  '< 229 Entering Extended Passive Mode (|||PORT|)',
  '> TYPE I',
  '< 200 Type set to I',
];

const download = [
  ...beginning,
  `> SIZE ${fileName}`,
  `< 213 ${fileBytes}`,
  `> RETR ${fileName}`,
  '< 150 Connection accepted',
  '< 226 Transfer OK',
];

const upload = [...beginning, `> STOR ${fileName}`, '< 150 Connection accepted', '< 226 Transfer OK'];

async function makeFile(path: string): Promise<void> {
  const file = await open(path, 'w');
  // A pattern that repeats at no power of two, so that a lost or doubled block shows.
  const block = Buffer.alloc(1_000_003, createHash('shake256', { outputLength: 997 }).update('note').digest());
  for (let at = 0; at < fileBytes; at += block.length) {
    await file.write(block, 0, Math.min(block.length, fileBytes - at), at);
  }
  await file.close();
}

async function sumOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** The dialogue of `curl -v`, with the data port that each run chooses put out of sight. */
function dialogueOf(trace: string): readonly string[] {
  const lines = trace.split(/\r?\n/).map((line) => /[<>] .*$/.exec(line)?.[0] ?? '');
  return lines.filter((line) => /^[<>] [A-Z0-9]/.test(line)).map((line) => line.replace(/\|\|\|\d+\|/, '|||PORT|'));
}

/** The session's lines of the server's log without prefix, each with who it names. */
function sessionLog(log: string): readonly string[] {
  const prefix = /^\(000001\)(\d\d\/\d\d\/\d{4}) \d\d:\d\d:\d\d [AP]M - (.*?) \(127\.0\.0\.1\)> (.*)$/;
  return log
    .trim()
    .split('\n')
    .slice(3)
    .filter((line) => !line.startsWith('Server '))
    .map((line) => {
      const [, , who, text] = prefix.exec(line) ?? assert.fail(`not a line of the note: ${line}`);
      return `${who}: ${text?.replace(/\|\|\|\d+\|/, '|||PORT|')}`;
    });
}

/** The dialogue as the server's log shows it: the same lines, the password masked, with the user once there is one. */
function expectedLog(dialogue: readonly string[]): readonly string[] {
  let who = '(not logged in)';
  return dialogue.map((line) => {
    if (line.startsWith('< 230')) who = 'user';
    return `${who}: ${line.slice(2).replace(/^PASS .*/, 'PASS ********')}`;
  });
}

for (const [tls, curlTls] of [
  ['TLS 1.2', ['--tls-max', '1.2']],
  ['TLS 1.3', ['--tlsv1.3']],
] as const) {
  describe(`curl as in the notes, over ${tls}`, () => {
    let source = '';
    let folder: TempFolder;
    before(async () => {
      folder = await createTempFolder();
      source = folder.join(fileName);
      await makeFile(source);
    });
    after(() => folder.remove());

    async function serve(root: TempFolder): Promise<ServeProcess> {
      const args = ['--root', root.path, '--user', 'user:pass', ...welcome.flatMap((line) => ['--welcome', line])];
      return startServe({ cwd: root.path, args, logFormat: 'filezilla' });
    }

    async function curl(...args: string[]): Promise<string> {
      const asInTheNotes = ['-v', '-k', '--ftp-ssl', '-u', 'user:pass'];
      const result = await runCommand('curl', [...asInTheNotes, ...curlTls, ...args]);
      assert.equal(result.exitCode, 0, result.stderr);
      return result.stderr;
    }

    function checkLog(log: string, dialogue: readonly string[]): void {
      assert.match(
        log,
        /^Creating listen socket on port \d+\.\.\.\nCreating listen socket on port \d+\.\.\.\nServer online\n/,
      );
      const lines = sessionLog(log);
      const tlsLines = [
        '(not logged in): SSL connection established',
        'user: SSL connection for data connection established',
      ];
      assert.equal(lines[0], '(not logged in): Connected, sending welcome message...');
      assert.deepEqual(
        lines.filter((line) => tlsLines.includes(line)),
        tlsLines,
      );
      assert.equal(lines[lines.indexOf('(not logged in): AUTH SSL') + 2], tlsLines[0]);
      const said = lines.slice(1, -1).filter((line) => !tlsLines.includes(line));
      assert.deepEqual(said, [...expectedLog(dialogue), 'user: QUIT', 'user: 221 Goodbye']);
      assert.equal(lines.at(-1), 'user: disconnected.');
    }

    test('downloads the file of the notes, and both logs read like theirs', async () => {
      await using root = await createTempFolder();
      await copyFile(source, root.join(fileName));
      await using server = await serve(root);
      const trace = await curl('-o', folder.join('down.bin'), `ftp://127.0.0.1:${server.port}/${fileName}`);
      assert.deepEqual(dialogueOf(trace).slice(0, download.length), download);
      assert.match(trace, /SSL re-using session ID|SSL reusing session/i);
      assert.equal(await sumOf(folder.join('down.bin')), await sumOf(source));
      await server.waitForLine(/> disconnected\.$/m);
      checkLog(server.output.stdout, download);
    });

    test('uploads it again, whole and durable before 226', async () => {
      await using root = await createTempFolder();
      await using server = await serve(root);
      const trace = await curl('-T', source, `ftp://127.0.0.1:${server.port}/`);
      assert.deepEqual(dialogueOf(trace).slice(0, upload.length), upload);
      assert.match(trace, /SSL re-using session ID|SSL reusing session/i);
      assert.equal(await sumOf(root.join(fileName)), await sumOf(source));
      assert.ok(!(await readdir(root.path)).some((name) => name.includes('part')), 'nothing is left beside it');
      await server.waitForLine(/> disconnected\.$/m);
      checkLog(server.output.stdout, upload);
    });
  });
}
