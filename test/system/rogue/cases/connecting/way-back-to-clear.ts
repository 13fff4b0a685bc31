/** Servers that would have the login or the data travel in clear although TLS was asked for. */

import type { Script } from '../../../../../src/testing/index.ts';
import { anyTls, defineRogueCase, explicitTls, type RogueCase } from '../../define-rogue-case.ts';
import { get, put, sending } from '../../scripts.ts';
import { small } from '../../served-files.ts';

const nothingSecret = /^(?:USER|PASS|ACCT)/m;
const noTransfer = /^(?:RETR|STOR|APPE|EPSV|PASV)/m;

function refusedAuth(name: string, server: string, auth: Script, exitCode = 76, message = /./): RogueCase {
  return defineRogueCase({
    id: `auth/${name}`,
    section: 1,
    server,
    client: 'ends the session, and neither name nor password is sent',
    modes: explicitTls,
    script: () => ({ commands: { AUTH: auth } }),
    command: get(),
    expect: { exitCode, message, neverSent: nothingSecret },
  });
}

const authReplies = [
  '200 Fine',
  '220 Ready',
  '230 Logged in, no need for TLS',
  '331 Password, please',
  '334 Send more',
  '431 No resources for that',
  '500 What?',
  '502 Not here',
  '504 Not this mechanism',
  '530 Log in first',
  '534 By policy',
  '999 Beyond the numbers',
].map((reply) =>
  refusedAuth(
    `answered-${reply.slice(0, 3)}`,
    `answers AUTH with "${reply}"`,
    reply,
    reply.startsWith('9') ? 65 : 76,
    new RegExp(reply.slice(0, 3)),
  ),
);

const behind234 = (
  [
    ['a-reply', 'a forged "230 Logged in" in clear', '230 Logged in\r\n'],
    ['half-a-line', 'half a line in clear', '2'],
    ['many-lines', 'a whole login in clear', '331 Password\r\n230 In\r\n200 Fine\r\n200 P\r\n257 "/"\r\n'],
    ['a-line-end', 'a lone line end', '\r\n'],
    ['a-record', 'the header of a TLS record', Buffer.from([22, 3, 3, 0, 100])],
  ] as const
).map(([name, what, bytes]) =>
  defineRogueCase({
    id: `auth/234-and-${name}`,
    section: 1,
    server: `sends ${what} behind the 234, in the same segment`,
    client: 'refuses it and ends the session before TLS begins',
    modes: explicitTls,
    script: () => ({
      commands: {
        AUTH: async (session) => {
          await session.send(Buffer.concat([Buffer.from('234 Go ahead\r\n'), Buffer.from(bytes)]));
          await session.upgrade();
        },
      },
    }),
    command: get(),
    expect: { exitCode: 76, message: /Bytes in clear came behind the reply to AUTH/, neverSent: nothingSecret },
  }),
);

const authCases = [
  refusedAuth('silence', 'never answers AUTH', () => undefined, 124, /did not answer AUTH within 1 s/),
  refusedAuth(
    'closed',
    'closes the line when AUTH comes',
    (session) => session.control.fin(),
    75,
    /closed the control connection/,
  ),
  refusedAuth('reset', 'resets the line when AUTH comes', (session) => session.control.reset(), 75, /was reset/),
  refusedAuth(
    'no-tls-behind-234',
    'answers 234 and goes on in clear',
    async (session) => {
      await session.reply('234 Starting TLS');
      await session.reply('220 Hello again, in clear', { delayMs: 20 });
    },
    76,
    /./,
  ),
  refusedAuth(
    'silence-behind-234',
    'answers 234 and never says a word of TLS',
    (session) => session.reply('234 Starting TLS'),
    124,
    /TLS handshake .* not done within 1 s/,
  ),
  refusedAuth(
    'closed-behind-234',
    'answers 234 and closes the line',
    async (session) => {
      await session.reply('234 Starting TLS');
      await session.send('', { delayMs: 20 });
      // A ClientHello may be on its way, and is no command.
      session.control.discard();
      session.control.fin();
    },
    76,
    /TLS handshake/,
  ),
  refusedAuth(
    'reset-behind-234',
    'answers 234 and resets the line',
    async (session) => {
      await session.reply('234 Starting TLS');
      await session.send('', { delayMs: 20 });
      session.control.reset();
    },
    76,
    /TLS handshake/,
  ),
  refusedAuth(
    'alert-behind-234',
    'answers 234 and then sends a TLS alert',
    async (session) => {
      await session.reply('234 Starting TLS');
      await session.send(Buffer.from([21, 3, 3, 0, 2, 2, 40]), { delayMs: 20 });
    },
    76,
    /handshake/,
  ),
];

const greetingCases = [
  defineRogueCase({
    id: 'greeting/230-before-tls',
    section: 1,
    server: 'greets with "230 Logged in"',
    client: 'ends the session: whoever says so wants the login without TLS',
    modes: explicitTls,
    script: () => ({ greeting: '230 Logged in, no password needed' }),
    command: get(),
    expect: { exitCode: 76, message: /230 Logged in, no password needed/, neverSent: nothingSecret },
  }),
  defineRogueCase({
    id: 'greeting/230-behind-220',
    section: 1,
    server: 'greets with 220 and an unasked 230 behind it',
    client: 'ends the session before anything secret is sent',
    modes: explicitTls,
    script: () => ({ greeting: '220 Hello\n230 You are in already' }),
    command: get(),
    expect: { exitCode: 76, message: /230/, neverSent: nothingSecret },
  }),
];

