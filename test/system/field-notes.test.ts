/** Both experiments of the field note with real curl: the control line is killed in the middle of a file. */

import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { copyFile, readdir, stat, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  createTempFolder,
  hashOfFile,
  runCommand,
  type RunningProcess,
  ScriptedClient,
  seededBytes,
  startProcess,
  type TempFolder,
} from '../../src/testing/index.ts';
import { startServe, type ServeProcess } from '../fixtures/serve-process.ts';
import { TcpForwarder } from '../fixtures/tcp-forwarder.ts';

/** Name and size of the file of the notes. */
const fileName = 'c2900-universalk9-mz.SPA.152-1.T.bin';
const fileBytes = 77_200_652;
/** Where the note's transfers stood when the control line was killed. */
const cutAfterBytes = 600 * 1024;

const welcome = [
  'FileZilla Server version 0.9.41 beta',
  'written by Tim Kosse (Tim.Kosse@gmx.de)',
  'Please visit http://sourceforge.net/projects/filezilla/',
];

/** The server's log in the note, without times and addresses; PORT stands for the data port. */
const logOfNote = [
  '(not logged in)> Connected, sending welcome message...',
  `(not logged in)> 220-${welcome[0]}`,
  `(not logged in)> 220-${welcome[1]}`,
  `(not logged in)> 220 ${welcome[2]}`,
  '(not logged in)> AUTH SSL',
  '(not logged in)> 234 Using authentication type SSL',
  '(not logged in)> SSL connection established',
  '(not logged in)> USER user',
  '(not logged in)> 331 Password required for user',
  '(not logged in)> PASS ********',
  'user> 230 Logged on',
  'user> PBSZ 0',
  'user> 200 PBSZ=0',
  'user> PROT P',
  'user> 200 Protection level set to P',
  'user> PWD',
  'user> 257 "/" is current directory.',
  'user> EPSV',
  'user> 229 Entering Extended Passive Mode (|||PORT|)',
  'user> TYPE I',
  'user> 200 Type set to I',
  `user> SIZE ${fileName}`,
  `user> 213 ${fileBytes}`,
  `user> RETR ${fileName}`,
  'user> 150 Connection accepted',
  'user> SSL connection for data connection established',
  'user> 426 Connection closed; transfer aborted.',
];
const dataTlsLine = 'user> SSL connection for data connection established';

/** The log of the upload: the second test of the note differs in its last commands. */
const logOfUpload = [
  ...logOfNote.slice(0, logOfNote.indexOf(`user> SIZE ${fileName}`)),
  `user> STOR ${fileName}`,
  'user> 150 Connection accepted',
  dataTlsLine,
  'user> 426 Connection closed; transfer aborted.',
];

/** The lines of one session, in the form of `logOfNote`. */
function sessionLog(log: string, session: number): string[] {
  const prefix = new RegExp(
    `^\\(${String(session).padStart(6, '0')}\\)[\\d/]+ [\\d:]+ [AP]M - (.*?) \\(127\\.0\\.0\\.1\\)> (.*)$`,
  );
  return log.split('\n').flatMap((line) => {
    const [, who, text] = prefix.exec(line) ?? [];
    return text === undefined ? [] : [`${who}> ${text.replace(/\|\|\|\d+\|/, '|||PORT|')}`];
  });
}

async function serve(root: TempFolder): Promise<ServeProcess> {
  const args = ['--root', root.path, '--user', 'user:pass', ...welcome.flatMap((line) => ['--welcome', line])];
  return startServe({ cwd: root.path, args, logFormat: 'filezilla' });
}

const asInTheNote = ['-v', '-k', '--ftp-ssl', '-u', 'user:pass'];

/** Size of the first file in a folder whose name begins so, 0 while there is none. */
async function sizeOf(folder: TempFolder, beginning: string): Promise<number> {
  const name = (await readdir(folder.path)).find((entry) => entry.startsWith(beginning));
  if (name === undefined) return 0;
  return stat(folder.join(name)).then(
    ({ size }) => size,
    () => 0,
  );
}

/** Waits until curl has moved as much as in the note, kills its control connection and waits for what it says. */
async function cutInTheMiddle(curl: RunningProcess, forwarder: TcpForwarder, moved: () => Promise<number>) {
  while ((await moved()) < cutAfterBytes) {
    await Promise.race([sleep(10), curl.exited.then(() => assert.fail(`curl ended early:\n${curl.output.stderr}`))]);
  }
  forwarder.cut();
  const { exitCode } = await curl.exited;
  return { exitCode, trace: curl.output.stderr };
}

/** What curl must have seen: an error on the data line and no close_notify from the server on any line. */
function checkTrace(trace: string): void {
  assert.doesNotMatch(trace, /\(IN\), TLS alert/, 'an alert of the server came');
  assert.match(trace, /Connection reset by peer|errno 104/);
  assert.doesNotMatch(trace, /^< (226|426)/m);
}

const versions = [
  ['TLS 1.2', ['--tls-max', '1.2']],
  ['TLS 1.3', ['--tlsv1.3']],
] as const;

