/** The control line ends, in every way and at every moment of a transfer. */

import type { Script, ScriptedSession, WatchedLine } from '../../../../../src/testing/index.ts';
import { defineRogueCase, everyLine, explicitTls, type RogueCase, type RogueMode } from '../../define-rogue-case.ts';
import { get, inTurn, ls, put, sending, taking } from '../../scripts.ts';
import { large, medium, small } from '../../served-files.ts';

interface Loss {
  readonly name: string;
  readonly says: string;
  readonly modes: readonly RogueMode[];
  readonly message: RegExp;
  readonly end: (session: ScriptedSession) => void | Promise<void>;
}

const losses: readonly Loss[] = [
  {
    name: 'reset',
    says: 'resets the control line',
    modes: everyLine,
    message: /control connection was reset/,
    end: ({ control }) => control.reset(),
  },
  {
    name: 'fin',
    says: 'closes the control line by FIN alone',
    modes: everyLine,
    message: /server closed the control connection/,
    end: ({ control }) => (control.tls === undefined ? control.fin() : control.finWithoutCloseNotify()),
  },
  {
    name: 'close-notify',
    says: 'sends close_notify on the control line and leaves it open',
    modes: explicitTls,
    message: /server closed the control connection/,
    end: ({ control }) => control.closeNotifyOnly(),
  },
  {
    name: '421',
    says: 'says 421 and leaves the control line open',
    modes: everyLine,
    message: /421 Going down/,
    end: (session) => session.reply('421 Going down'),
  },
];

/** Pours until the line ends: a client that does not look at its control line never stops. */
async function pourOn(line: WatchedLine, chunk: Uint8Array): Promise<void> {
  const endless = function* (): Generator<Uint8Array> {
    for (;;) yield chunk;
  };
  await line.pour(endless());
}

function inTheMiddle({ name, says, modes, message, end }: Loss): readonly RogueCase[] {
  return [
    defineRogueCase({
      id: `lost-in-a-download/${name}`,
      section: 4,
      server: `${says} in the middle of a download and goes on sending data for ever`,
      client: 'stops the transfer, names the line, and keeps what it has',
      modes,
      script: () => ({
        commands: {
          SIZE: '213 9000000000',
          RETR: sending(async ({ session, line }) => {
            await line.write(small);
            await session.send('', { delayMs: 100 });
            await end(session);
            await pourOn(line, small);
          }),
        },
      }),
      command: get('a.bin', ['--retry', '0', '--limit-rate', '4M']),
      expect: { exitCode: 75, message, files: { 'out.part': { repeating: small, least: 1 } }, withinMs: 10_000 },
    }),
    defineRogueCase({
      id: `lost-in-an-upload/${name}`,
      section: 4,
      server: `${says} in the middle of an upload and goes on reading`,
      client: 'stops the transfer and names the line',
      modes,
      script: () => ({
        commands: {
          STOR: taking(async ({ session, line }) => {
            await line.untilReceived(500_000);
            await end(session);
            line.discard();
            await line.ended;
          }),
        },
      }),
      command: put(large, ['--retry', '0', '--limit-rate', '4M']),
      expect: { exitCode: 75, message, uploads: {}, withinMs: 10_000 },
    }),
  ];
}

function aroundTransfers({ name, says, modes, message, end }: Loss): readonly RogueCase[] {
  return [
    defineRogueCase({
      id: `lost-before-150/${name}`,
      section: 4,
      server: `${says} in place of an answer to RETR`,
      client: 'says so and writes nothing',
      modes,
      script: () => ({ commands: { RETR: (session) => end(session) } }),
      command: get(),
      expect: { exitCode: 75, message },
    }),
    defineRogueCase({
      id: `lost-behind-the-download/${name}`,
      section: 4,
      server: `sends a whole file, and then ${says} in place of 226`,
      client: 'lets SIZE decide, transfers nothing again and says that it is unconfirmed',
      modes,
      script: () => ({
        commands: {
          RETR: sending(async ({ session, line, bytes }) => {
            await line.write(bytes);
            await session.endData(line);
            await end(session);
          }),
        },
      }),
      command: get('a.bin', ['--retry', '3']),
      expect: { exitCode: 0, message: /unconfirmed: .*the size agrees/, files: { out: small }, sessions: 1 },
    }),
    defineRogueCase({
      id: `lost-behind-the-upload/${name}`,
      section: 4,
      server: `takes a whole upload, and then ${says} in place of 226`,
      client: 'looks on a new session, transfers nothing again and says that it is unconfirmed',
      modes,
      script: () => ({
        commands: {
          STOR: taking(async ({ session, line, name: file }) => {
            session.uploads.set(file, await line.readToEnd());
            await session.endData(line);
            await end(session);
          }),
        },
      }),
      command: put(medium, ['--retry', '2']),
      expect: {
        exitCode: 0,
        message: /unconfirmed/,
        uploads: { 'b.bin': medium },
        sent: /^(?:(?!STOR).)*STOR(?:(?!STOR).)*$/s,
        sessions: 2,
      },
    }),
    defineRogueCase({
      id: `lost-in-a-download-and-resumed/${name}`,
      section: 4,
      server: `${says} in the middle of a download, once`,
      client: 'connects again and goes on at the byte that it has',
      modes,
      script: () => ({
        commands: {
          RETR: inTurn(
            sending(async ({ session, line, bytes }) => {
              await line.write(bytes.subarray(0, 1_000_000));
              await session.send('', { delayMs: 100 });
              await end(session);
              await line.ended;
            }),
            sending(async ({ session, line, bytes }) => {
              await line.write(bytes);
              await session.endData(line);
              await session.reply('226 Done');
            }),
          ),
        },
      }),
      command: get('medium.bin', ['--retry', '1']),
      expect: { exitCode: 0, message: /Trying again/, files: { out: medium }, sent: /REST 983616/, sessions: 2 },
    }),
    defineRogueCase({
      id: `lost-in-a-listing/${name}`,
      section: 4,
      server: `${says} in the middle of a listing, and ends the data line in order`,
      client: 'does not show the listing as whole',
      modes,
      script: () => ({
        commands: {
          MLSD: async (session) => {
            await session.reply('150 Here it comes');
            const line = await session.acceptData();
            await line.write('type=file;size=1; one\r\ntype=file;size=2; two\r\n');
            await session.send('', { delayMs: 100 });
            await end(session);
            await session.send('', { delayMs: 50 });
            if (line.tls === undefined) line.fin();
            else line.closeNotifyThenFin();
          },
        },
      }),
      command: ls(),
      expect: { exitCode: 75, message, stdout: /one\n.*two\n$/ },
    }),
    defineRogueCase({
      id: `lost-in-the-login/${name}`,
      section: 4,
      server: `${says} in place of an answer to PASS`,
      client: 'says so',
      modes,
      script: () => ({ commands: { PASS: (session) => end(session) } }),
      command: get(),
      expect: { exitCode: 75, message },
    }),
    defineRogueCase({
      id: `lost-in-place-of-221/${name}`,
      section: 4,
      server: `${says} in place of an answer to QUIT`,
      client: 'has the file and does not mind',
      modes,
      script: () => ({ commands: { QUIT: (session) => end(session) } }),
      command: get(),
      endsAsUsual: true,
      expect: { exitCode: 0, files: { out: small } },
    }),
  ];
}

