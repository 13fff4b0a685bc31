/** The dialogues of the field notes with real curl: AUTH SSL, EPSV over IPv4, the file of 77,200,652 bytes down and up. */

import { before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTempFolder, hashOf, hashOfFile, runCommand, seededBytes } from '../../src/testing/index.ts';
import { Secret } from '../../src/users/index.ts';
import { missingProgram } from '../fixtures/installed-program.ts';
import { startServer, type TestServer } from '../fixtures/start-server.ts';

const name = 'c2900-universalk9-mz.SPA.152-1.T.bin';
const size = 77_200_652;
const welcome = [
  'FileZilla Server version 0.9.41 beta',
  'written by Tim Kosse (Tim.Kosse@gmx.de)',
  'Please visit http://sourceforge.net/projects/filezilla/',
];

const greeting = [`< 220-${welcome[0]}`, `< 220-${welcome[1]}`, `< 220 ${welcome[2]}`];
const authentication = ['> AUTH SSL', '< 234 Using authentication type SSL'];
const login = [
  '> USER rado',
  '< 331 Password required for rado',
  '> PASS pass',
  '< 230 Logged on',
  '> PBSZ 0',
  '< 200 PBSZ=0',
  '> PROT P',
  '< 200 Protection level set to P',
  '> PWD',
  '< 257 "/" is current directory.',
];
const opening = ['> EPSV', '< 229 Entering Extended Passive Mode (|||PORT|)', '> TYPE I', '< 200 Type set to I'];
const download = [
  `> SIZE ${name}`,
  `< 213 ${size}`,
  `> RETR ${name}`,
  '< 150 Connection accepted',
  '< 226 Transfer OK',
];
const upload = [`> STOR ${name}`, '< 150 Connection accepted', '< 226 Transfer OK'];

/** The commands and replies that `curl -v` printed, with the one number that differs from run to run taken out. */
function dialogueOf(stderr: string): string[] {
  return stderr
    .split(/\r?\n/)
    .filter((line) => /^[<>] /.test(line))
    .map((line) => line.replace(/\(\|\|\|\d+\|\)/, '(|||PORT|)').trimEnd())
    .filter((line) => !/^(> QUIT|< 221)/.test(line));
}

function url(server: TestServer, implicit: boolean): string {
  return implicit ? `ftps://127.0.0.1:${server.implicitPort}/${name}` : `ftp://127.0.0.1:${server.port}/${name}`;
}

async function curl(args: readonly string[]): Promise<{ dialogue: string[]; stderr: string }> {
  // Without -s the progress meter writes between the lines, and into them.
  const result = await runCommand('curl', ['-v', '-sS', '-u', 'rado:pass', '-k', '--ftp-ssl', ...args]);
  assert.equal(result.exitCode, 0, result.stderr);
  return { dialogue: dialogueOf(result.stderr), stderr: result.stderr };
}

/** What the server saw of TLS: one handshake on the control line, one on the data line that resumed it. */
function assertTls(server: TestServer, version: string): void {
  const control = server.eventsOf('control-tls').map((event) => event.tls);
  const data = server.eventsOf('data-tls').map((event) => event.tls);
  assert.deepEqual(
    [...control, ...data].map(({ protocol, resumed }) => [protocol, resumed]),
    [
      [`TLSv${version}`, false],
      [`TLSv${version}`, true],
    ],
  );
}

function assertTransfer(server: TestServer, verb: string): void {
  const [event] = server.eventsOf('transfer');
  const { cause, verdict, bytes, path } = event?.transfer ?? {};
  assert.deepEqual(
    { cause, verdict, bytes, path },
    { cause: 'completed', verdict: 'complete', bytes: size, path: `/${name}` },
  );
  assert.equal(event?.transfer.verb, verb);
  const record = server.events.findIndex((each) => each.type === 'transfer');
  const reply = server.events.findIndex((each) => each.type === 'reply' && each.code === 226);
  assert.ok(record < reply, 'the record is written before the reply');
}

describe('the dialogue of the field note with curl', { skip: missingProgram('curl') }, () => {
  let bytes: Buffer;
  let hash: string;
  const users = [{ name: 'rado', password: new Secret('pass') }];
  const start = (): Promise<TestServer> => startServer({ files: 'disk', welcome, users });

  before(() => {
    bytes = seededBytes(size, 2012);
    hash = hashOf(bytes);
  });

  for (const version of ['1.2', '1.3'] as const) {
    for (const implicit of [false, true]) {
      const way = `${implicit ? 'implicit' : 'explicit'} TLS ${version}`;
      const start220 = [...greeting, ...(implicit ? [] : authentication), ...login, ...opening];
      const limits = ['--tls-max', version];

      test(`downloads the file of the note over ${way}`, async () => {
        await using server = await start();
        await using folder = await createTempFolder();
        await writeFile(join(server.root, name), bytes);
        const target = folder.join('file.txt');
        const { dialogue, stderr } = await curl([...limits, '-o', target, url(server, implicit)]);
        assert.deepEqual(dialogue, [...start220, ...download]);
        assert.match(stderr, /Connect data stream passively/);
        assert.match(stderr, /Getting file with size: 77200652/);
        assert.equal(await hashOfFile(target), hash);
        assertTls(server, version);
        assertTransfer(server, 'RETR');
      });

      test(`uploads the file of the note over ${way}`, async () => {
        await using server = await start();
        await using folder = await createTempFolder();
        await writeFile(folder.join('file.txt'), bytes);
        const { dialogue } = await curl([...limits, '-T', folder.join('file.txt'), url(server, implicit)]);
        assert.deepEqual(dialogue, [...start220, ...upload]);
        assert.equal(await hashOfFile(join(server.root, name)), hash);
        assertTls(server, version);
        assertTransfer(server, 'STOR');
      });
    }
  }
});
