/** Uploads that a server confirms although it has not got them, or denies although it has. */

import type { Script, ScriptedSession } from '../../../../../src/testing/index.ts';
import { anyTls, defineRogueCase, everyLine, everyTls, type RogueCase } from '../../define-rogue-case.ts';
import { inTurn, put, taking } from '../../scripts.ts';
import { large, medium, small } from '../../served-files.ts';

/** Takes everything in order and keeps what `keep` makes of it. */
function keeping(keep: (bytes: Buffer) => Buffer, reply = '226 Done'): Script {
  return taking(async ({ session, line, name }) => {
    session.uploads.set(name, keep(await line.readToEnd()));
    await session.endData(line);
    await session.reply(reply);
  });
}

const noSize: Script = '502 SIZE is not known here';

function lies(name: string, server: string, keep: (bytes: Buffer) => Buffer): RogueCase {
  const kept = keep(small);
  return defineRogueCase({
    id: `upload/${name}`,
    section: 3,
    server,
    client: 'asks for the size and calls the upload incomplete',
    modes: everyLine,
    script: () => ({ commands: { STOR: keeping(keep) } }),
    command: put(small),
    expect: {
      exitCode: 75,
      message: new RegExp(`not complete: 100000 bytes here, ${kept.length} bytes there`),
      uploads: { 'b.bin': kept },
    },
  });
}

/** Everything was read, and behind it comes an end that a decent server has no use for. */
function endsOddly(
  name: string,
  server: string,
  client: string,
  rest: Partial<RogueCase> & Pick<RogueCase, 'script' | 'expect'>,
) {
  return defineRogueCase({
    id: `upload/${name}`,
    section: 3,
    server,
    client,
    modes: everyLine,
    command: put(small),
    ...rest,
  });
}

async function readAll(session: ScriptedSession, name: string, line: { readToEnd(): Promise<Buffer> }): Promise<void> {
  session.uploads.set(name, await line.readToEnd());
}