/** A script that never answers. */
const never: Script = () => undefined;

const silences = [
  defineRogueCase({
    id: 'silent/in-a-download',
    section: 4,
    server: 'stops sending in the middle of a download and says nothing any more, also to ABOR',
    client: 'ends with its stall timer and keeps what it has',
    modes: everyLine,
    script: () => ({ commands: { ABOR: never, RETR: sending(({ line }) => line.write(small.subarray(0, 50_000))) } }),
    command: get(),
    expect: { exitCode: 124, message: /Nothing moved/, files: { 'out.part': small.subarray(0, 50_000) } },
  }),
  defineRogueCase({
    id: 'silent/once-in-a-download',
    section: 4,
    server: 'stops sending in the middle of a download, once',
    client: 'gives it up by its stall timer and goes on at the byte that it has',
    modes: everyLine,
    script: () => ({
      commands: {
        RETR: inTurn(
          sending(({ line }) => line.write(small.subarray(0, 50_000))),
          sending(async ({ session, line, bytes }) => {
            await line.write(bytes);
            await session.endData(line);
            await session.reply('226 Done');
          }),
        ),
      },
    }),
    command: get('a.bin', ['--retry', '1']),
    expect: { exitCode: 0, message: /Trying again/, sent: /REST 33616/, files: { out: small } },
  }),
  ...(['USER', 'PASS', 'PWD', 'EPSV', 'TYPE', 'SIZE', 'MDTM', 'RETR'] as const).map((verb) =>
    defineRogueCase({
      id: `silent/no-answer-to-${verb.toLowerCase()}`,
      section: 4,
      server: `never answers ${verb}`,
      client: 'ends with its timer and names the command',
      modes: ['plain', 'tls1.3'],
      script: () => ({ commands: { [verb]: never } }),
      command: get(),
      expect: { exitCode: 124, message: new RegExp(`did not answer ${verb} within 1 s`) },
    }),
  ),
  defineRogueCase({
    id: 'silent/no-greeting',
    section: 4,
    server: 'never greets',
    client: 'ends with its timer',
    modes: ['plain', 'tls1.3', 'implicit'],
    script: () => ({ greeting: never }),
    command: get(),
    expect: { exitCode: 124, message: /did not greet within 1 s/ },
  }),
  defineRogueCase({
    id: 'silent/quit-never-answered',
    section: 4,
    server: 'never answers QUIT',
    client: 'has the file and waits for a bounded time',
    modes: everyLine,
    script: () => ({ commands: { QUIT: never } }),
    command: get(),
    endsAsUsual: true,
    expect: { exitCode: 0, files: { out: small }, withinMs: 10_000 },
  }),
];

export const controlLosses = [
  ...losses.flatMap(inTheMiddle),
  ...losses.flatMap(aroundTransfers),
  ...silences,
  defineRogueCase({
    id: 'silent/abor-never-answered',
    section: 4,
    server: 'goes on sending for ever and never answers ABOR',
    client: 'asks to stop when its time is over, waits for a bounded time, keeps what it has and leaves',
    modes: everyLine,
    script: () => ({ commands: { SIZE: '213 9000000000', RETR: sending(({ line }) => pourOn(line, small)) } }),
    command: get('a.bin', ['--retry', '0', '--max-time', '1', '--limit-rate', '1M']),
    expect: {
      exitCode: 124,
      message: /--max-time allows is over/,
      files: { 'out.part': { repeating: small, least: 1 } },
    },
  }),
];
