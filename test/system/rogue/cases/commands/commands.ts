/** Commands and their options against servers that work against them. */

import type { Script } from '../../../../../src/testing/index.ts';
import { hashOf } from '../../../../../src/testing/index.ts';
import { defineRogueCase, everyLine, plainOnly, type RogueCase } from '../../define-rogue-case.ts';
import { cut, get, ls, put, sending, taking } from '../../scripts.ts';
import { small } from '../../served-files.ts';

const hashFeat = '211-Features:\n SIZE\n REST STREAM\n HASH SHA-256*;SHA-1\n211 End';

function hashAnswers(reply: string): Record<string, Script> {
  return { FEAT: hashFeat, HASH: reply, OPTS: '200 SHA-256' };
}

const otherHash = hashOf('something else');

function verified(name: string, server: string, client: string, hash: string, expect: RogueCase['expect']): RogueCase {
  return defineRogueCase({
    id: `verify/${name}`,
    section: 5,
    server,
    client,
    modes: ['plain', 'tls1.3'],
    script: () => ({ commands: hashAnswers(hash) }),
    command: get('a.bin', ['--retry', '0', '--verify']),
    expect,
  });
}

export const commandCases = [
  verified(
    'other-hash',
    'says another HASH than that of the file that it sent',
    'does not give the file its name, although the sizes agree',
    `213 SHA-256 0-100000 ${otherHash} a.bin`,
    { exitCode: 75, files: {} },
  ),
  verified(
    'hash-in-words',
    'answers HASH with words',
    'does not take them for a digest',
    '213 It is a very good file',
    { exitCode: 65, files: { 'out.part': small } },
  ),
  verified(
    'hash-of-another-algorithm',
    'answers with the digest of another algorithm than was asked for',
    'does not take it for an answer',
    `213 CRC32 0-100000 deadbeef a.bin`,
    { exitCode: 65, files: { 'out.part': small } },
  ),
  verified('hash-refused', 'promises HASH and refuses it', 'does not call the file verified', '504 Not today', {
    exitCode: 66,
    files: { 'out.part': small },
  }),
  defineRogueCase({
    id: 'verify/no-hash-at-all',
    section: 5,
    server: 'has no digests of any kind',
    client: 'says so before it transfers anything',
    modes: plainOnly,
    script: () => ({ commands: { FEAT: '211-Features:\n SIZE\n211 End' } }),
    command: get('a.bin', ['--retry', '0', '--verify']),
    endsAsUsual: true,
    expect: { exitCode: 66, message: /offers no digest of files/, neverSent: /RETR/ },
  }),
  defineRogueCase({
    id: 'verify/upload-stored-otherwise',
    section: 5,
    server: 'stores other bytes than it was sent, as many, and says their HASH',
    client: 'says that the file there is another one',
    modes: plainOnly,
    script: () => ({
      commands: {
        ...hashAnswers(`213 SHA-256 0-100000 ${otherHash} b.bin`),
        STOR: taking(async ({ session, line, name }) => {
          const bytes = await line.readToEnd();
          session.uploads.set(name, Buffer.alloc(bytes.length));
          await session.endData(line);
          await session.reply('226 Done');
        }),
      },
    }),
    command: put(small, ['--retry', '0', '--verify']),
    expect: { exitCode: 75 },
  }),
  defineRogueCase({
    id: 'get/to-standard-output-and-cut',
    section: 5,
    server: 'cuts a download that goes to standard output',
    client: 'ends with an error, so that a pipe behind it can know',
    modes: everyLine,
    script: () => ({
      commands: {
        RETR: sending(async ({ session, line, bytes }) => {
          await line.write(bytes.subarray(0, 50_000));
          cut(line);
          await session.reply('226 Done');
        }),
      },
    }),
    command: { name: 'get', path: 'a.bin', options: ['-o', '-', '--retry', '3'] },
    expect: { exitCode: 75, stdout: small.subarray(0, 50_000), message: /not complete/ },
  }),
  defineRogueCase({
    id: 'get/keeps-what-had-the-name',
    section: 5,
    server: 'cuts a download whose name is taken by a file of before',
    client: 'leaves that file as it was',
    modes: everyLine,
    script: () => ({
      commands: {
        RETR: sending(async ({ session, line, bytes }) => {
          await line.write(bytes.subarray(0, 50_000));
          cut(line);
          await session.reply('226 Done');
        }),
      },
    }),
    command: { ...get(), local: { out: Buffer.from('of before') } },
    expect: { exitCode: 75, files: { 'out.part': small.subarray(0, 50_000) } },
  }),
  defineRogueCase({
    id: 'get/never-shows-the-password',
    section: 5,
    server: 'cuts a download of a command line with a password',
    client: 'shows it nowhere: not in the dialogue, not in the error, not in the command to go on with',
    modes: everyLine,
    script: () => ({
      commands: {
        RETR: sending(async ({ session, line, bytes }) => {
          await line.write(bytes.subarray(0, 50_000));
          cut(line);
          await session.reply('226 Done');
        }),
      },
    }),
    command: get('a.bin', ['--retry', '0', '-v']),
    expect: {
      exitCode: 75,
      message: /> PASS \*+\n/,
      neverSays: /open sesame/,
      files: { 'out.part': small.subarray(0, 50_000) },
    },
  }),
  defineRogueCase({
    id: 'get/max-time',
    section: 5,
    server: 'answers everything, each after 300 ms',
    client: 'ends when the time that --max-time allows is over',
    modes: ['plain', 'tls1.3'],
    script: () => ({
      commands: Object.fromEntries(
        ['USER', 'PASS', 'PWD', 'TYPE'].map((verb): [string, Script] => [
          verb,
          (session) =>
            session.reply(verb === 'USER' ? '331 Password' : verb === 'PWD' ? '257 "/"' : '230 Fine', { delayMs: 300 }),
        ]),
      ),
    }),
    command: get('a.bin', ['--max-time', '0.7']),
    expect: { exitCode: 124, message: /--max-time allows is over/, withinMs: 10_000 },
  }),
  defineRogueCase({
    id: 'get/folder',
    section: 5,
    server: 'refuses a download because the name is a folder',
    client: 'passes the reason on and leaves nothing behind',
    modes: ['plain', 'tls1.3'],
    script: () => ({ commands: { SIZE: '550 Not a plain file', RETR: '550 Not a plain file' } }),
    command: get(),
    expect: { exitCode: 66, message: /550 Not a plain file/ },
  }),
  defineRogueCase({
    id: 'ls/refused',
    section: 5,
    server: 'refuses every listing',
    client: 'passes the reason on and prints nothing',
    modes: everyLine,
    script: () => ({ commands: { MLSD: '550 Not for you', LIST: '550 Not for you', NLST: '550 Not for you' } }),
    command: ls('secret'),
    expect: { exitCode: 66, message: /550/, stdout: /^$/ },
  }),
  defineRogueCase({
    id: 'ls/json-and-cut',
    section: 5,
    server: 'cuts a listing that a program reads as JSON',
    client: 'prints whole lines and ends with an error',
    modes: everyLine,
    script: () => ({
      commands: {
        MLSD: async (session) => {
          await session.reply('150 Here it comes');
          const line = await session.acceptData();
          await line.write('type=file;size=1; one\r\ntype=file;size=2; t');
          line.reset();
          await session.reply('426 Broken off');
        },
      },
    }),
    command: ls('', ['--json']),
    expect: { exitCode: 75, stdout: /^(?![^]*"name":"t")(?:\{.*\}\n)*$/ },
  }),
];