export const uploadEndings = [
  lies('loses-the-tail', 'takes an upload as a whole, stores fewer bytes and says 226', (bytes) =>
    bytes.subarray(0, 90_000),
  ),
  lies('stores-nothing', 'takes an upload as a whole, stores nothing of it and says 226', () => Buffer.alloc(0)),
  lies('stores-more', 'stores more bytes than it was sent and says 226', (bytes) => Buffer.concat([bytes, bytes])),
  endsOddly(
    'reads-a-half-and-says-226',
    'reads half of an upload, ends the line and says 226',
    'calls it incomplete with the bytes on both sides',
    {
      script: () => ({
        commands: {
          STOR: taking(async ({ session, line, name }) => {
            await line.untilReceived(1_000_000);
            line.pause();
            session.uploads.set(name, line.unread());
            if (line.tls === undefined) line.fin();
            else line.closeNotifyThenFin();
            await session.reply('226 Done');
          }),
        },
      }),
      command: put(large),
      expect: { exitCode: 75, message: /data connection was closed by the server|Nothing moved|not complete/ },
    },
  ),
  endsOddly(
    'reset-in-the-middle',
    'resets the data line in the middle of an upload and says 226',
    'says that the line was reset',
    {
      script: () => ({
        commands: {
          STOR: taking(async ({ session, line }) => {
            await line.untilReceived(1_000_000);
            line.reset();
            await session.reply('226 Done');
          }),
        },
      }),
      command: put(large),
      expect: { exitCode: 75, message: /data connection was reset/, uploads: {} },
    },
  ),
  endsOddly(
    'reset-behind-the-last-byte',
    'reads the whole upload, resets the data line and says 226',
    'does not believe it',
    {
      script: () => ({
        commands: {
          STOR: taking(async ({ session, line, name }) => {
            await readAll(session, name, line);
            line.reset();
            await session.reply('226 Done');
          }),
        },
      }),
      expect: { exitCode: 75, message: /data connection was reset/, uploads: { 'b.bin': small } },
    },
  ),
  endsOddly(
    'reset-behind-the-last-byte-and-a-second-try',
    'reads the whole upload, resets the data line and says 226, once',
    'sees to it on a second try that the server has every byte',
    {
      script: () => ({
        commands: {
          STOR: inTurn(
            taking(async ({ session, line, name }) => {
              await readAll(session, name, line);
              line.reset();
              await session.reply('226 Done');
            }),
            keeping((bytes) => bytes),
          ),
        },
      }),
      command: put(small, ['--retry', '1']),
      expect: { exitCode: 0, message: /data connection was reset.*Trying again/, uploads: { 'b.bin': small } },
    },
  ),
  endsOddly(
    'loses-the-tail-and-resets-it-once',
    'resets an upload behind its last byte, having lost the tail',
    'compares before it goes on, and the server has every byte once',
    {
      script: () => ({
        commands: {
          STOR: inTurn(
            taking(async ({ session, line, name }) => {
              session.uploads.set(name, (await line.readToEnd()).subarray(0, 1_500_000));
              line.reset();
              await session.reply('226 Done');
            }),
            taking(async ({ session, line, name }) => {
              const before = (session.uploads.get(name) ?? Buffer.alloc(0)).subarray(0, session.restartAt);
              session.uploads.set(name, Buffer.concat([before, await line.readToEnd()]));
              session.restartAt = 0;
              await session.endData(line);
              await session.reply('226 Done');
            }),
          ),
        },
      }),
      command: put(medium, ['--retry', '1']),
      expect: { exitCode: 0, sent: /REST 1500000/, uploads: { 'b.bin': medium } },
    },
  ),
  endsOddly(
    '226-before-the-file',
    'says 226 before it has read anything, knows no SIZE and never ends the data line',
    'does not believe it',
    {
      script: () => ({
        commands: {
          SIZE: noSize,
          STOR: async (session) => {
            await session.reply('150 Send it\n226 Done already');
            (await session.acceptData()).pause();
          },
        },
      }),
      expect: { exitCode: 75, message: /confirmed the file before it was sent/, uploads: {} },
    },
  ),
  endsOddly(
    '226-before-the-file-and-size-lies',
    'says 226 before it has read anything and gives the size of what it should have got',
    'has only its word, and that is a whole one: the limit without HASH',
    {
      script: () => ({
        commands: {
          SIZE: '213 100000',
          STOR: taking(async ({ session, line, name }) => {
            await session.reply('226 Done already');
            await readAll(session, name, line);
            await session.endData(line);
          }),
        },
      }),
      endsAsUsual: true,
      expect: { exitCode: 0, uploads: { 'b.bin': small } },
    },
  ),
  endsOddly(
    '226-never',
    'reads the whole upload in order and never says 226',
    'ends with its timer and does not call it whole',
    {
      script: () => ({
        commands: {
          STOR: taking(async ({ session, line, name }) => {
            await readAll(session, name, line);
            await session.endData(line);
          }),
        },
      }),
      expect: { exitCode: 124, message: /did not say within 1 s how the transfer ended/, uploads: { 'b.bin': small } },
    },
  ),
  endsOddly(
    '226-never-and-a-second-look',
    'reads the whole upload in order and never says 226',
    'looks again on a new session, finds every byte there, sends none twice and says that it is unconfirmed',
    {
      script: () => ({
        commands: {
          STOR: taking(async ({ session, line, name }) => {
            await readAll(session, name, line);
            await session.endData(line);
          }),
        },
      }),
      command: put(medium, ['--retry', '1']),
      expect: {
        exitCode: 0,
        message: /unconfirmed: every byte was there already/,
        sent: /^(?:(?!STOR).)*STOR(?:(?!STOR).)*$/s,
        uploads: { 'b.bin': medium },
      },
    },
  ),
  endsOddly('226-twice', 'says 226 twice', 'takes no harm', {
    script: () => ({ commands: { STOR: keeping((bytes) => bytes, '226 Done\n226 Done') } }),
    endsAsUsual: true,
    expect: { exitCode: 0, uploads: { 'b.bin': small } },
  }),
  endsOddly(
    '226-twice-and-the-tail-lost',
    'loses the tail of an upload and says 226 twice, the second time a little later',
    'does not take the second 226 for the size',
    {
      script: () => ({
        commands: {
          STOR: taking(async ({ session, line, name }) => {
            session.uploads.set(name, (await line.readToEnd()).subarray(0, 90_000));
            await session.endData(line);
            await session.reply('226 Done');
            await session.reply('226 Done', { delayMs: 20 });
          }),
        },
      }),
      expect: {
        exitCode: 75,
        message: /100000 bytes here, 90000 bytes there/,
        uploads: { 'b.bin': small.subarray(0, 90_000) },
      },
    },
  ),
  endsOddly('552-behind-the-last-byte', 'reads the whole upload and then says 552', 'passes the refusal on', {
    script: () => ({ commands: { STOR: keeping(() => Buffer.alloc(0), '552 Quota is used up') } }),
    expect: { exitCode: 66, message: /552 Quota is used up/ },
  }),
  endsOddly('552-in-the-middle', 'says 552 in the middle of an upload and closes the line', 'passes the reason on', {
    script: () => ({
      commands: {
        STOR: taking(async ({ session, line }) => {
          await line.untilReceived(1_000_000);
          await session.reply('552 Quota is used up');
          line.reset();
        }),
      },
    }),
    command: put(large),
    expect: { exitCode: 66, message: /552 Quota is used up/, uploads: {} },
  }),
  endsOddly('reads-nothing', 'opens the line of an upload and never reads from it', 'ends with its stall timer', {
    script: () => ({
      commands: {
        STOR: taking(({ line }) => {
          line.pause();
        }),
      },
    }),
    command: put(large),
    expect: { exitCode: 124, message: /Nothing moved on the data connection for 1 s/, uploads: {} },
  }),
  endsOddly('talks-back', 'sends bytes of its own on the line of an upload', 'takes no harm from them', {
    script: () => ({
      commands: {
        STOR: taking(async ({ session, line, name }) => {
          await line.write(small);
          await readAll(session, name, line);
          await session.endData(line);
          await session.reply('226 Done');
        }),
      },
    }),
    endsAsUsual: true,
    expect: { exitCode: 0, message: /, complete$/m, uploads: { 'b.bin': small } },
  }),
  endsOddly(
    'never-ends-its-half',
    'reads an upload as a whole, says 226 and never ends its half of the line',
    'waits for a bounded time and is content',
    {
      script: () => ({
        commands: {
          STOR: taking(async ({ session, line, name }) => {
            await readAll(session, name, line);
            await session.reply('226 Done');
          }),
        },
      }),
      endsAsUsual: true,
      expect: { exitCode: 0, uploads: { 'b.bin': small } },
    },
  ),
  endsOddly(
    'reads-slowly-to-its-end',
    'reads the tail of an upload only long after the client has written it',
    'leaves the tail in the line until it is read',
    {
      modes: everyTls,
      script: () => ({
        commands: {
          STOR: taking(async ({ session, line, name }) => {
            line.pause();
            await session.send('', { delayMs: 400 });
            line.resume();
            await readAll(session, name, line);
            await session.endData(line);
            await session.reply('226 Done');
          }),
        },
      }),
      endsAsUsual: true,
      expect: { exitCode: 0, uploads: { 'b.bin': small } },
    },
  ),
  endsOddly(
    'close-notify-in-the-middle',
    'ends its half of an upload by close_notify and FIN in the middle, and reads on to the end',
    'sends every byte: the other half of the line is open',
    {
      modes: anyTls,
      script: () => ({
        commands: {
          STOR: taking(async ({ session, line, name }) => {
            await line.untilReceived(1_000_000);
            line.closeNotifyOnly();
            session.uploads.set(name, await line.readToEnd(3000).catch(() => line.unread()));
            await session.reply('226 Done').catch(() => undefined);
          }),
        },
      }),
      command: put(large),
      endsAsUsual: true,
      expect: { exitCode: 0, uploads: { 'b.bin': large } },
    },
  ),
];
