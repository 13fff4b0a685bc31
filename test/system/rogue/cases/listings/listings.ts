/** Listings that are odd, wrong, cut or huge. */

import {
  defineRogueCase,
  everyLine,
  everyTls,
  explicitTls,
  plainOnly,
  type RogueCase,
} from '../../define-rogue-case.ts';
import { cut, listing, ls } from '../../scripts.ts';

function shows(name: string, server: string, client: string, content: string | Uint8Array, stdout: RegExp): RogueCase {
  return defineRogueCase({
    id: `listing/${name}`,
    section: 7,
    server,
    client,
    modes: ['plain', 'tls1.3'],
    script: () => ({ commands: { MLSD: listing(content) } }),
    command: ls(),
    expect: { exitCode: 0, stdout },
  });
}

function showsList(
  name: string,
  server: string,
  client: string,
  content: string | Uint8Array,
  stdout: RegExp,
): RogueCase {
  return defineRogueCase({
    ...shows(name, server, client, content, stdout),
    script: () => ({ commands: { FEAT: '502 Not here', LIST: listing(content) } }),
  });
}

const facts = [
  shows('no-facts', 'lists a name without any facts', 'shows the name', ' bare\n', /\bbare\n$/),
  shows(
    'facts-without-a-name',
    'lists facts without a name',
    'shows the line as it came and guesses nothing',
    'type=file;size=3;\ntype=file;size=1; good\n',
    /good\n$/,
  ),
  shows(
    'negative-size',
    'lists sizes that are no sizes',
    'shows the names without a size',
    'type=file;size=-1; a\ntype=file;size=1e9; b\ntype=file;size=99999999999999999999; c\n',
    /^\S+ {2,}\s*a\n\S+ {2,}\s*b\n\S+ {2,}\s*c\n$/,
  ),
  shows(
    'time-that-is-none',
    'lists times that are none',
    'shows the names without a time',
    'type=file;modify=20261345999999; a\ntype=file;modify=soon; b\n',
    /^(?:(?!20\d\d-).)*a\n(?:(?!20\d\d-).)*b\n$/,
  ),
  shows(
    'names-with-blanks-and-semicolons',
    'lists names that begin with blanks and hold semicolons',
    'keeps every byte of them',
    'type=file;size=1;  two blanks\ntype=file;size=1; a; b=c; d\n',
    / {3}two blanks\n.*a; b=c; d\n$/s,
  ),
  shows(
    'the-folder-itself',
    'lists the folder itself, its parent, and `.` and `..` as entries',
    'shows none of them',
    'type=cdir; /\ntype=pdir; /..\ntype=dir; .\ntype=dir; ..\ntype=file;size=1; a\n',
    /^[^\n]*a\n$/,
  ),
  shows(
    'unknown-types',
    'lists types that nobody knows',
    'shows them as neither file nor folder',
    'type=OS.plan9=pipe; p\ntype=; q\ntype=FILE;SIZE=7; r\n',
    /p\n.*q\n.*7.*r\n$/s,
  ),
  shows(
    'without-last-line-end',
    'ends a listing without a line end',
    'shows the last entry too',
    'type=file;size=1; last',
    /last\n$/,
  ),
  shows(
    'names-of-any-bytes',
    'lists a name that is no UTF-8',
    'shows it with its bytes escaped',
    Buffer.from([...Buffer.from('type=file;size=1; a'), 0xff, 0xfe, 13, 10]),
    /a\\xFF\\xFE\n$/,
  ),
];

const lists = [
  showsList(
    'not-understood',
    'lists lines of no known kind',
    'shows them as they came',
    'what is this\n\n+++\n42\n',
    /what is this\n.*42\n$/s,
  ),
  showsList('total-alone', 'lists "total 0" alone', 'shows an empty folder', 'total 0\n', /^$/),
  showsList(
    'unix-without-a-date',
    'lists Unix lines with months that are none',
    'guesses no time',
    '-rw-r--r-- 1 u g 5 Foo 99 26:61 odd\n',
    /odd/,
  ),
  showsList(
    'html',
    'sends a web page in place of a listing',
    'shows it as it came',
    '<html><body>\n<a href="a">a</a>\n</body></html>\n',
    /<a href="a">a<\/a>/,
  ),
];