const protReplies = [
  '431 No resources',
  '500 What?',
  '502 Not here',
  '503 PBSZ first',
  '504 Not in the script',
  '522 No protection, no data',
  '530 Log in first',
  '534 By policy',
  '536 Not this level',
  '331 Fine, and now?',
].flatMap((reply) =>
  [get(), put(small)].map((command) =>
    defineRogueCase({
      id: `prot/answered-${reply.slice(0, 3)}-${command.name}`,
      section: 1,
      server: `answers PROT P with "${reply}" (${command.name})`,
      client: 'ends the session before any transfer: data would travel in clear',
      modes: explicitTls,
      script: () => ({ commands: { PROT: reply } }),
      command,
      expect: {
        exitCode: 76,
        message: new RegExp(`PROT P: "${reply.slice(0, 3)}`),
        neverSent: noTransfer,
        uploads: {},
      },
    }),
  ),
);

const clearData = [
  defineRogueCase({
    id: 'data/file-in-clear-although-private',
    section: 1,
    server: 'answers PROT P with 200 and sends the file in clear',
    client: 'takes not a byte of it',
    modes: anyTls,
    script: () => ({
      dataTlsStart: 'on-transfer',
      commands: {
        RETR: async (session, name) => {
          await session.reply('150 Here it comes');
          const line = await session.acceptRawData();
          await line.write(session.files[name] ?? '');
          line.raw.end();
          await session.reply('226 Done');
        },
      },
    }),
    command: get(),
    expect: { exitCode: 76, message: /does not speak TLS there/ },
  }),
  defineRogueCase({
    id: 'data/no-handshake',
    section: 1,
    server: 'accepts the data line and never speaks TLS on it',
    client: 'ends with its timer; the upload has not sent a byte of the file',
    modes: anyTls,
    script: () => ({
      dataTlsStart: 'on-transfer',
      commands: {
        STOR: async (session) => {
          await session.reply('150 Send it');
          await session.acceptRawData();
        },
      },
    }),
    command: put(small),
    expect: { exitCode: 124, message: /TLS handshake on the data connection was not done within 1 s/, uploads: {} },
  }),
  defineRogueCase({
    id: 'data/closed-in-the-handshake',
    section: 1,
    server: 'closes the data line in the middle of its TLS handshake and says 226',
    client: 'says that TLS failed',
    modes: anyTls,
    script: () => ({
      dataTlsStart: 'on-transfer',
      commands: {
        RETR: async (session) => {
          await session.reply('150 Here it comes');
          const line = await session.acceptRawData();
          await line.take((unread) => (unread.length > 0 ? 0 : undefined), 'the ClientHello');
          line.raw.end();
          await session.reply('226 Done');
        },
      },
    }),
    command: get(),
    expect: { exitCode: 76, message: /TLS handshake on the data connection failed/ },
  }),
  ...[get(), put(small)].map((command) =>
    defineRogueCase({
      id: `data/other-certificate-${command.name}`,
      section: 1,
      server: `presents another certificate on the data line than on the control line (${command.name})`,
      client: 'sends and takes nothing on it',
      modes: ['tls1.2', 'tls1.3', 'tls1.3-rsa', 'implicit'],
      script: ({ otherCertificate }) => ({
        dataTlsStart: 'on-transfer',
        commands: Object.fromEntries(
          ['RETR', 'STOR'].map((verb): [string, Script] => [
            verb,
            async (session) => {
              await session.reply('150 Go on');
              const line = await session.acceptRawData();
              await session.secureData(line, {}, otherCertificate);
              if (verb === 'RETR') await line.write(small);
              session.uploads.set('b.bin', await line.readToEnd());
              await session.reply('226 Done');
            },
          ]),
        ),
      }),
      command,
      expect: { exitCode: 76, message: /another certificate than the control connection/ },
      also: ({ uploads }) => {
        if ((uploads.get('b.bin')?.length ?? 0) > 0) throw new Error('bytes of the file went to a stranger');
      },
    }),
  ),
  defineRogueCase({
    id: 'data/reuse-demanded-522',
    section: 1,
    server: 'refuses the transfer with 522 because the TLS session was not resumed',
    client: 'says what the server wants and which option may help',
    modes: explicitTls,
    script: () => ({ commands: { RETR: '522 SSL connection failed; session reuse required' } }),
    command: get(),
    expect: { exitCode: 76, message: /resume the TLS session.*522 SSL connection failed; session reuse required/ },
  }),
  defineRogueCase({
    id: 'data/tls-alert-in-the-middle',
    section: 1,
    server: 'sends plain text into the middle of a data line under TLS and says 226',
    client: 'calls it incomplete, and nothing of the text is in the file',
    modes: anyTls,
    script: () => ({
      commands: {
        RETR: sending(async ({ session, line, bytes }) => {
          await line.write(bytes.subarray(0, 50_000));
          await line.writeRaw('this text was never under TLS, and it is long enough to be read as a record');
          await session.reply('226 Done');
        }),
      },
    }),
    command: get(),
    expect: { exitCode: 75, files: { 'out.part': { beginningOf: small, most: 50_000 } } },
  }),
];

export const wayBackToClear = [
  ...authCases,
  ...authReplies,
  ...behind234,
  ...greetingCases,
  ...protReplies,
  ...clearData,
];
