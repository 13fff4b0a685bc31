/** Names in listings that would lead out of the folder, repaint a terminal, or stand for something else. */

import { defineRogueCase, everyLine, plainOnly, type RogueCase } from '../../define-rogue-case.ts';
import { get, listing, ls, mirror } from '../../scripts.ts';

const noFeat = '502 Not here';
const content = Buffer.from('what the server sends for every name');

/** A mirror of one folder in which the odd name stands beside a plain one: only that one may arrive. */
function refusedName(name: string, says: string, entry: string): RogueCase {
  return defineRogueCase({
    id: `name/${name}`,
    section: 6,
    server: `lists a file named ${says} beside a plain one`,
    client: 'skips it by name, and writes nothing outside of the folder',
    modes: ['plain', 'tls1.3'],
    script: () => ({
      files: { '/plain.txt': content, 'plain.txt': content },
      commands: {
        MLSD: listing(
          Buffer.concat([
            Buffer.from(`type=file;size=${content.length};modify=20260101000000; `),
            Buffer.from(entry, 'latin1'),
            Buffer.from(`\r\ntype=file;size=${content.length};modify=20260101000000; plain.txt\r\n`),
          ]),
        ),
        RETR: async (session) => {
          await session.reply('150 Here it comes');
          const line = await session.acceptData();
          await line.write(content);
          await session.endData(line);
          await session.reply('226 Done');
        },
      },
    }),
    command: mirror(),
    expect: { exitCode: 75, files: { 'to/plain.txt': content } },
  });
}

const names = [
  refusedName('parent', '`../escaped.txt`', '../escaped.txt'),
  refusedName('absolute', '`/tmp/twinline-escaped.txt`', '/tmp/twinline-escaped.txt'),
  refusedName('folder-and-file', '`sub/file.txt`', 'sub/file.txt'),
  refusedName('far-up', '`../../../../../../etc/escaped`', '../../../../../../etc/escaped'),
  refusedName('nul', 'with a NUL inside', 'a\0b.txt'),
  refusedName('too-long', 'of 300 bytes', 'n'.repeat(300)),
  refusedName('part-of-ours', 'like a part of ours', `.twinline-${'0'.repeat(32)}.part`),
];

/** Names that arrive under another one. */
function escapedName(name: string, says: string, entry: string, local: string): RogueCase {
  const { expect: _, ...record } = refusedName(name, says, entry);
  return defineRogueCase({
    ...record,
    client: 'writes it with escapes in its name',
    expect: { exitCode: 0, files: { 'to/plain.txt': content, [`to/${local}`]: content } },
  });
}

const escapes = [
  escapedName('escape-sequence', 'with an escape sequence inside', 'a\u001b[2Jb.txt', 'a%1B[2Jb.txt'),
  escapedName('backslashes', '`..\\..\\escaped.txt`', '..\\..\\escaped.txt', '..%5C..%5Cescaped.txt'),
  escapedName('delete-character', 'with DEL inside', 'a\u007fb', 'a%7Fb'),
];