const endings = [
  defineRogueCase({
    id: 'listing/cut-without-close-notify',
    section: 7,
    server: 'ends a listing by FIN without close_notify and says 226',
    client: 'does not show it as whole',
    modes: everyTls,
    script: () => ({
      commands: {
        MLSD: async (session) => {
          await session.reply('150 Here it comes');
          const line = await session.acceptData();
          await line.write('type=file;size=1; one\r\n');
          cut(line);
          await session.reply('226 Done');
        },
      },
    }),
    command: ls(),
    expect: { exitCode: 75, message: /without close_notify/, stdout: /one\n/ },
  }),
  defineRogueCase({
    id: 'listing/226-never',
    section: 7,
    server: 'ends a listing in order and never says 226',
    client: 'ends with its timer and does not call it whole',
    modes: everyLine,
    script: () => ({
      commands: {
        MLSD: async (session) => {
          await session.reply('150 Here it comes');
          const line = await session.acceptData();
          await line.write('type=file;size=1; one\r\n');
          await session.endData(line);
        },
      },
    }),
    command: ls(),
    expect: { exitCode: 124, message: /did not say within 1 s how the transfer ended/, stdout: /one\n/ },
  }),
  defineRogueCase({
    id: 'listing/451-behind-it',
    section: 7,
    server: 'ends a listing in order and says 451',
    client: 'passes the reason on: the listing is not whole',
    modes: everyLine,
    script: () => ({
      commands: {
        MLSD: async (session) => {
          await session.reply('150 Here it comes');
          const line = await session.acceptData();
          await line.write('type=file;size=1; one\r\n');
          await session.endData(line);
          await session.reply('451 The folder could not be read to its end');
        },
      },
    }),
    command: ls(),
    expect: { exitCode: 66, message: /451 The folder/, stdout: /one\n/ },
  }),
  defineRogueCase({
    id: 'listing/promised-mlsd',
    section: 7,
    server: 'promises MLSD and answers it with 500',
    client: 'lists with LIST',
    modes: explicitTls,
    script: () => ({ commands: { MLSD: '500 What?', LIST: listing('-rw-r--r-- 1 u g 5 Jan 01 2026 old\n') } }),
    command: ls(),
    expect: { exitCode: 0, stdout: /old\n$/, sent: /MLSD.*LIST/s },
  }),
  defineRogueCase({
    id: 'listing/two-hundred-thousand-entries',
    section: 7,
    server: 'lists 200,000 entries',
    client: 'prints them all in flat memory',
    modes: ['plain', 'tls1.3'],
    script: () => ({
      commands: {
        MLSD: async (session) => {
          await session.reply('150 Here it comes');
          const line = await session.acceptData();
          for (let at = 0; at < 200_000; at += 1000) {
            const names = Array.from({ length: 1000 }, (_, index) => `entry-${at + index}`);
            await line.write(
              names.map((each) => `type=file;size=7;modify=20260101000000;UNIX.mode=0644; ${each}\r\n`).join(''),
            );
          }
          await session.endData(line);
          await session.reply('226 Done');
        },
      },
    }),
    command: ls(),
    expect: { exitCode: 0, stdout: /entry-0\n[^]*entry-199999\n$/, maxRssMiB: 180 },
  }),
  defineRogueCase({
    id: 'listing/features-of-rubbish',
    section: 7,
    server: 'answers FEAT with bytes of every kind',
    client: 'knows no features and lists with LIST',
    modes: plainOnly,
    script: () => ({
      commands: {
        FEAT: Buffer.concat([
          Buffer.from('211-\u0001\u0002 MLSD?\r\n'),
          Buffer.from([0x20, 0xc3, 0x28, 0xf0, 0x9f, 0x80, 0x0d, 0x0a]),
          Buffer.from(` ${'A'.repeat(4000)}\r\n211 End\r\n`),
        ]),
        LIST: listing('-rw-r--r-- 1 u g 5 Jan 01 2026 old\n'),
      },
    }),
    command: ls(),
    expect: { exitCode: 0, stdout: /old\n$/ },
  }),
];

export const listingCases = [...facts, ...lists, ...endings];
