/** Downloads that end in a way that could pass for a whole file. */

import { anyTls, defineRogueCase, everyLine, everyTls, explicitTls, plainOnly } from '../../define-rogue-case.ts';
import { cut, get, inTurn, sending } from '../../scripts.ts';
import { small } from '../../served-files.ts';

const half = small.subarray(0, 50_000);
const partOfHalf = { 'out.part': { beginningOf: half } };
const noSize = '502 SIZE is not known here';
const wholeFile = { out: small };

export const downloadEndings = [
  defineRogueCase({
    id: 'download/fin-in-the-middle-under-tls',
    section: 3,
    server: 'ends a download in the middle by FIN without close_notify and says 226',
    client: 'calls it incomplete with both sizes and keeps the part',
    modes: everyTls,
    script: () => ({
      commands: {
        RETR: sending(async ({ session, line }) => {
          await line.write(half);
          line.finWithoutCloseNotify();
          await session.reply('226 Done, or so I say');
        }),
      },
    }),
    command: get(),
    expect: {
      exitCode: 75,
      message:
        /^(?=[^]*^50,000 bytes are in .*out\.part; go on with: )[^]*not complete: 50000 bytes here, 100000 bytes there/m,
      files: partOfHalf,
    },
  }),
  defineRogueCase({
    id: 'download/fin-in-the-middle-under-tls-size-unknown',
    section: 3,
    server: 'ends a download in the middle by FIN without close_notify, says 226 and knows no SIZE',
    client: 'calls the line truncated and keeps the part',
    modes: everyTls,
    script: () => ({
      commands: {
        SIZE: noSize,
        RETR: sending(async ({ session, line }) => {
          await line.write(half);
          line.finWithoutCloseNotify();
          await session.reply('226 Done, or so I say');
        }),
      },
    }),
    command: get(),
    expect: { exitCode: 75, message: /ended without close_notify/, files: partOfHalf },
  }),
  defineRogueCase({
    id: 'download/fin-behind-the-last-byte-under-tls',
    section: 3,
    server: 'sends the whole file, ends the line by FIN without close_notify and says 226',
    client: 'takes it for complete, because SIZE proves it whole',
    modes: everyTls,
    script: () => ({
      commands: {
        RETR: sending(async ({ session, line, bytes }) => {
          await line.write(bytes);
          line.finWithoutCloseNotify();
          await session.reply('226 Done');
        }),
      },
    }),
    command: get(),
    endsAsUsual: true,
    expect: { exitCode: 0, message: /, complete$/m, files: wholeFile },
  }),
  defineRogueCase({
    id: 'download/fin-behind-the-last-byte-under-tls-size-unknown',
    section: 3,
    server: 'sends the whole file, ends the line by FIN without close_notify, says 226 and knows no SIZE',
    client: 'does not believe it, for nothing proves the file whole',
    modes: everyTls,
    script: () => ({
      commands: {
        SIZE: '550 Ask somebody else',
        RETR: sending(async ({ session, line, bytes }) => {
          await line.write(bytes);
          line.finWithoutCloseNotify();
          await session.reply('226 Done');
        }),
      },
    }),
    command: get(),
    expect: { exitCode: 75, message: /without close_notify.*size is not known/, files: { 'out.part': small } },
  }),
  defineRogueCase({
    id: 'download/cut-inside-of-a-record',
    section: 3,
    server: 'cuts the line inside of a TLS record and says 226',
    client: 'calls it incomplete',
    modes: everyTls,
    script: () => ({
      commands: {
        RETR: sending(async ({ session, line, bytes }) => {
          await line.write(half);
          line.cutOutputAfter(1000);
          await line.write(bytes.subarray(half.length));
          line.raw.end();
          await session.reply('226 Done');
        }),
      },
    }),
    command: get(),
    expect: { exitCode: 75, message: /not complete/, files: { 'out.part': { beginningOf: small, most: 99_999 } } },
  }),
  defineRogueCase({
    id: 'download/close-notify-in-the-middle',
    section: 3,
    server: 'ends a download in the middle in perfect order and says 226',
    client: 'calls it incomplete, because SIZE says more',
    modes: everyLine,
    script: () => ({
      commands: {
        RETR: sending(async ({ session, line }) => {
          await line.write(half);
          await session.endData(line);
          await session.reply('226 Done');
        }),
      },
    }),
    command: get(),
    expect: { exitCode: 75, message: /50000 bytes here, 100000 bytes there/, files: partOfHalf },
  }),
  defineRogueCase({
    id: 'download/fin-in-the-middle-in-clear-size-unknown',
    section: 3,
    server: 'ends a download in the middle by FIN in clear, says 226 and knows no SIZE',
    client: 'has nothing to tell it by and calls it complete: the limit of FTP without TLS and without SIZE',
    modes: plainOnly,
    script: () => ({
      commands: {
        SIZE: noSize,
        RETR: sending(async ({ session, line }) => {
          await line.write(half);
          line.fin();
          await session.reply('226 Done');
        }),
      },
    }),
    command: get(),
    expect: { exitCode: 0, files: { out: half } },
  }),
  defineRogueCase({
    id: 'download/reset-in-the-middle',
    section: 3,
    server: 'resets the data line in the middle and says 226',
    client: 'calls the data line reset',
    modes: everyLine,
    script: () => ({
      commands: {
        RETR: sending(async ({ session, line }) => {
          await line.write(half);
          line.reset();
          await session.reply('226 Done');
        }),
      },
    }),
    command: get(),
    expect: {
      exitCode: 75,
      message: /data connection was reset/,
      files: { 'out.part': { beginningOf: half, least: 0 } },
    },
  }),
  defineRogueCase({
    id: 'download/reset-behind-the-last-byte',
    section: 3,
    server: 'sends the whole file, resets the data line and says 226',
    client: 'calls it incomplete: a reset is an error whatever the reply says',
    modes: everyLine,
    script: () => ({
      commands: {
        RETR: sending(async ({ session, line, bytes }) => {
          await line.write(bytes);
          await session.send('', { delayMs: 50 });
          line.reset();
          await session.reply('226 Done');
        }),
      },
    }),
    command: get(),
    expect: { exitCode: 75, message: /data connection was reset/, files: { 'out.part': small } },
  }),
  defineRogueCase({
    id: 'download/reset-behind-the-last-byte-and-a-second-try',
    section: 3,
    server: 'sends the whole file, resets the data line and says 226, each time',
    client: 'finds on the second try that every byte is here, says that it is unconfirmed, and fetches nothing twice',
    modes: everyLine,
    script: () => ({
      commands: {
        RETR: sending(async ({ session, line, bytes }) => {
          await line.write(bytes);
          await session.send('', { delayMs: 50 });
          line.reset();
          await session.reply('226 Done');
        }),
      },
    }),
    command: get('a.bin', ['--retry', '1']),
    expect: {
      exitCode: 0,
      message: /unconfirmed: every byte was here already/,
      files: wholeFile,
      sent: /^(?:(?!RETR).)*RETR(?:(?!RETR).)*$/s,
    },
  }),
  defineRogueCase({
    id: 'download/corrupt-record',
    section: 3,
    server: 'sends a record that cannot be decrypted in the middle and says 226',
    client: 'calls it incomplete',
    modes: everyTls,
    script: () => ({
      commands: {
        RETR: sending(async ({ session, line, bytes }) => {
          await line.write(half);
          line.corruptNextRecord();
          await line.write(bytes.subarray(half.length));
          await session.reply('226 Done');
        }),
      },
    }),
    command: get(),
    expect: {
      exitCode: 75,
      message: /not complete|data connection/,
      files: { 'out.part': { beginningOf: small, most: 99_999 } },
    },
  }),
  defineRogueCase({
    id: 'download/226-before-the-data',
    section: 3,
    server: 'says 226 before it sends the data, and then sends all of them',
    client: 'waits for both lines and has the whole file',
    modes: everyLine,
    script: () => ({
      commands: {
        RETR: sending(async ({ session, line, bytes }) => {
          await session.reply('226 Done');
          await session.send('', { delayMs: 100 });
          await line.write(bytes);
          await session.endData(line);
        }),
      },
    }),
    command: get(),
    endsAsUsual: true,
    expect: { exitCode: 0, message: /, complete$/m, files: wholeFile },
  }),
  defineRogueCase({
    id: 'download/226-before-the-data-and-a-cut',
    section: 3,
    server: 'says 226 before it sends the data, and then cuts them in the middle',
    client: 'does not let the early 226 speak for the data',
    modes: everyLine,
    script: () => ({
      commands: {
        RETR: sending(async ({ session, line }) => {
          await session.reply('226 Done');
          await session.send('', { delayMs: 50 });
          await line.write(half);
          cut(line);
        }),
      },
    }),
    command: get(),
    expect: { exitCode: 75, message: /50000 bytes here/, files: partOfHalf },
  }),
  defineRogueCase({
    id: 'download/226-never',
    section: 3,
    server: 'sends the whole file in order and never says 226',
    client: 'waits for a bounded time, then lets SIZE decide and says that it is unconfirmed',
    modes: everyLine,
    script: () => ({
      commands: {
        RETR: sending(async ({ session, line, bytes }) => {
          await line.write(bytes);
          await session.endData(line);
        }),
      },
    }),
    command: get(),
    expect: { exitCode: 0, message: /unconfirmed: .*final reply did not come/, files: wholeFile },
  }),
  defineRogueCase({
    id: 'download/226-never-size-unknown',
    section: 3,
    server: 'sends the whole file in order, never says 226 and knows no SIZE',
    client: 'ends with its timer and does not call the file whole',
    modes: everyLine,
    script: () => ({
      commands: {
        SIZE: noSize,
        RETR: sending(async ({ session, line, bytes }) => {
          await line.write(bytes);
          await session.endData(line);
        }),
      },
    }),
    command: get(),
    expect: { exitCode: 124, message: /did not say within 1 s how the transfer ended/, files: { 'out.part': small } },
  }),
  defineRogueCase({
    id: 'download/226-twice',
    section: 3,
    server: 'says 226 twice',
    client: 'has the whole file and takes no harm',
    modes: everyLine,
    script: () => ({
      commands: {
        RETR: sending(async ({ session, line, bytes }) => {
          await line.write(bytes);
          await session.endData(line);
          await session.reply('226 Done\n226 Done');
        }),
      },
    }),
    command: get(),
    endsAsUsual: true,
    expect: { exitCode: 0, message: /, complete$/m, files: wholeFile },
  }),
  defineRogueCase({
    id: 'download/451-behind-the-last-byte',
    section: 3,
    server: 'sends the whole file in order and then says 451',
    client: 'passes the refusal on and gives the file no name',
    modes: everyLine,
    script: () => ({
      commands: {
        RETR: sending(async ({ session, line, bytes }) => {
          await line.write(bytes);
          await session.endData(line);
          await session.reply('451 The disk had an error');
        }),
      },
    }),
    command: get(),
    expect: { exitCode: 75, message: /451 The disk had an error/, files: { 'out.part': small } },
  }),
  defineRogueCase({
    id: 'download/426-in-the-middle',
    section: 3,
    server: 'ends a download in the middle in order and says 426',
    client: 'says so and keeps the part',
    modes: everyLine,
    script: () => ({
      commands: {
        RETR: sending(async ({ session, line }) => {
          await line.write(half);
          await session.endData(line);
          await session.reply('426 Connection closed');
        }),
      },
    }),
    command: get(),
    expect: { exitCode: 75, message: /426 Connection closed/, files: partOfHalf },
  }),
  defineRogueCase({
    id: 'download/never-ends',
    section: 3,
    server: 'sends the whole file and 226, and never ends the data line',
    client: 'ends with its timer and does not call the file whole',
    modes: explicitTls,
    script: () => ({
      commands: {
        RETR: sending(async ({ session, line, bytes }) => {
          await line.write(bytes);
          await session.reply('226 Done');
        }),
      },
    }),
    command: get(),
    expect: { exitCode: 124, message: /Nothing moved on the data connection for 1 s/, files: { 'out.part': small } },
  }),
  defineRogueCase({
    id: 'download/bytes-behind-close-notify',
    section: 3,
    server: 'ends the TLS of a download and sends more bytes in clear behind it',
    client: 'takes none of them into the file',
    modes: anyTls,
    script: () => ({
      commands: {
        RETR: sending(async ({ session, line, bytes }) => {
          await line.write(bytes);
          line.closeNotifyOnly();
          await session.send('', { delayMs: 20 });
          await line.writeRaw('these bytes were never under TLS').catch(() => undefined);
          line.raw.end();
          await session.reply('226 Done');
        }),
      },
    }),
    command: get(),
    endsAsUsual: true,
    expect: { exitCode: 0, files: wholeFile },
  }),
  defineRogueCase({
    id: 'download/segments-of-a-few-bytes',
    section: 3,
    server: 'sends its TLS records in segments of seven bytes',
    client: 'puts them together again',
    modes: anyTls,
    script: () => ({
      commands: {
        RETR: sending(async ({ session, line, bytes }) => {
          line.sendRecordsInPiecesOf(7);
          await line.write(bytes.subarray(0, 10_000));
          line.sendRecordsInPiecesOf(Infinity);
          await line.write(bytes.subarray(10_000));
          await session.endData(line);
          await session.reply('226 Done');
        }),
      },
    }),
    command: get(),
    endsAsUsual: true,
    expect: { exitCode: 0, files: wholeFile },
  }),
  defineRogueCase({
    id: 'download/cut-once',
    section: 3,
    server: 'cuts the first download in the middle and says 226, and sends the rest when it is asked again',
    client: 'goes on at the byte where it was cut and has every byte once',
    modes: everyLine,
    script: () => ({
      commands: {
        RETR: inTurn(
          sending(async ({ session, line }) => {
            await line.write(half);
            cut(line);
            await session.reply('226 Done');
          }),
          sending(async ({ session, line, bytes }) => {
            await line.write(bytes);
            await session.endData(line);
            await session.reply('226 Done');
          }),
        ),
      },
    }),
    command: get('a.bin', ['--retry', '1']),
    expect: { exitCode: 0, message: /Trying again/, files: wholeFile, sent: /REST 33616/ },
  }),
];