const shown = [
  defineRogueCase({
    id: 'name/shown-by-mlsd',
    section: 6,
    server: 'lists names with escape sequences and line ends of a terminal (MLSD)',
    client: 'prints them with nothing that a terminal obeys',
    modes: everyLine,
    script: () => ({
      commands: {
        MLSD: listing(
          'type=file;size=1; \u001b]0;owned\u0007.txt\ntype=file;size=2; \u001b[2Jclear\b\b\b\ntype=file; \u009b31m\n',
        ),
      },
    }),
    command: ls(),
    // oxlint-disable-next-line no-control-regex
    expect: { exitCode: 0, stdout: /^(?=[^]*owned)[^\u0000-\u0009\u000b-\u001f\u007f-\u009f]+$/ },
  }),
  defineRogueCase({
    id: 'name/shown-by-list',
    section: 6,
    server: 'lists names with escape sequences (LIST)',
    client: 'prints them with nothing that a terminal obeys',
    modes: everyLine,
    script: () => ({
      commands: {
        FEAT: noFeat,
        LIST: listing(
          '-rw-r--r--   1 a  a    5 Jan 01  2026 \u001b[31mred\n\u001b[2J what is this\nlrwxrwxrwx 1 a a 5 Jan 01 2026 l -> \u001b[5m\n',
        ),
      },
    }),
    command: ls(),
    // oxlint-disable-next-line no-control-regex
    expect: { exitCode: 0, stdout: /^(?=[^]*31mred)[^\u0000-\u0009\u000b-\u001f\u007f-\u009f]+$/ },
  }),
  defineRogueCase({
    id: 'name/case-twins',
    section: 6,
    server: 'lists `A.txt` and `a.txt`',
    client: 'loses neither on a file system that tells them apart',
    modes: plainOnly,
    script: () => ({
      commands: {
        MLSD: listing('type=file;size=3;modify=20260101000000; A.txt\ntype=file;size=3;modify=20260101000000; a.txt\n'),
        RETR: async (session, path) => {
          await session.reply('150 Here it comes');
          const line = await session.acceptData();
          await line.write(path.includes('A') ? 'big' : 'low');
          await session.endData(line);
          await session.reply('226 Done');
        },
      },
    }),
    command: mirror(),
    expect: { exitCode: 0, files: { 'to/A.txt': Buffer.from('big'), 'to/a.txt': Buffer.from('low') } },
  }),
  defineRogueCase({
    id: 'name/twice',
    section: 6,
    server: 'lists the same name twice, with two sizes',
    client: 'does not write one over the other and call both good',
    modes: plainOnly,
    script: () => ({
      commands: {
        MLSD: listing('type=file;size=3;modify=20260101000000; a.txt\ntype=file;size=4;modify=20260101000000; a.txt\n'),
        RETR: listing('low'),
      },
    }),
    command: mirror(),
    expect: { exitCode: 75, message: /"a\.txt" is left out/, files: { 'to/a.txt': Buffer.from('low') } },
  }),
  defineRogueCase({
    id: 'name/link-out-of-the-tree',
    section: 6,
    server: 'lists a link to `/etc` beside a plain file',
    client: 'does not follow it',
    modes: plainOnly,
    script: () => ({
      commands: {
        MLSD: listing(
          'type=OS.unix=slink:/etc;size=4; link\ntype=OS.unix=symlink; other\ntype=file;size=3;modify=20260101000000; a.txt\n',
        ),
        RETR: listing('low'),
      },
    }),
    command: mirror(),
    expect: { exitCode: 0, files: { 'to/a.txt': Buffer.from('low') }, neverSent: /etc|link|other/ },
  }),
  defineRogueCase({
    id: 'name/folder-in-itself',
    section: 6,
    server: 'lists a folder inside of itself, for ever',
    client: 'goes 100 levels down, says that more was left out, and why that may be',
    modes: plainOnly,
    script: () => ({ commands: { MLSD: listing('type=dir;modify=20260101000000; deeper\n') } }),
    command: mirror('', ['--retry', '0']),
    expect: {
      exitCode: 65,
      message: /more than 100 levels deep and was left out; a link to a folder above/,
      files: {},
    },
  }),
  defineRogueCase({
    id: 'name/line-end-in-a-url',
    section: 6,
    server: 'is asked for a name with an encoded line end in it, as from a link on a web page',
    client: 'refuses it before anything is sent',
    modes: plainOnly,
    script: () => ({}),
    command: get('a%0D%0ADELE%20b'),
    endsAsUsual: true,
    expect: { exitCode: 64, message: /control character/, sessions: 0 },
  }),
  defineRogueCase({
    id: 'name/directory-with-a-line-end',
    section: 6,
    server: 'names a working directory with a lone CR and a command behind it',
    client: 'never sends it back',
    modes: everyLine,
    script: () => ({
      commands: { PWD: Buffer.from('257 "/a\rDELE b" is the current directory\r\n'), MLSD: listing('') },
    }),
    command: ls(),
    endsAsUsual: true,
    expect: { exitCode: 0, neverSent: /DELE/ },
  }),
];

export const hostileNames = [...names, ...escapes, ...shown];
