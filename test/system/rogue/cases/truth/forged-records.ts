/** TLS 1.3 records that no library sends when it is asked: key updates, late tickets, padding, alerts. */

import { alerts, contentTypes } from '../../../../../src/testing/index.ts';
import { defineRogueCase, type RogueCase, tls13 } from '../../define-rogue-case.ts';
import { type Forging, forging, get, put } from '../../scripts.ts';
import { small } from '../../served-files.ts';

const half = 50_000;

function forged(
  name: string,
  server: string,
  client: string,
  send: (transfer: Forging) => Promise<void>,
  expect: RogueCase['expect'],
): RogueCase {
  return defineRogueCase({
    id: `records/${name}`,
    section: 3,
    server,
    client,
    modes: [...tls13, 'tls1.3-rsa', 'implicit'],
    script: () => ({
      dataTlsStart: 'on-transfer',
      commands: {
        RETR: forging(async (transfer) => {
          await send(transfer);
          await transfer.session.reply('226 Done');
        }),
      },
    }),
    command: get(),
    ...(typeof expect === 'object' && expect.exitCode === 0 ? { endsAsUsual: true } : {}),
    expect,
  });
}

const whole = { exitCode: 0, message: /, complete$/m, files: { out: small } } as const;
const cutInTheMiddle = {
  exitCode: 75,
  message: /50000 bytes here, 100000 bytes there/,
  files: { 'out.part': small.subarray(0, half) },
} as const;

