/** Replies in every shape: cut, joined, of many lines, endless, and no replies at all. */

import type { Script, ScriptedSession } from '../../../../../src/testing/index.ts';
import { defineRogueCase, everyLine, plainOnly, type RogueCase } from '../../define-rogue-case.ts';
import { get, ls, put, sending } from '../../scripts.ts';
import { small } from '../../served-files.ts';

const whole = { exitCode: 0, message: /, complete$/m, files: { out: small } } as const;

/** One odd shape that changes nothing. */
function tolerated(
  name: string,
  server: string,
  script: RogueCase['script'],
  rest: Partial<RogueCase> = {},
): RogueCase {
  return defineRogueCase({
    id: `reply/${name}`,
    section: 2,
    server,
    client: 'understands it and has the whole file',
    modes: everyLine,
    script,
    command: get(),
    endsAsUsual: true,
    expect: whole,
    ...rest,
  });
}

/** One that cannot be taken, with an error that says so. */
function refused(
  name: string,
  server: string,
  client: string,
  script: RogueCase['script'],
  expect: RogueCase['expect'],
  rest: Partial<RogueCase> = {},
): RogueCase {
  return defineRogueCase({
    id: `reply/${name}`,
    section: 2,
    server,
    client,
    modes: ['plain', 'tls1.3'],
    script,
    command: get(),
    expect,
    ...rest,
  });
}

function feat(text: string): Script {
  return text;
}

const trickyFeat = [
  '211-Features:',
  ' 211 not the end',
  '211-not the end either',
  '2111 nor this',
  ' SIZE',
  '',
  '550 nor this',
  '211 End',
].join('\n');

const shapes = [
  tolerated('byte-by-byte', 'sends every reply byte by byte, in segments of their own', () => ({ cutsReplies: true })),
  tolerated(
    'byte-by-byte-upload',
    'sends every reply byte by byte, in segments of their own',
    () => ({ cutsReplies: true }),
    {
      command: put(small),
      expect: { exitCode: 0, uploads: { 'b.bin': small } },
    },
  ),
  tolerated('150-and-226-in-one-segment', 'sends 150 and 226 in one segment, before the data', () => ({
    commands: {
      RETR: async (session, name) => {
        await session.reply('150 Here it comes\n226 Done');
        const line = await session.acceptData();
        await line.write(session.files[name] ?? '');
        await session.endData(line);
      },
    },
  })),
  tolerated('a-thousand-preliminary', 'sends a thousand 1xx replies before the data', () => ({
    commands: {
      RETR: async (session, name) => {
        const line = session.acceptData();
        await session.send(
          '150 Here it comes\r\n125 Already\r\n199 And more\r\n150-And\r\n many\r\n150 lines\r\n'.repeat(250),
        );
        await (await line).write(session.files[name] ?? '');
        await session.endData(await line);
        await session.reply('226 Done');
      },
    },
  })),
  tolerated('preliminary-to-the-login', 'answers USER and PASS with 1xx replies first', () => ({
    commands: { USER: '120 Soon\n120 Sooner\n331 Password', PASS: '150 Looking\n230 In' },
  })),
  tolerated('unknown-final', 'ends the transfer with 299', () => ({
    commands: {
      RETR: sending(async ({ session, line, bytes }) => {
        await line.write(bytes);
        await session.endData(line);
        await session.reply('299 Never heard of');
      }),
    },
  })),
  tolerated('unknown-preliminary', 'begins the transfer with 187', () => ({
    commands: {
      RETR: async (session, name) => {
        await session.reply('187 Never heard of');
        const line = await session.acceptData();
        await line.write(session.files[name] ?? '');
        await session.endData(line);
        await session.reply('250 Done');
      },
    },
  })),
  tolerated('no-preliminary', 'begins the transfer without any 1xx', () => ({
    commands: {
      RETR: async (session, name) => {
        const line = await session.acceptData();
        await line.write(session.files[name] ?? '');
        if (line.tls === undefined) line.fin();
        else line.closeNotifyThenFin();
        await session.reply('226 Done');
      },
    },
  })),
  tolerated('line-feeds-alone', 'ends its lines by LF alone', () => ({
    greeting: Buffer.from('220-Hello\n220 Go on\n'),
    commands: { USER: Buffer.from('331 Password\n') },
  })),
  tolerated('greeting-of-many-lines', 'greets with a thousand lines that look like replies', () => ({
    greeting: `220-Hello\n${'230 not yet\n 220 nor this\n'.repeat(500)}220 Now`,
  })),
  tolerated('codes-without-text', 'sends codes without a text', () => ({
    greeting: Buffer.from('220\r\n'),
    commands: { USER: Buffer.from('331 \r\n'), TYPE: Buffer.from('200\r\n') },
  })),
  tolerated('telnet-in-replies', 'sends Telnet commands inside of its replies', () => ({
    greeting: Buffer.from([0xff, 0xfd, 0x18, ...Buffer.from('220 Hel'), 0xff, 0xf1, ...Buffer.from('lo\r\n')]),
  })),
  tolerated('one-too-many', 'answers EPSV with a 257 that nobody asked for, and then with its 229', () => ({
    commands: {
      EPSV: async (session) => {
        await session.reply(`257 "/"\n229 Entering Extended Passive Mode (|||${await session.openData()}|)`);
      },
    },
  })),
  tolerated('greeting-with-120', 'says 120 before it greets', () => ({ greeting: '120 In a moment\n220 Now' })),
  tolerated('no-password-wanted', 'answers USER with 230', () => ({ commands: { USER: '230 In already' } })),
  tolerated('pass-answered-202', 'answers PASS with 202', () => ({ commands: { PASS: '202 Superfluous' } })),
  tolerated('pwd-refused', 'refuses PWD', () => ({ commands: { PWD: '502 Not here' } })),
  tolerated(
    'tricky-features',
    'sends a FEAT whose inner lines look like its end',
    () => ({ commands: { FEAT: feat(trickyFeat) } }),
    {
      command: ls(),
      expect: { exitCode: 0 },
      client: 'finds the end of it',
      endsAsUsual: true,
      script: () => ({
        commands: {
          FEAT: trickyFeat,
          LIST: async (session) => {
            await session.reply('150 Here it comes');
            await session.endData(await session.acceptData());
            await session.reply('226 Done');
          },
        },
      }),
    },
  ),
];