for (const [tls, tlsOptions] of versions) {
  describe(`the field note with curl over ${tls}`, () => {
    let folder: TempFolder;
    before(async () => {
      folder = await createTempFolder();
      await writeFile(folder.join(fileName), seededBytes(fileBytes, 152));
    });
    after(() => folder.remove());

    test('test 1: a download whose control connection is killed ends by reset, and resumes', async () => {
      await using root = await createTempFolder();
      await copyFile(folder.join(fileName), root.join(fileName));
      await using server = await serve(root);
      await using forwarder = await TcpForwarder.to(server.port);
      await using target = await createTempFolder();
      const url = `ftp://127.0.0.1:${forwarder.port}/${fileName}`;
      const download = [...asInTheNote, ...tlsOptions, '-o', target.join('file.txt')];
      await using curl = await startProcess('curl', [...download, '--limit-rate', '400K', url]);
      const { exitCode, trace } = await cutInTheMiddle(curl, forwarder, () => sizeOf(target, 'file.txt'));
      assert.equal(exitCode, 56, trace);
      checkTrace(trace);
      await server.waitForLine(/> disconnected\.$/m);
      checkLog(sessionLog(server.output.stdout, 1), logOfNote);
      const resumed = await runCommand('curl', [...download, '-C', '-', url]);
      assert.equal(resumed.exitCode, 0, resumed.stderr);
      assert.match(resumed.stderr, /^> REST \d+/m);
      assert.equal(await hashOfFile(target.join('file.txt')), await hashOfFile(folder.join(fileName)));
    });

    test('test 2: an upload whose control connection is killed ends by reset, stays out of sight, and resumes', async () => {
      await using root = await createTempFolder();
      await using server = await serve(root);
      await using forwarder = await TcpForwarder.to(server.port);
      const url = `ftp://127.0.0.1:${forwarder.port}/`;
      const upload = [...asInTheNote, ...tlsOptions, '-T', folder.join(fileName)];
      await using curl = await startProcess('curl', [...upload, '--limit-rate', '400K', url]);
      const { exitCode, trace } = await cutInTheMiddle(curl, forwarder, () => sizeOf(root, '.twinline-up-'));
      assert.equal(exitCode, 55, trace);
      checkTrace(trace);
      await server.waitForLine(/> disconnected\.$/m);
      checkLog(sessionLog(server.output.stdout, 1), logOfUpload);
      const left = await readdir(root.path);
      assert.deepEqual(
        left.filter((name) => !name.startsWith('.twinline-part-') && name !== 'twinline-data'),
        [],
      );
      const bytesLeft = await sizeOf(root, '.twinline-part-');
      assert.ok(bytesLeft >= cutAfterBytes, `${bytesLeft} bytes are left to be resumed`);
      const resumed = await runCommand('curl', [...upload, '-C', '-', url]);
      assert.equal(resumed.exitCode, 0, resumed.stderr);
      assert.match(resumed.stderr, new RegExp(`^< 213 ${bytesLeft}\\r?$`, 'm'));
      assert.equal(await hashOfFile(root.join(fileName)), await hashOfFile(folder.join(fileName)));
      assert.deepEqual((await readdir(root.path)).toSorted(), [fileName, 'twinline-data']);
    });
  });
}

/** curl of today begins TLS on the data line before RETR, curl of the note behind 150: only that line may stand elsewhere. */
function checkLog(lines: readonly string[], note: readonly string[]): void {
  assert.deepEqual(
    lines.filter((line) => line !== dataTlsLine),
    [...note.filter((line) => line !== dataTlsLine), 'user> disconnected.'],
  );
  const [opened, secured, last] = ['229', 'SSL connection for data', '426'].map((text) =>
    lines.findIndex((line) => line.includes(`> ${text}`)),
  );
  assert.ok((opened ?? 0) < (secured ?? 0) && (secured ?? 0) < (last ?? 0), lines.join('\n'));
}

test('the log of a client that behaves as the curl of the note is the log of the note, line by line', async () => {
  await using root = await createTempFolder();
  await writeFile(root.join(fileName), seededBytes(fileBytes, 152));
  await using server = await serve(root);
  await using forwarder = await TcpForwarder.to(server.port);
  await using client = await ScriptedClient.connect({ port: forwarder.port });
  await client.readReply();
  await client.expect(234, 'AUTH SSL');
  await client.startTls();
  await client.login('user', 'pass');
  await client.protect();
  await client.expect(257, 'PWD');
  const data = await client.openPassive();
  await client.expect(200, 'TYPE I');
  await client.expect(213, `SIZE ${fileName}`);
  await client.expect(150, `RETR ${fileName}`);
  const session = client.control.sessions.at(-1);
  await data.startTls(session === undefined ? {} : { session });
  await data.untilReceived(cutAfterBytes);
  data.discard();
  forwarder.cut();
  const ending = await data.ended;
  assert.equal(ending.how, 'reset');
  await server.waitForLine(/> disconnected\.$/m);
  assert.deepEqual(sessionLog(server.output.stdout, 1), [...logOfNote, 'user> disconnected.']);
});