export const forgedRecords = [
  forged(
    'key-update-in-the-middle',
    'changes its keys in the middle of a download',
    'goes on under the new keys',
    async ({ line, bytes, records }) => {
      await line.writeRaw(records.data(bytes.subarray(0, half)));
      await line.writeRaw(records.keyUpdate());
      await line.writeRaw(records.data(bytes.subarray(half)));
      await line.writeRaw(records.closeNotify());
      line.raw.end();
    },
    whole,
  ),
  forged(
    'key-update-of-both-sides',
    'changes its keys in the middle of a download and asks the client to do the same, three times',
    'answers and goes on',
    async ({ line, bytes, records }) => {
      for (let at = 0; at < bytes.length; at += 40_000) {
        await line.writeRaw(records.data(bytes.subarray(at, at + 40_000)));
        await line.writeRaw(records.keyUpdate(true));
      }
      await line.writeRaw(records.closeNotify());
      line.raw.end();
    },
    whole,
  ),
  forged(
    'key-update-and-a-cut',
    'changes its keys in the middle of a download and then ends it by FIN',
    'does not take the key update for an orderly end',
    async ({ line, bytes, records }) => {
      await line.writeRaw(records.data(bytes.subarray(0, half)));
      await line.writeRaw(records.keyUpdate());
      line.raw.end();
    },
    cutInTheMiddle,
  ),
  forged(
    'tickets-and-a-cut',
    'sends two session tickets in the middle of a download and then ends it by FIN',
    'does not take the tickets for an orderly end',
    async ({ line, bytes, records }) => {
      await line.writeRaw(records.data(bytes.subarray(0, half)));
      await line.writeRaw(Buffer.concat([records.ticket(), records.ticket()]));
      line.raw.end();
    },
    cutInTheMiddle,
  ),
  forged(
    'tickets-behind-the-last-byte',
    'sends its session tickets only behind the last byte',
    'takes them and has the whole file',
    async ({ line, bytes, records }) => {
      await line.writeRaw(records.data(bytes));
      await line.writeRaw(Buffer.concat([records.ticket(), records.ticket(), records.closeNotify()]));
      line.raw.end();
    },
    whole,
  ),
  forged(
    'many-empty-records',
    'sends empty records between those with payload',
    'takes them for nothing',
    async ({ line, bytes, records }) => {
      for (let at = 0; at < bytes.length; at += 10_000) {
        const empty = records.record(contentTypes.applicationData, new Uint8Array());
        await line.writeRaw(Buffer.concat([empty, records.data(bytes.subarray(at, at + 10_000))]));
      }
      await line.writeRaw(records.closeNotify());
      line.raw.end();
    },
    whole,
  ),
  forged(
    'padded-records',
    'pads its records so that a cut one and a whole one look alike from outside',
    'counts payload and not length',
    async ({ line, bytes, records }) => {
      for (let at = 0; at < bytes.length; at += 10_000) {
        const content = bytes.subarray(at, at + 10_000);
        await line.writeRaw(records.record(contentTypes.applicationData, content, 6000));
      }
      await line.writeRaw(records.record(contentTypes.alert, Buffer.from([1, alerts.closeNotify]), 500));
      line.raw.end();
    },
    whole,
  ),
  forged(
    'a-padded-record-like-an-alert-and-a-cut',
    'ends a download by a record that looks like close_notify from outside, and FIN',
    'looks at what TLS says and not at lengths',
    async ({ line, bytes, records }) => {
      await line.writeRaw(records.data(bytes.subarray(0, half - 2)));
      await line.writeRaw(records.data(bytes.subarray(half - 2, half)));
      line.raw.end();
    },
    cutInTheMiddle,
  ),
  forged(
    'one-byte-records',
    'sends the first thousand bytes in a record each',
    'has them all',
    async ({ line, bytes, records }) => {
      await line.writeRaw(records.data(bytes.subarray(0, 1000), 1));
      await line.writeRaw(records.data(bytes.subarray(1000)));
      await line.writeRaw(records.closeNotify());
      line.raw.end();
    },
    whole,
  ),
  forged(
    'fatal-alert-in-the-middle',
    'ends a download in the middle by a fatal alert and says 226',
    'calls it incomplete',
    async ({ line, bytes, records }) => {
      await line.writeRaw(records.data(bytes.subarray(0, half)));
      await line.writeRaw(records.fatalAlert());
      line.raw.end();
    },
    { exitCode: 75, files: { 'out.part': { beginningOf: small, most: half } } },
  ),
  forged(
    'fatal-alert-behind-the-last-byte',
    'sends the whole file, then a fatal alert in place of close_notify, and says 226',
    'calls the line broken',
    async ({ line, bytes, records }) => {
      await line.writeRaw(records.data(bytes));
      await line.writeRaw(records.fatalAlert());
      line.raw.end();
    },
    { exitCode: 75, message: /data connection failed/, files: { 'out.part': { beginningOf: small } } },
  ),
  forged(
    'a-record-of-the-future',
    'leaves a record out, so that the next one has a number too high',
    'takes nothing of it',
    async ({ line, bytes, records }) => {
      await line.writeRaw(records.data(bytes.subarray(0, 16_384)));
      records.data(bytes.subarray(16_384, 32_768));
      await line.writeRaw(records.data(bytes.subarray(32_768)));
      await line.writeRaw(records.closeNotify());
      line.raw.end();
    },
    { exitCode: 75, files: { 'out.part': { beginningOf: small, most: 16_384 } } },
  ),
  defineRogueCase({
    id: 'records/upload-with-late-tickets',
    section: 3,
    server: 'sends its session tickets only when the client has ended an upload',
    client: 'reads them before it closes, so that no reset drops the tail',
    modes: [...tls13, 'tls1.3-rsa', 'implicit'],
    script: () => ({
      dataTlsStart: 'on-transfer',
      commands: {
        STOR: async (session, name) => {
          await session.reply('150 Send it');
          const line = await session.acceptRawData();
          const records = await session.forgeData(line);
          line.pause();
          await line.writeRaw(Buffer.concat([records.ticket(), records.ticket(), records.keyUpdate()]));
          await session.send('', { delayMs: 100 });
          line.resume();
          session.uploads.set(name, await line.readToEnd());
          await line.writeRaw(records.ticket());
          await line.writeRaw(records.closeNotify());
          line.raw.end();
          if (line.ending.how === 'reset') throw new Error('the client reset the line of an upload');
          await session.reply('226 Done');
        },
      },
    }),
    command: put(small),
    endsAsUsual: true,
    expect: { exitCode: 0, message: /, complete$/m, uploads: { 'b.bin': small } },
  }),
];