async function endlessly(session: ScriptedSession, chunk: string): Promise<void> {
  const bytes = Buffer.from(chunk);
  for (;;) {
    // The client may leave at any byte of it.
    await session.control.write(bytes).catch(() => undefined);
    await new Promise((resolve) => setImmediate(resolve));
    if (session.control.ending.how !== 'none') return;
  }
}

const tooLong = { exitCode: 65, message: /reply .*(?:long|more than|larger|bytes)/i, maxRssMiB: 150 } as const;

const endless = [
  refused(
    'endless-line',
    'sends a reply line that never ends',
    'gives up at its bound, in flat memory',
    () => ({
      commands: { PWD: async (session) => session.send('257-').then(() => endlessly(session, 'x'.repeat(4096))) },
    }),
    tooLong,
    { modes: everyLine },
  ),
  refused(
    'endless-lines',
    'sends a reply of many lines that never ends',
    'gives up at its bound, in flat memory',
    () => ({ commands: { PWD: (session) => endlessly(session, '257-more\r\n more\r\n'.repeat(100)) } }),
    tooLong,
    { modes: everyLine },
  ),
  refused(
    'endless-greeting',
    'greets without an end',
    'gives up at its bound, in flat memory',
    () => ({ greeting: (session) => endlessly(session, '220-more\r\n'.repeat(100)) }),
    tooLong,
    { modes: ['plain', 'implicit'] },
  ),
  refused(
    'endless-features',
    'answers FEAT without an end',
    'gives up at its bound, in flat memory',
    () => ({ commands: { FEAT: (session) => endlessly(session, `211-more\r\n${' FEATURE\r\n'.repeat(100)}`) } }),
    tooLong,
    { command: ls() },
  ),
  refused(
    'endless-preliminary',
    'answers PWD with 1xx replies for ever',
    'ends with its timer, in flat memory',
    () => ({ commands: { PWD: (session) => endlessly(session, '150 Soon\r\n'.repeat(100)) } }),
    { exitCode: 124, message: /did not answer PWD/, maxRssMiB: 200 },
  ),
  refused(
    'endless-preliminary-to-a-transfer',
    'answers RETR with 1xx replies for ever and sends nothing',
    'ends with its stall timer, in flat memory',
    () => ({
      commands: {
        RETR: async (session) => {
          await Promise.all([session.acceptData(), endlessly(session, '150 Soon\r\n'.repeat(100))]);
        },
      },
    }),
    { exitCode: 124, message: /Nothing moved|did not/, maxRssMiB: 200 },
  ),
  refused(
    'slow-drip',
    'sends a reply byte by byte, one in 300 ms',
    'ends with its timer: bytes are no reply',
    () => ({
      commands: {
        PWD: (session) =>
          session
            .send('257 "/" is the current directory, I think', {
              splitAt: Array.from({ length: 30 }, (_, i) => i + 1),
              gapMs: 300,
            })
            .catch(() => undefined),
      },
    }),
    { exitCode: 124, message: /did not answer PWD within 1 s/ },
  ),
];

const nonsense = [
  ...(
    [
      ['ssh', 'SSH-2.0-OpenSSH_9.2\r\n'],
      ['http', 'HTTP/1.1 400 Bad Request\r\n\r\n'],
      ['smtp', '354 Go ahead\r\n'],
      ['binary', Buffer.from([0, 1, 2, 3, 255, 254, 10, 13, 10])],
      ['empty-lines', '\r\n\r\n\r\n'],
      ['nul', '22\0 Hello\r\n'],
    ] as const
  ).map(([name, bytes]) =>
    refused(
      `greeting-${name}`,
      `greets with ${JSON.stringify(Buffer.from(bytes).toString('latin1')).replaceAll('\\u0000', '\\0')}`,
      'says that this is no FTP',
      () => ({ greeting: Buffer.from(bytes) }),
      { exitCode: 65, neverSent: /PASS/ },
      { modes: plainOnly },
    ),
  ),
  refused('greeting-421', 'greets with 421', 'passes the reason on', () => ({ greeting: '421 Too many users' }), {
    exitCode: 75,
    message: /421 Too many users/,
    neverSent: /USER/,
  }),
  refused('greeting-530', 'greets with 530', 'passes the reason on', () => ({ greeting: '530 Not from there' }), {
    exitCode: 69,
    message: /530 Not from there/,
    neverSent: /USER/,
  }),
  refused(
    'closed-without-greeting',
    'closes the line in place of a greeting',
    'says so',
    () => ({ greeting: ({ control }) => control.fin() }),
    { exitCode: 75, message: /closed the control connection/ },
    { modes: plainOnly },
  ),
  ...['600 Beyond', '000 Nothing', '099 Before', '2 00 Split', 'abc Words', '-200 Minus'].map((reply) =>
    refused(
      `code-${reply
        .slice(0, 3)
        .trim()
        .replaceAll(/[^a-z0-9]/g, 'x')}`,
      `answers PWD with "${reply}"`,
      'says that this is no reply',
      () => ({ commands: { PWD: reply } }),
      { exitCode: 65 },
      { modes: plainOnly },
    ),
  ),
  refused(
    'control-characters-in-a-refusal',
    'refuses the file with a text that would clear a terminal',
    'shows it with nothing that a terminal obeys',
    () => ({ commands: { RETR: Buffer.from('550 \u001b[2J\u001b]0;owned\u0007 no such \u0008file\r\n') } }),
    // oxlint-disable-next-line no-control-regex
    { exitCode: 66, message: /550 /, neverSays: /[\u0000-\u0009\u000b-\u001f\u007f]/ },
  ),
  refused(
    'login-refused-with-the-password-in-it',
    'refuses the login and repeats the password in its reply',
    'does not show it',
    () => ({ commands: { PASS: (session) => session.reply(`530 No, ${session.commands.at(-1)?.slice(5)} is wrong`) } }),
    { exitCode: 77, message: /530 No/, neverSays: /open sesame/ },
    { modes: ['plain', 'tls1.3'], command: get('a.bin', ['--retry', '0', '-v']) },
  ),
  refused(
    'account-wanted',
    'asks for an account behind the password',
    'says that the login is refused',
    () => ({ commands: { PASS: '332 Account, please' } }),
    { exitCode: 77, message: /332 Account, please/ },
  ),
  refused(
    'password-wanted-for-ever',
    'answers PASS with 331 again',
    'sends the password once and ends',
    () => ({ commands: { PASS: '331 Password, please' } }),
    { exitCode: 65, sent: /^(?:(?!PASS).)*PASS(?:(?!PASS).)*$/s },
  ),
  refused('login-refused', 'refuses the login', 'says so', () => ({ commands: { PASS: '530 No' } }), {
    exitCode: 77,
    message: /530 No/,
  }),
  refused(
    'transfer-answered-3xx',
    'answers RETR with 350',
    'says that this has no place there',
    () => ({ commands: { RETR: '350 Go on' } }),
    { exitCode: 65, message: /350 Go on/ },
  ),
];

export const replyShapes = [...shapes, ...endless, ...nonsense];
